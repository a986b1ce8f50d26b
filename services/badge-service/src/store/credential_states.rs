//! The newest that was heard of each credential.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::schema::credential_states;
use crate::domain::award::{CredentialState, CredentialVersion};

/// Notes that the credential is in this state, unless the same or newer was heard before.
///
/// Answers whether it was news. The row stays locked until the transaction ends, so that news of
/// one credential are handled one after the other.
pub fn note(
    conn: &mut AnyConnection,
    version: CredentialVersion,
    state: CredentialState,
    now: Timestamp,
) -> Result<bool, Error> {
    let id = Id::<CredentialVersion>::from(version.credential_id);
    let state = match state {
        CredentialState::Awarded => "awarded",
        CredentialState::Revoked => "revoked",
    };
    let first = diesel::insert_into(credential_states::table)
        .values((
            credential_states::credential_id.eq(id),
            credential_states::sequence.eq(version.sequence),
            credential_states::state.eq(state),
            credential_states::updated_at.eq(now),
        ))
        .on_conflict_do_nothing();
    if Portable(first).execute(conn)? == 1 {
        return Ok(true);
    }
    let changed = diesel::update(credential_states::table.find(id))
        .filter(credential_states::sequence.lt(version.sequence))
        .set((
            credential_states::sequence.eq(version.sequence),
            credential_states::state.eq(state),
            credential_states::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
