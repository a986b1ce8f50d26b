//! A learner's place in a program.

use model::Id;
use uuid::Uuid;

use super::program::Program;

/// The longest key that a school may have for a learner, in characters.
pub const LONGEST_STUDENT_KEY: usize = 255;

/// How a learner stands. Any state may follow any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrollmentStatus {
    Enrolled,
    Pending,
    Suspended,
    Canceled,
    Ended,
}

impl EnrollmentStatus {
    const ALL: [Self; 5] =
        [Self::Enrolled, Self::Pending, Self::Suspended, Self::Canceled, Self::Ended];

    /// As requests, tables and events spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enrolled => "enrolled",
            Self::Pending => "pending",
            Self::Suspended => "suspended",
            Self::Canceled => "canceled",
            Self::Ended => "ended",
        }
    }

    /// Reads the spelling of [`EnrollmentStatus::name`], and no other.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// One learner in one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrollment {
    pub id: Id<Enrollment>,
    pub program_id: Id<Program>,
    /// The curriculum that was active when the enrollment was made; never changed.
    pub curriculum_uuid: Option<Uuid>,
    pub student_key: String,
    pub status: EnrollmentStatus,
    /// Counts the changes that others were told, from 1.
    pub sequence: i64,
}

/// The account behind a school's own key of a learner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub username: String,
    pub email: String,
    pub full_name: Option<String>,
}
