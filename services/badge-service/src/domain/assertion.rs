//! One award of a badge class to one recipient.

use chrono::Datelike;
use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{
    entity_id::EntityId,
    issuer::{Extensions, ImageName, WebUrl},
    recipient::{Recipient, Salt},
    text::Narrative,
};

/// An award. Rows of it are never deleted: a revoked one must go on answering "revoked".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    pub id: EntityId,
    pub badge_class_id: EntityId,
    pub issuer_id: EntityId,
    pub recipient: Recipient,
    /// Whether the public sees a hash in place of the identity.
    pub hashed: bool,
    pub salt: Salt,
    pub issued_on: IssuedOn,
    pub expires: Option<Timestamp>,
    pub narrative: Option<Narrative>,
    pub evidence: Vec<Evidence>,
    pub extensions: Extensions,
    pub state: AssertionState,
    pub acceptance: Acceptance,
}

/// An assertion counts until it is revoked; there is no way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssertionState {
    Issued {
        /// The stored baked picture.
        image: ImageName,
    },
    Revoked {
        at: Timestamp,
        reason: RevocationReason,
    },
}

/// What the earner thinks of it. Says nothing about validity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Acceptance {
    #[default]
    Unaccepted,
    Accepted,
    Rejected,
}

/// Why an assertion was revoked, in the issuer's words: at most 255 characters, none of them
/// control; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RevocationReason(String);

/// The text cannot be kept as a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Ensure this field has no more than 255 characters.")]
pub struct InvalidReason;

/// When it was awarded: not in the future, and after the calendar became what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssuedOn(Timestamp);

/// The award cannot have been made then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIssuedOn {
    #[error("Only issuedOn dates in the past are acceptable.")]
    InFuture,
    #[error("Only issuedOn dates after 1583 are acceptable.")]
    BeforeGregorianCalendar,
}

/// Something that shows what the earner did: an address, a text, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AnyEvidence", into = "AnyEvidence")]
pub struct Evidence {
    url: Option<WebUrl>,
    narrative: Option<Narrative>,
}

/// Evidence of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Either url or narrative is required")]
pub struct NoEvidence;

/// Why a change of state is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    #[error("Assertion is already revoked")]
    AlreadyRevoked { at: Timestamp },
}

impl Assertion {
    /// Ends the assertion. Its baked picture goes with it: the name to delete comes back.
    pub fn revoke(
        self,
        reason: RevocationReason,
        now: Timestamp,
    ) -> Result<(Self, ImageName), AssertionError> {
        match self.state {
            AssertionState::Revoked { at, .. } => Err(AssertionError::AlreadyRevoked { at }),
            AssertionState::Issued { image } => {
                let state = AssertionState::Revoked { at: now, reason };
                Ok((Self { state, ..self }, image))
            }
        }
    }

    /// The baked picture, as long as the assertion stands.
    pub fn image(&self) -> Option<&ImageName> {
        match &self.state {
            AssertionState::Issued { image } => Some(image),
            AssertionState::Revoked { .. } => None,
        }
    }

    pub fn is_revoked(&self) -> bool {
        matches!(self.state, AssertionState::Revoked { .. })
    }

    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires < now)
    }
}

impl IssuedOn {
    pub fn new(at: Timestamp, now: Timestamp) -> Result<Self, InvalidIssuedOn> {
        if at > now { Err(InvalidIssuedOn::InFuture) } else { Self::stored(at) }
    }

    /// Takes back a date that was stored; what was past once is past for ever.
    pub fn stored(at: Timestamp) -> Result<Self, InvalidIssuedOn> {
        if at.utc().year() < 1583 {
            Err(InvalidIssuedOn::BeforeGregorianCalendar)
        } else {
            Ok(Self(at))
        }
    }

    pub fn timestamp(self) -> Timestamp {
        self.0
    }
}

impl Evidence {
    pub fn new(url: Option<WebUrl>, narrative: Option<Narrative>) -> Result<Self, NoEvidence> {
        if url.is_none() && narrative.is_none() {
            return Err(NoEvidence);
        }
        Ok(Self { url, narrative })
    }

    pub fn url(&self) -> Option<&WebUrl> {
        self.url.as_ref()
    }

    pub fn narrative(&self) -> Option<&Narrative> {
        self.narrative.as_ref()
    }
}

/// Evidence as it is stored, before anybody looked whether it is any.
#[derive(Serialize, Deserialize)]
struct AnyEvidence {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<WebUrl>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    narrative: Option<Narrative>,
}

impl TryFrom<AnyEvidence> for Evidence {
    type Error = NoEvidence;

    fn try_from(any: AnyEvidence) -> Result<Self, NoEvidence> {
        Self::new(any.url, any.narrative)
    }
}

impl From<Evidence> for AnyEvidence {
    fn from(evidence: Evidence) -> Self {
        Self { url: evidence.url, narrative: evidence.narrative }
    }
}

impl RevocationReason {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RevocationReason {
    type Error = InvalidReason;

    fn try_from(text: String) -> Result<Self, InvalidReason> {
        if text.chars().count() > 255 || text.chars().any(char::is_control) {
            return Err(InvalidReason);
        }
        Ok(Self(text))
    }
}

impl From<RevocationReason> for String {
    fn from(reason: RevocationReason) -> Self {
        reason.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{open_badges::samples, time::parse};

    fn at(text: &str) -> Timestamp {
        parse(text).unwrap()
    }

    #[test]
    fn an_assertion_is_revoked_once_and_its_picture_goes_with_it() {
        let now = at("2024-05-01T00:00:00Z");
        let assertion = samples::assertion();

        let (revoked, image) = assertion.revoke(RevocationReason::default(), now).unwrap();

        assert!(revoked.is_revoked());
        assert_eq!(revoked.image(), None);
        assert_eq!(image.as_str(), "baked.png");
        let again = revoked.revoke(RevocationReason::default(), at("2025-05-01T00:00:00Z"));
        assert_eq!(again, Err(AssertionError::AlreadyRevoked { at: now }));
    }

    #[test]
    fn an_award_is_not_made_in_the_future_nor_before_the_calendar() {
        let now = at("2024-05-01T00:00:00Z");

        assert!(IssuedOn::new(now, now).is_ok());
        assert_eq!(IssuedOn::new(at("2024-05-01T00:00:01Z"), now), Err(InvalidIssuedOn::InFuture));
        assert_eq!(
            IssuedOn::new(at("1582-12-31T00:00:00Z"), now),
            Err(InvalidIssuedOn::BeforeGregorianCalendar)
        );
    }

    #[test]
    fn expiry_is_computed_from_the_date() {
        let assertion =
            Assertion { expires: Some(at("2024-05-01T00:00:00Z")), ..samples::assertion() };

        assert!(!assertion.is_expired(at("2024-05-01T00:00:00Z")));
        assert!(assertion.is_expired(at("2024-05-01T00:00:01Z")));
        assert!(!samples::assertion().is_expired(at("2999-01-01T00:00:00Z")));
    }

    #[test]
    fn evidence_of_nothing_is_none() {
        assert_eq!(Evidence::new(None, None), Err(NoEvidence));
        assert!(serde_json::from_str::<Evidence>("{}").is_err());
        let kept = r#"{"url":"https://a.example/work"}"#;
        let evidence: Evidence = serde_json::from_str(kept).unwrap();
        assert_eq!(serde_json::to_string(&evidence).unwrap(), kept);
    }
}
