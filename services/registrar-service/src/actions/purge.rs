//! Removes, again and again, what was to be kept for a time.

mod bulk_writes;
mod jobs;

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::app::App;

/// How often old things are looked for.
const EVERY: Duration = Duration::from_secs(3600);

/// Removes old things until `stop`.
pub async fn purge(app: App, stop: CancellationToken) {
    loop {
        match jobs::purge_jobs(&app).await {
            Ok(0) => {}
            Ok(purged) => info!(purged, "removed old jobs and their results"),
            Err(error) => warn!(%error, "old jobs could not be removed"),
        }
        match jobs::purge_unfinished_files(&app).await {
            Ok(0) => {}
            Ok(files) => info!(files, "removed what killed processes had begun"),
            Err(error) => warn!(%error, "unfinished files could not be removed"),
        }
        match bulk_writes::purge_bulk_writes(&app).await {
            Ok(0) => {}
            Ok(purged) => info!(purged, "removed old bulk writes and their answers"),
            Err(error) => warn!(%error, "old bulk writes could not be removed"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
