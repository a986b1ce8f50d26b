//! What badge-service says: an assertion was issued, or revoked.

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Event;

/// The credential an assertion was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CredentialRef {
    pub credential_id: Uuid,
    /// Sequence of the award that the assertion answers.
    pub sequence: i64,
}

/// An Open Badge assertion was issued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AssertionIssued {
    /// Entity id: 22 characters.
    pub assertion_id: String,
    pub sequence: i64,
    pub badge_class_id: String,
    pub badge_class_name: String,
    pub credential: Option<CredentialRef>,
    /// The assertion's own JSON.
    pub open_badge_id: String,
    /// The page for people.
    pub page_url: String,
    /// The badge's picture.
    pub image_url: String,
    pub issued_at: Timestamp,
}

/// An Open Badge assertion was revoked, for good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AssertionRevoked {
    pub assertion_id: String,
    pub sequence: i64,
    pub credential: Option<CredentialRef>,
    pub revoked_at: Timestamp,
    pub reason: Option<String>,
}

impl Event for AssertionIssued {
    const TYPE: &'static str = "badges.assertion.issued.v1";
    const SOURCE: &'static str = "badge-service";

    fn subject(&self) -> String {
        self.assertion_id.clone()
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }
}

impl Event for AssertionRevoked {
    const TYPE: &'static str = "badges.assertion.revoked.v1";
    const SOURCE: &'static str = "badge-service";

    fn subject(&self) -> String {
        self.assertion_id.clone()
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }
}
