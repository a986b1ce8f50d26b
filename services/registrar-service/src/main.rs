//! Runs the registrar alone.

fn main() -> std::process::ExitCode {
    chassis::run::<registrar_service::RegistrarService>()
}
