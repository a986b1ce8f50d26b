//! A row of the table, and what it means.

use database::{Error, Json};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::{
    super::{entity, from_json, parsed, schema::assertions},
    KeptAssertion,
};
use crate::domain::{
    assertion::{Acceptance, Assertion, AssertionState, IssuedOn},
    award::CredentialVersion,
    badge_class::BadgeClass,
    entity_id::EntityId,
    issuer::{ImageName, Issuer},
    recipient::{Recipient, RecipientType, Salt},
};

pub(super) const TABLE: &str = "assertions";

#[derive(Queryable, Selectable)]
#[diesel(table_name = assertions)]
pub(super) struct Row {
    id: Id<Assertion>,
    badge_class_id: Id<BadgeClass>,
    recipient_type: String,
    recipient_identity: String,
    hashed: bool,
    salt: String,
    issued_on: Timestamp,
    expires: Option<Timestamp>,
    narrative: Option<String>,
    evidence: Json,
    extensions: Json,
    picture: String,
    baked: Option<String>,
    revoked_at: Option<Timestamp>,
    revocation_reason: Option<String>,
    acceptance: String,
    sequence: i64,
    credential_id: Option<Id<CredentialVersion>>,
    credential_sequence: Option<i64>,
    created_at: Timestamp,
}

impl Row {
    pub(super) fn kept(self, issuer: Id<Issuer>) -> Result<KeptAssertion, Error> {
        let id = entity(self.id);
        let corrupt = |reason: &str| Error::corrupt(TABLE, id, reason);
        let kind = recipient_type_of(&self.recipient_type).ok_or_else(|| corrupt("its type"))?;
        let recipient = Recipient::new(kind, &self.recipient_identity)
            .map_err(|error| Error::corrupt(TABLE, id, error))?;
        let credential = self.credential_id.zip(self.credential_sequence);
        let picture: ImageName = parsed(TABLE, id, self.picture)?;
        let state = state(id, self.baked, &picture, self.revoked_at, self.revocation_reason)?;
        let assertion = Assertion {
            id,
            badge_class_id: entity(self.badge_class_id),
            issuer_id: entity(issuer),
            recipient,
            hashed: self.hashed,
            salt: Salt::stored(self.salt),
            issued_on: IssuedOn::stored(self.issued_on)
                .map_err(|error| Error::corrupt(TABLE, id, error))?,
            expires: self.expires,
            narrative: self.narrative.map(|text| parsed(TABLE, id, text)).transpose()?,
            evidence: from_json(TABLE, id, self.evidence)?,
            extensions: from_json(TABLE, id, self.extensions)?,
            state,
            acceptance: acceptance_of(&self.acceptance).ok_or_else(|| corrupt("its acceptance"))?,
        };
        Ok(KeptAssertion {
            assertion,
            picture,
            sequence: self.sequence,
            credential: credential
                .map(|(id, sequence)| CredentialVersion { credential_id: id.uuid(), sequence }),
            created_at: self.created_at,
        })
    }
}

/// The baked picture has the ending of the picture that it is made from.
fn state(
    id: EntityId,
    baked: Option<String>,
    picture: &ImageName,
    revoked_at: Option<Timestamp>,
    reason: Option<String>,
) -> Result<AssertionState, Error> {
    match (baked, revoked_at) {
        (Some(stem), None) => {
            let ending = if picture.is_svg() { "svg" } else { "png" };
            Ok(AssertionState::Issued { image: parsed(TABLE, id, format!("{stem}.{ending}"))? })
        }
        (None, Some(at)) => {
            let reason = parsed(TABLE, id, reason.unwrap_or_default())?;
            Ok(AssertionState::Revoked { at, reason })
        }
        _ => Err(Error::corrupt(TABLE, id, "it has a picture and is revoked, or neither")),
    }
}

pub(super) fn recipient_type(kind: RecipientType) -> &'static str {
    match kind {
        RecipientType::Email => "email",
        RecipientType::Url => "url",
        RecipientType::Telephone => "telephone",
        RecipientType::OpenBadgeId => "openBadgeId",
    }
}

fn recipient_type_of(text: &str) -> Option<RecipientType> {
    [RecipientType::Email, RecipientType::Url, RecipientType::Telephone, RecipientType::OpenBadgeId]
        .into_iter()
        .find(|kind| recipient_type(*kind) == text)
}

fn acceptance_of(text: &str) -> Option<Acceptance> {
    [Acceptance::Unaccepted, Acceptance::Accepted, Acceptance::Rejected]
        .into_iter()
        .find(|acceptance| super::acceptance(*acceptance) == text)
}
