//! Forgets requests with many rows, and with them their idempotency keys.

use chrono::Duration;

use crate::{app::App, error::Error, store::bulk_writes};

/// How many are forgotten at a time; each may have ten thousand rows.
const BATCH: i64 = 10;

/// How much longer a request is kept than its key counts, in seconds: whoever asked for its answer in
/// the last moment reads it to the end.
const GRACE_S: i64 = 3600;

/// Forgets what is older than its time; returns how many requests that were.
///
/// # Errors
///
/// If the database refuses.
pub async fn purge_bulk_writes(app: &App) -> Result<usize, Error> {
    let before = app.clock.now().plus(-Duration::seconds(GRACE_S));
    let mut purged = 0;
    loop {
        let old = app.db.read(move |conn| bulk_writes::old(conn, before, BATCH)).await?;
        if old.is_empty() {
            return Ok(purged);
        }
        purged += old.len();
        app.db
            .write(move |conn| old.into_iter().try_for_each(|id| bulk_writes::forget(conn, id)))
            .await?;
    }
}
