//! Removes old jobs together with their results.

use chrono::Duration;
use object_store::ObjectStoreExt;

use super::run_jobs::result_path;
use crate::{app::App, error::Error, store::jobs};

/// How many jobs are removed at a time.
const BATCH: i64 = 100;

/// Removes what is older than the configured number of days; returns how many jobs that were.
///
/// A result goes before its job: whoever dies in between leaves a job to be found again.
///
/// # Errors
///
/// If the database or the file store refuses.
pub async fn purge_jobs(app: &App) -> Result<usize, Error> {
    let days = i64::from(app.settings.jobs.retention_days);
    let before = app.clock.now().plus(-Duration::days(days));
    let mut purged = 0;
    loop {
        let old = app.db.read(move |conn| jobs::old(conn, before, BATCH)).await?;
        if old.is_empty() {
            return Ok(purged);
        }
        for job in &old {
            match app.files.delete(&result_path(&job.file_name())).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        purged += old.len();
        app.db.write(move |conn| old.iter().try_for_each(|job| jobs::delete(conn, job.id))).await?;
    }
}
