//! Takes back the badge of a credential that was revoked.

use database::AnyConnection;
use events::credentials::CredentialRevoked;
use messaging::outbox;
use model::Timestamp;
use tracing::info;

use super::change::change;
use crate::{
    app::App,
    domain::{
        announcement,
        assertion::{AssertionError, RevocationReason},
        award::{self, CredentialState, CredentialVersion},
        changes::Changes,
    },
    error::Error,
    store::{self, assertions::KeptAssertion},
};

/// Ends the assertion that stands for the credential, if one does, unless newer was heard.
pub async fn revoke_badge(app: &App, event: CredentialRevoked) -> Result<(), Error> {
    let now = app.clock.now();
    let version =
        CredentialVersion { credential_id: event.credential_id, sequence: event.sequence };
    change(app, move |conn, changes| {
        if !store::credential_states::note(conn, version, CredentialState::Revoked, now)? {
            return Ok(());
        }
        match store::assertions::standing_for(conn, version)? {
            Some(standing) => {
                end(conn, changes, standing, award::reason(event.reason.as_deref()), now)
            }
            None => Ok(()),
        }
    })
    .await
}

/// Ends an assertion that stands, and tells the others, in the caller's transaction.
pub(super) fn end(
    conn: &mut AnyConnection,
    changes: &mut Changes,
    standing: KeptAssertion,
    reason: RevocationReason,
    now: Timestamp,
) -> Result<(), Error> {
    let id = standing.assertion.id;
    let told = reason.as_str().to_owned();
    let (assertion, _picture) = standing.assertion.revoke(reason, now).map_err(
        |AssertionError::AlreadyRevoked { at }| {
            database::Error::corrupt("assertions", id, format!("it stands, and ended at {at}"))
        },
    )?;
    let ended = KeptAssertion { assertion, sequence: standing.sequence + 1, ..standing };
    store::assertions::save_revoked(conn, &ended)?;
    changes.note(id);
    let event = announcement::revoked(id, &told, ended.credential, ended.sequence, now);
    outbox::append(conn, event, now)?;
    info!(assertion.id = %id, "revoked assertion {id}");
    Ok(())
}
