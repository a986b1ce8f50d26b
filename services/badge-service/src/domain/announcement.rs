//! What others are told of an assertion.

use events::badges::{AssertionIssued, AssertionRevoked, CredentialRef};
use model::Timestamp;

use crate::domain::{
    assertion::Assertion,
    award::CredentialVersion,
    badge_class::BadgeClass,
    entity_id::EntityId,
    origin::{Kind, Origin},
};

/// The assertion stands, and answers the award `credential`.
pub fn issued(
    origin: &Origin,
    assertion: &Assertion,
    class: &BadgeClass,
    credential: Option<CredentialVersion>,
    sequence: i64,
) -> AssertionIssued {
    AssertionIssued {
        assertion_id: assertion.id.to_string(),
        sequence,
        badge_class_id: class.id.to_string(),
        badge_class_name: class.name.as_str().to_owned(),
        credential: credential.map(reference),
        open_badge_id: origin.public(Kind::Assertion, assertion.id),
        page_url: origin.page(Kind::Assertion, assertion.id),
        image_url: origin.image(Kind::Assertion, assertion.id),
        issued_at: assertion.issued_on.timestamp(),
    }
}

/// The assertion ended.
pub fn revoked(
    id: EntityId,
    reason: &str,
    credential: Option<CredentialVersion>,
    sequence: i64,
    at: Timestamp,
) -> AssertionRevoked {
    AssertionRevoked {
        assertion_id: id.to_string(),
        sequence,
        credential: credential.map(reference),
        revoked_at: at,
        reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()),
    }
}

fn reference(version: CredentialVersion) -> CredentialRef {
    CredentialRef { credential_id: version.credential_id, sequence: version.sequence }
}
