//! Assertions: never deleted, revoked once.

mod list;
mod row;

pub use list::{Direction, Filter, Page, Position, of_badge_class};

use database::{AnyConnection, Error, expect_one};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::{
    column, json,
    schema::{assertions, badge_classes},
};
use crate::domain::{
    assertion::{Acceptance, Assertion, AssertionState},
    award::CredentialVersion,
    badge_class::BadgeClass,
    entity_id::EntityId,
    issuer::ImageName,
};
use row::{Row, TABLE, recipient_type};

/// An assertion with what only this service knows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptAssertion {
    pub assertion: Assertion,
    /// The badge class's picture at the time of the award.
    pub picture: ImageName,
    /// Rises with everything that others are told of it; from 1.
    pub sequence: i64,
    /// The award that it answers.
    pub credential: Option<CredentialVersion>,
    pub created_at: Timestamp,
}

/// The assertion with this id, if there is one.
pub fn find(conn: &mut AnyConnection, id: EntityId) -> Result<Option<KeptAssertion>, Error> {
    let row = assertions::table
        .inner_join(badge_classes::table)
        .filter(assertions::id.eq(column::<Assertion>(id)))
        .select((Row::as_select(), badge_classes::issuer_id))
        .first(conn)
        .optional()?;
    row.map(|(row, issuer)| Row::kept(row, issuer)).transpose()
}

/// The assertion whose baked picture has this name, while it stands.
pub fn find_by_baked(conn: &mut AnyConnection, stem: &str) -> Result<Option<KeptAssertion>, Error> {
    let row = assertions::table
        .inner_join(badge_classes::table)
        .filter(assertions::baked.eq(stem))
        .select((Row::as_select(), badge_classes::issuer_id))
        .first(conn)
        .optional()?;
    row.map(|(row, issuer)| Row::kept(row, issuer)).transpose()
}

/// The assertion that stands for a credential: there is at most one.
pub fn standing_for(
    conn: &mut AnyConnection,
    credential: CredentialVersion,
) -> Result<Option<KeptAssertion>, Error> {
    let id = Id::<CredentialVersion>::from(credential.credential_id);
    let row = assertions::table
        .inner_join(badge_classes::table)
        .filter(assertions::credential_id.eq(id))
        .filter(assertions::revoked_at.is_null())
        .select((Row::as_select(), badge_classes::issuer_id))
        .first(conn)
        .optional()?;
    row.map(|(row, issuer)| Row::kept(row, issuer)).transpose()
}

/// Keeps a new assertion.
pub fn insert(conn: &mut AnyConnection, kept: &KeptAssertion) -> Result<(), Error> {
    let assertion = &kept.assertion;
    let id = assertion.id;
    let credential = kept.credential.map(|version| version.credential_id);
    diesel::insert_into(assertions::table)
        .values((
            assertions::id.eq(column::<Assertion>(id)),
            assertions::badge_class_id.eq(column::<BadgeClass>(assertion.badge_class_id)),
            assertions::recipient_type.eq(recipient_type(assertion.recipient.kind())),
            assertions::recipient_identity.eq(assertion.recipient.identity()),
            assertions::hashed.eq(assertion.hashed),
            assertions::salt.eq(assertion.salt.as_str()),
            assertions::issued_on.eq(assertion.issued_on.timestamp()),
            assertions::expires.eq(assertion.expires),
            assertions::narrative.eq(assertion.narrative.as_ref().map(|text| text.as_str())),
            assertions::evidence.eq(json(TABLE, id, &assertion.evidence)?),
            assertions::extensions.eq(json(TABLE, id, &assertion.extensions)?),
            assertions::picture.eq(kept.picture.as_str()),
            assertions::baked.eq(assertion.image().and_then(stem)),
            assertions::acceptance.eq(acceptance(assertion.acceptance)),
            assertions::sequence.eq(kept.sequence),
            assertions::credential_id.eq(credential.map(Id::<CredentialVersion>::from)),
            assertions::credential_sequence.eq(kept.credential.map(|version| version.sequence)),
            assertions::created_at.eq(kept.created_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes what a newer award changed of an assertion that stands.
///
/// # Errors
///
/// [`Error::Stale`] if another transaction changed or revoked it first.
pub fn save_renewed(conn: &mut AnyConnection, kept: &KeptAssertion) -> Result<(), Error> {
    let assertion = &kept.assertion;
    let changed = diesel::update(assertions::table.find(column::<Assertion>(assertion.id)))
        .filter(assertions::revoked_at.is_null())
        .filter(assertions::sequence.eq(kept.sequence - 1))
        .set((
            assertions::recipient_type.eq(recipient_type(assertion.recipient.kind())),
            assertions::recipient_identity.eq(assertion.recipient.identity()),
            assertions::hashed.eq(assertion.hashed),
            assertions::salt.eq(assertion.salt.as_str()),
            assertions::issued_on.eq(assertion.issued_on.timestamp()),
            assertions::expires.eq(assertion.expires),
            assertions::evidence.eq(json(TABLE, assertion.id, &assertion.evidence)?),
            assertions::baked.eq(assertion.image().and_then(stem)),
            assertions::sequence.eq(kept.sequence),
            assertions::credential_sequence.eq(kept.credential.map(|version| version.sequence)),
        ))
        .execute(conn)?;
    expect_one(changed, TABLE, assertion.id)
}

/// Writes the end of an assertion that stood. Its baked picture ends with it.
///
/// # Errors
///
/// [`Error::Stale`] if another transaction changed or revoked it first.
pub fn save_revoked(conn: &mut AnyConnection, kept: &KeptAssertion) -> Result<(), Error> {
    let id = kept.assertion.id;
    let AssertionState::Revoked { at, reason } = &kept.assertion.state else {
        return Err(Error::corrupt(TABLE, id, "it is to be saved as revoked, and is not"));
    };
    let changed = diesel::update(assertions::table.find(column::<Assertion>(id)))
        .filter(assertions::revoked_at.is_null())
        .filter(assertions::sequence.eq(kept.sequence - 1))
        .set((
            assertions::revoked_at.eq(at),
            assertions::revocation_reason.eq(reason.as_str()),
            assertions::baked.eq(None::<String>),
            assertions::sequence.eq(kept.sequence),
        ))
        .execute(conn)?;
    expect_one(changed, TABLE, id)
}

/// A picture's name without its ending.
fn stem(name: &ImageName) -> Option<&str> {
    name.as_str().rsplit_once('.').map(|(stem, _)| stem)
}

fn acceptance(acceptance: Acceptance) -> &'static str {
    match acceptance {
        Acceptance::Unaccepted => "Unaccepted",
        Acceptance::Accepted => "Accepted",
        Acceptance::Rejected => "Rejected",
    }
}
