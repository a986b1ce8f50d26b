//! One row of a request with many: what it asks for, or what is wrong with it.

use crate::domain::{
    change::{Outcome, Status},
    enrollment::student_key,
};

/// What a row's name begins with in the answer, where it has no key that could be its name.
const NAMELESS: &str = "row #";

/// The longest name, in bytes: a key of 255 characters, with room for spaces around it.
const LONGEST_NAME: usize = 2048;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<S> {
    /// From 1; a header and empty lines are not counted.
    pub number: i32,
    /// What the answer calls it: its key exactly as it was sent, or its number.
    pub name: String,
    /// Without the spaces around it. It counts as an occurrence also when the rest is wrong.
    pub student_key: Option<String>,
    pub asked: Result<Asked<S>, Fault>,
}

/// What a row asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<S> {
    pub status: S,
    pub course_staff: Option<bool>,
}

/// What is wrong with a row. It spoils no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is no JSON object, or no text in UTF-8.
    Unreadable,
    TooLong,
    /// Its key is missing, no text, blank, too long, or spelled as the name of a nameless row.
    StudentKey,
    /// It has a member, or a cell, that there is no column for.
    UnknownColumn,
    CourseStaff,
    /// Course staff cannot be named by this caller.
    CourseStaffNotEnabled,
    Status,
}

impl Fault {
    /// As the API spells it.
    pub fn name<S: Status>(self) -> &'static str {
        match self {
            Self::Unreadable => "invalid-row",
            Self::TooLong => "row-too-long",
            Self::StudentKey => "invalid-student-key",
            Self::UnknownColumn => "unknown-column",
            Self::CourseStaff => "invalid-course-staff",
            Self::CourseStaffNotEnabled => "course-staff-not-enabled",
            Self::Status => Outcome::<S>::InvalidStatus.name(),
        }
    }
}

impl<S> Row<S> {
    /// A row in which no key could be read.
    pub fn nameless(number: i32, fault: Fault) -> Self {
        Self { number, name: format!("{NAMELESS}{number}"), student_key: None, asked: Err(fault) }
    }

    /// The row with this key, if it can be one.
    pub fn named(number: i32, sent: Option<&str>, asked: Result<Asked<S>, Fault>) -> Self {
        let sent = sent.filter(|sent| sent.len() <= LONGEST_NAME);
        let key = sent.and_then(|sent| student_key(sent).ok()).filter(|key| !is_number(key));
        match (sent, key) {
            (Some(sent), Some(key)) => {
                Self { number, name: sent.to_owned(), student_key: Some(key.to_owned()), asked }
            }
            _ => Self::nameless(number, Fault::StudentKey),
        }
    }
}

/// Whether a key could be taken for the name of another row.
fn is_number(key: &str) -> bool {
    key.strip_prefix(NAMELESS)
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{Asked, Fault, Row};
    use crate::domain::enrollment::EnrollmentStatus;

    fn named(sent: &str) -> Row<EnrollmentStatus> {
        let asked = Asked { status: EnrollmentStatus::Enrolled, course_staff: None };
        Row::named(7, Some(sent), Ok(asked))
    }

    #[test]
    fn a_row_is_called_by_its_key_as_it_was_sent() {
        let row = named(" a ");
        assert_eq!((row.name.as_str(), row.student_key.as_deref()), (" a ", Some("a")));
        assert!(row.asked.is_ok());
    }

    #[test]
    fn a_row_without_a_usable_key_is_called_by_its_number() {
        for wrong in ["", " ", "a\0", &"x".repeat(256), &" ".repeat(2048), "row #7", "row #12345"] {
            let row = named(wrong);
            assert_eq!((row.name.as_str(), row.student_key), ("row #7", None), "{wrong:?}");
            assert_eq!(row.asked, Err(Fault::StudentKey));
        }
        assert_eq!(named("row #x").name, "row #x");
    }
}
