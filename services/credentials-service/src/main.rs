//! credentials-service alone.

fn main() -> anyhow::Result<()> {
    chassis::run::<credentials_service::CredentialsService>()
}
