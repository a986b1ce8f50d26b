//! Runs the registrar alone.

fn main() -> anyhow::Result<()> {
    chassis::run::<registrar_service::RegistrarService>()
}
