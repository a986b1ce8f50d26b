//! Organizations, their programs, and the course runs of these.

use model::Id;
use uuid::Uuid;

/// A school or another body that manages programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    pub id: Id<Organization>,
    pub key: String,
}

/// A credential-bearing set of courses, run by one managing organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub id: Id<Program>,
    pub key: String,
    /// The managing one.
    pub organization_id: Id<Organization>,
    pub discovery_uuid: Uuid,
    pub title: Option<String>,
    pub url: Option<String>,
    pub program_type: Option<String>,
}

/// The only type of program that is open for enrollments, to the letter.
pub const ENROLLABLE_TYPE: &str = "Masters";

impl Program {
    /// The title, or the key where there is none.
    pub fn displayed_title(&self) -> &str {
        displayed_title(&self.key, self.title.as_deref())
    }

    /// Whether learners can be enrolled. An unknown type says no.
    pub fn is_enrollable(&self) -> bool {
        self.program_type.as_deref() == Some(ENROLLABLE_TYPE)
    }
}

/// The rule of [`Program::displayed_title`], before there is a program.
pub fn displayed_title<'a>(key: &'a str, title: Option<&'a str>) -> &'a str {
    title.filter(|title| !title.is_empty()).unwrap_or(key)
}

/// One scheduled offering of a course, as the program's clients see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseRun {
    /// The platform's key.
    pub key: String,
    /// The school's own.
    pub external_key: Option<String>,
    pub title: Option<String>,
    pub url: Option<String>,
}

/// A version of a program's list of courses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Curriculum;
