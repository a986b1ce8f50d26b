//! What registrar-service says: programs and enrollments changed.

use model::{
    Timestamp,
    catalog::{Organization, Program},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Event;

/// A learner's place in a program was created or changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EnrollmentChanged {
    pub enrollment_id: Uuid,
    /// Rises with every change of this enrollment.
    pub sequence: i64,
    pub program_key: String,
    pub program_uuid: Option<Uuid>,
    pub organization_key: String,
    pub student_key: String,
    /// `enrolled`, `pending`, `suspended`, `canceled` or `ended`.
    pub status: String,
    /// The learner's account, once it is known.
    pub account: Option<Account>,
    pub changed_at: Timestamp,
}

/// The account of a learner, as the school gave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    pub username: String,
    pub email: String,
    pub full_name: Option<String>,
}

/// A program was created or changed; the whole program as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProgramChanged {
    /// Rises with every change of this program.
    pub sequence: i64,
    pub program: Program,
    /// Every organization that the program names.
    pub organizations: Vec<Organization>,
    pub changed_at: Timestamp,
}

impl Event for EnrollmentChanged {
    const TYPE: &'static str = "registrar.enrollment.changed.v1";
    const SOURCE: &'static str = "registrar-service";

    fn subject(&self) -> String {
        self.enrollment_id.to_string()
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }
}

impl Event for ProgramChanged {
    const TYPE: &'static str = "registrar.program.changed.v1";
    const SOURCE: &'static str = "registrar-service";

    fn subject(&self) -> String {
        self.program.key.clone()
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }
}
