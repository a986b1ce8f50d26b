//! The renderer as a service of its own, or one of its workers.

use renderer_service::RendererService;

fn main() -> anyhow::Result<()> {
    if let Some(ended) = renderer_service::run_worker_if_asked() {
        return ended;
    }
    chassis::run::<RendererService>()
}
