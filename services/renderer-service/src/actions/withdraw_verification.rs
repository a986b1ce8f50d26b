//! Withdraws every render of a certificate that does not count any more.

use crate::app::App;
use crate::error::Error;
use crate::store::verifications;

use super::settle_verification::{decision, mark, settle_verification};

/// Withdraws the renders of `verify_id` that are older than `sequence`, those of jobs that come
/// later included.
///
/// # Errors
///
/// If the database or the store cannot be reached; the news must then be told again.
pub async fn withdraw_verification(app: &App, verify_id: &str, sequence: i64) -> Result<(), Error> {
    // The store first: if the process dies here, the news comes again and finds the rest to do.
    let before = decision(app, verify_id).await?;
    let after = before.standing.after_withdrawal(sequence);
    for (render_id, of_render) in &before.renders {
        if after.withdraws(*of_render) {
            mark(app, render_id, true).await?;
        }
    }
    let (id, now) = (verify_id.to_owned(), app.clock.now());
    app.db.write(move |conn| verifications::hear_withdrawal(conn, &id, sequence, now)).await?;
    for (render_id, _) in &before.renders {
        app.shown.forget(render_id);
    }
    settle_verification(app, verify_id).await
}
