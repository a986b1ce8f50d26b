//! Makes or changes the enrollments of one request: all that can be done is done, and told.

use std::collections::HashMap;

use crate::{
    actions::roster::{Roster, retried},
    app::App,
    domain::{
        change::Write,
        enrollment_batch::{Batch, Outcomes},
    },
    error::Error,
};

/// What became of each key of the request.
///
/// # Errors
///
/// If the database refuses; then nothing was done.
pub async fn write_enrollments<R: Roster>(
    app: &App,
    roster: R,
    write: Write,
    batch: Batch,
) -> Result<Outcomes<R::Status>, Error> {
    let now = app.clock.now();
    let changes = batch.changes::<R::Status>();
    if changes.is_empty() {
        return Ok(batch.outcomes(&HashMap::new()));
    }
    let tried = retried(app, move |conn| {
        let outcomes = roster.write(conn, write, &changes, now)?;
        let keys = changes.iter().map(|change| change.student_key.clone());
        Ok(keys.zip(outcomes).collect::<HashMap<_, _>>())
    });
    Ok(batch.outcomes(&tried.await?))
}
