//! The renderer, or one of its workers.

use std::process::ExitCode;

fn main() -> ExitCode {
    match renderer_service::engine::worker::become_worker_if_asked() {
        Some(code) => ExitCode::from(code),
        None => ExitCode::from(2),
    }
}
