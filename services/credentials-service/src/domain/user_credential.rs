//! User credentials: who was awarded what.

use std::fmt;

use model::{Id, Timestamp};

use super::catalog::Program;

/// One fact: this learner holds, or held, this credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserCredential {
    pub id: i64,
    /// The public identity; never changes.
    pub uuid: Id<UserCredential>,
    pub site_id: i64,
    pub username: String,
    pub of: Of,
    pub status: Status,
    /// Replaces the date that a course certificate shows.
    pub date_override: Option<Timestamp>,
    /// Rises with everything that is told of this credential.
    pub sequence: i64,
    /// Sequence of the latest revocation, 0 if there was none.
    pub revoked_sequence: i64,
    /// Digest of what was told last.
    pub told: Option<String>,
    pub created: Timestamp,
    pub modified: Timestamp,
}

/// The configuration that was awarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    Course {
        certificate_id: i64,
        course_id: String,
        mode: String,
        available: Option<Timestamp>,
    },
    Program {
        certificate_id: i64,
        program_uuid: Id<Program>,
        /// The program in the catalog, if it is there.
        program_id: Option<i64>,
    },
}

/// Whether a credential counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Awarded,
    Revoked,
}

/// A free fact about one award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Empty from the v2 API.
    pub namespace: String,
    pub name: String,
    pub value: String,
}

/// Names a configuration by its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CertificateId {
    Course(i64),
    Program(i64),
}

impl Of {
    /// The configuration's name.
    pub fn certificate(&self) -> CertificateId {
        match self {
            Self::Course { certificate_id, .. } => CertificateId::Course(*certificate_id),
            Self::Program { certificate_id, .. } => CertificateId::Program(*certificate_id),
        }
    }
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Awarded => "awarded",
            Self::Revoked => "revoked",
        }
    }

    /// The status with this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "awarded" => Some(Self::Awarded),
            "revoked" => Some(Self::Revoked),
            _ => None,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl UserCredential {
    /// Whether it is of a program, and counts: then course credentials of its learner may give it
    /// another date.
    pub fn is_program_held(&self) -> bool {
        matches!(self.of, Of::Program { .. }) && self.status == Status::Awarded
    }

    /// Whether anything was told of it before what was told last: only then can it have a document.
    pub fn was_told_before(&self) -> bool {
        self.sequence > 1
    }

    /// The date that a course certificate shows; for a program, the date of the award.
    ///
    /// A program certificate shows its visible date where there is one, which only the learner's
    /// course credentials can tell.
    pub fn own_issue_date(&self) -> Timestamp {
        let available = match &self.of {
            Of::Course { available, .. } => *available,
            Of::Program { .. } => None,
        };
        self.date_override.or(available).unwrap_or(self.created)
    }
}
