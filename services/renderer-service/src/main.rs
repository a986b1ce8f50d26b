//! The renderer as a service of its own, or one of its workers.

use renderer_service::RendererService;

fn main() -> std::process::ExitCode {
    if let Some(ended) = renderer_service::run_worker_if_asked() {
        return chassis::ended(ended);
    }
    chassis::run::<RendererService>()
}
