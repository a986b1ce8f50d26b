//! What credentials-service says: a learner was awarded a credential, or lost it.

use model::{Timestamp, catalog::Organization};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Event;

/// A credential was awarded, for the first time or again after a revocation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CredentialAwarded {
    pub credential_id: Uuid,
    /// Rises with every award and revocation of this credential.
    pub sequence: i64,
    pub learner: Learner,
    pub achievement: Achievement,
    /// The date that the certificate shows.
    pub issued_at: Timestamp,
    /// The public certificate page.
    pub public_url: String,
}

/// A credential was revoked: everything made from it stops verifying.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CredentialRevoked {
    pub credential_id: Uuid,
    /// Rises with every award and revocation of this credential.
    pub sequence: i64,
    pub learner: Learner,
    pub achievement: Achievement,
    pub revoked_at: Timestamp,
    /// In the issuer's words.
    pub reason: Option<String>,
    pub public_url: String,
}

/// Whom the credential is about. What is unknown is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Learner {
    pub username: String,
    pub name: Option<String>,
    pub email: Option<String>,
}

/// What was achieved: the credential's configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Achievement {
    /// Stable for the configuration: `course/<id>` or `program/<id>` on one site.
    pub key: String,
    pub title: String,
    /// One sentence saying what was done.
    pub description: String,
    pub organizations: Vec<Organization>,
    #[serde(flatten)]
    pub of: Of,
    /// Where the achievement is described, if anywhere.
    pub url: Option<String>,
}

/// A course run or a program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Of {
    Course { course_key: String, mode: String },
    Program { program_uuid: Uuid, program_type: Option<String> },
}

impl Event for CredentialAwarded {
    const TYPE: &'static str = "credentials.credential.awarded.v1";
    const SOURCE: &'static str = "credentials-service";

    fn subject(&self) -> String {
        self.credential_id.to_string()
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }
}

impl Event for CredentialRevoked {
    const TYPE: &'static str = "credentials.credential.revoked.v1";
    const SOURCE: &'static str = "credentials-service";

    fn subject(&self) -> String {
        self.credential_id.to_string()
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }
}
