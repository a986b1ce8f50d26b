//! A learner's place in a program.

use model::Id;
use uuid::Uuid;

use super::{change::Status, program::Program};

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

impl Status for EnrollmentStatus {
    const ALL: &'static [Self] =
        &[Self::Enrolled, Self::Pending, Self::Suspended, Self::Canceled, Self::Ended];

    fn name(self) -> &'static str {
        match self {
            Self::Enrolled => "enrolled",
            Self::Pending => "pending",
            Self::Suspended => "suspended",
            Self::Canceled => "canceled",
            Self::Ended => "ended",
        }
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

/// Why a text is no key of a learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadStudentKey {
    Blank,
    TooLong,
    NullCharacter,
}

/// A school's key of a learner, without the spaces around it.
///
/// # Errors
///
/// If nothing is left, or no column takes it.
pub fn student_key(text: &str) -> Result<&str, BadStudentKey> {
    let key = text.trim();
    if key.is_empty() {
        Err(BadStudentKey::Blank)
    } else if key.chars().count() > LONGEST_STUDENT_KEY {
        Err(BadStudentKey::TooLong)
    } else if key.contains('\0') {
        Err(BadStudentKey::NullCharacter)
    } else {
        Ok(key)
    }
}
