//! Takes back the badge of a credential that was revoked.

use database::AnyConnection;
use events::credentials::CredentialRevoked;
use messaging::outbox;
use model::Timestamp;
use tracing::info;

use crate::{
    app::App,
    domain::{
        announcement,
        assertion::{AssertionError, RevocationReason},
        award::{self, CredentialState, CredentialVersion},
        entity_id::EntityId,
    },
    error::Error,
    store::{self, assertions::KeptAssertion},
};

/// Ends the assertion that stands for the credential, if one does, unless newer was heard.
pub async fn revoke_badge(app: &App, event: CredentialRevoked) -> Result<(), Error> {
    let now = app.clock.now();
    let version =
        CredentialVersion { credential_id: event.credential_id, sequence: event.sequence };
    let ended = app
        .db
        .write(move |conn| {
            if !store::credential_states::note(conn, version, CredentialState::Revoked, now)? {
                return Ok::<_, Error>(None);
            }
            match store::assertions::standing_for(conn, version)? {
                Some(standing) => {
                    end(conn, standing, award::reason(event.reason.as_deref()), now).map(Some)
                }
                None => Ok(None),
            }
        })
        .await?;
    if let Some(id) = ended {
        app.documents.forget_assertion(id);
    }
    Ok(())
}

/// Ends an assertion that stands, and tells the others, in the caller's transaction.
pub(super) fn end(
    conn: &mut AnyConnection,
    standing: KeptAssertion,
    reason: RevocationReason,
    now: Timestamp,
) -> Result<EntityId, Error> {
    let id = standing.assertion.id;
    let told = reason.as_str().to_owned();
    let (assertion, _picture) = standing.assertion.revoke(reason, now).map_err(
        |AssertionError::AlreadyRevoked { at }| {
            database::Error::corrupt("assertions", id, format!("it stands, and ended at {at}"))
        },
    )?;
    let ended = KeptAssertion { assertion, sequence: standing.sequence + 1, ..standing };
    store::assertions::save_revoked(conn, &ended)?;
    let event = announcement::revoked(id, &told, ended.credential, ended.sequence, now);
    outbox::append(conn, event, now)?;
    info!(assertion.id = %id, "revoked assertion {id}");
    Ok(id)
}
