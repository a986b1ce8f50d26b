//! A learner's place in a course run of a program.

use model::Id;

use super::{
    change::Status,
    enrollment::Enrollment,
    program::{Organization, Program},
};

/// Whether a learner takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CourseStatus {
    Active,
    Inactive,
}

impl Status for CourseStatus {
    const ALL: &'static [Self] = &[Self::Active, Self::Inactive];

    fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }
}

/// One learner in one course run, through one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseEnrollment {
    pub id: Id<CourseEnrollment>,
    /// The learner's place in the program, whatever its status.
    pub enrollment_id: Id<Enrollment>,
    /// The program's manager, which the student key belongs to.
    pub organization_id: Id<Organization>,
    pub student_key: String,
    /// The platform's key of the run.
    pub course_key: String,
    pub status: CourseStatus,
    pub course_staff: bool,
}

/// A course run of a program, as enrollments need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOfProgram {
    pub program: Program,
    /// The platform's key of the run.
    pub course_key: String,
}
