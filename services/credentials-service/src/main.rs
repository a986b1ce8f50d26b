//! credentials-service alone.

fn main() -> std::process::ExitCode {
    chassis::run::<credentials_service::CredentialsService>()
}
