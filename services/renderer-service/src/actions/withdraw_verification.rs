//! Withdraws every render of a certificate that does not count any more.

use super::settle_verification::{Mark, mark_all, settle_verification};
use crate::app::App;
use crate::domain::verified::shown_reason;
use crate::error::Error;
use crate::store::verifications;

/// Withdraws the renders of `verify_id` that are older than `sequence`, those of jobs that come
/// later included. Whoever looks at the certificate's page is told the reason.
///
/// # Errors
///
/// If the database or the store cannot be reached; the news must then be told again.
pub async fn withdraw_verification(
    app: &App,
    verify_id: &str,
    sequence: i64,
    reason: Option<&str>,
) -> Result<(), Error> {
    // The store first: if the process dies here, the news comes again and finds the rest to do.
    let id = verify_id.to_owned();
    let before = app.db.read(move |conn| verifications::standing(conn, &id)).await?;
    mark_all(app, verify_id, before.after_withdrawal(sequence), Mark::Withdrawn).await?;
    let (id, now) = (verify_id.to_owned(), app.clock.now());
    let reason = reason.and_then(shown_reason);
    let heard = app
        .db
        .write(move |conn| {
            verifications::hear_withdrawal(conn, &id, sequence, reason.as_deref(), now)
        })
        .await;
    // From here on the tables answer for it, whatever the store says. News that were told twice may
    // have been cut off before this the first time.
    if matches!(heard, Ok(_) | Err(database::Error::AlreadyHandled))
        && let Err(error) = settle_verification(app, verify_id).await
    {
        tracing::error!(%error, "the records of a withdrawn certificate could not be settled");
    }
    Ok(heard.map(drop)?)
}
