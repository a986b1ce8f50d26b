//! A change of an enrollment: what can be asked, what is to be done for it, what became of it.

use std::fmt::Debug;

/// A set of statuses: that of enrollments in programs, or in course runs.
pub trait Status: Copy + Debug + Eq + Send + Sync + 'static {
    const ALL: &'static [Self];

    /// As requests, tables and events spell it.
    fn name(self) -> &'static str;

    /// Reads the spelling of [`Status::name`], and no other.
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| status.name() == name)
    }
}

/// Whether a request makes enrollments, changes them, or does whichever is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    Create,
    Modify,
    Put,
}

/// A change that can be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<S> {
    pub student_key: String,
    pub status: S,
    /// Only of course runs; `None` leaves it as it is.
    pub course_staff: Option<bool>,
}

/// What is known of a learner where a change is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    Nothing,
    /// It is already as the change wants it.
    AsWanted,
    Different,
}

/// What is to be done for a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<S> {
    Insert,
    Update,
    Keep,
    Refuse(Outcome<S>),
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<S> {
    Done(S),
    /// The key occurs more than once; none of its occurrences was tried.
    Duplicated,
    InvalidStatus,
    /// There is an enrollment already: here, or in the same course run through another program.
    Conflict,
    /// The learner has no enrollment in the program.
    NotInProgram,
    /// The learner has none in the course run.
    NotFound,
}

impl Write {
    /// What is to be done; `missing` is what to say where there is nothing to change.
    pub fn step<S>(self, known: Known, missing: Outcome<S>) -> Step<S> {
        match (self, known) {
            (Self::Create, Known::AsWanted | Known::Different) => Step::Refuse(Outcome::Conflict),
            (Self::Modify, Known::Nothing) => Step::Refuse(missing),
            (Self::Create | Self::Put, Known::Nothing) => Step::Insert,
            (Self::Modify | Self::Put, Known::AsWanted) => Step::Keep,
            (Self::Modify | Self::Put, Known::Different) => Step::Update,
        }
    }
}

impl<S: Status> Step<S> {
    /// What becomes of the change if nobody comes in between.
    pub fn outcome(self, wanted: S) -> Outcome<S> {
        match self {
            Self::Refuse(outcome) => outcome,
            Self::Insert | Self::Update | Self::Keep => Outcome::Done(wanted),
        }
    }
}

impl<S: Status> Outcome<S> {
    /// As the API spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done(status) => status.name(),
            Self::Duplicated => "duplicated",
            Self::InvalidStatus => "invalid-status",
            Self::Conflict => "conflict",
            Self::NotInProgram => "not-in-program",
            Self::NotFound => "not-found",
        }
    }
}

/// What became of a whole request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Success {
    Whole,
    Partial,
    /// Also when there was nothing to do.
    None,
}

impl Success {
    /// How well a request did, of whose `all` items `done` were done.
    pub fn of(done: usize, all: usize) -> Self {
        match done {
            0 => Self::None,
            done if done == all => Self::Whole,
            _ => Self::Partial,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, Outcome, Status, Step, Success, Write};
    use crate::domain::{course_enrollment::CourseStatus, enrollment::EnrollmentStatus};

    #[test]
    fn statuses_are_read_as_they_are_spelled_and_in_no_other_way() {
        assert_eq!(EnrollmentStatus::from_name("ended"), Some(EnrollmentStatus::Ended));
        assert_eq!(CourseStatus::from_name("active"), Some(CourseStatus::Active));
        assert_eq!(CourseStatus::from_name("enrolled"), None);
        assert_eq!(EnrollmentStatus::from_name("Ended"), None);
    }

    #[test]
    fn each_way_of_writing_does_what_its_name_says() {
        let step = |write: Write, known| write.step::<CourseStatus>(known, Outcome::NotFound);

        assert_eq!(step(Write::Create, Known::AsWanted), Step::Refuse(Outcome::Conflict));
        assert_eq!(step(Write::Create, Known::Nothing), Step::Insert);
        assert_eq!(step(Write::Modify, Known::Nothing), Step::Refuse(Outcome::NotFound));
        assert_eq!(step(Write::Modify, Known::AsWanted), Step::Keep);
        assert_eq!(step(Write::Put, Known::Nothing), Step::Insert);
        assert_eq!(step(Write::Put, Known::Different), Step::Update);
    }

    #[test]
    fn a_request_with_nothing_in_it_has_no_success() {
        assert_eq!(Success::of(0, 0), Success::None);
        assert_eq!(Success::of(1, 2), Success::Partial);
        assert_eq!(Success::of(2, 2), Success::Whole);
    }
}
