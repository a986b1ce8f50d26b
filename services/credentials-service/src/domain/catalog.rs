//! The copy of the catalog: who offers what.

use model::Id;

/// A school or another body whose name stands on certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    pub id: i64,
    pub uuid: Id<Organization>,
    pub key: String,
    pub name: String,
    /// An absolute URL, or a path of this service's media.
    pub logo_url: Option<String>,
    pub url: Option<String>,
    pub email: Option<String>,
}

/// A scheduled offering of a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseRun {
    pub id: i64,
    pub course_id: i64,
    pub key: String,
    /// The run's own, else the course's, else the key.
    pub title: String,
    pub marketing_url: Option<String>,
}

/// A list of course runs that lead to one credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub id: i64,
    pub uuid: Id<Program>,
    pub key: String,
    pub title: String,
    /// As in `Professional Certificate`; empty when unknown.
    pub program_type: String,
    pub url: Option<String>,
    pub total_hours_of_effort: Option<i32>,
}
