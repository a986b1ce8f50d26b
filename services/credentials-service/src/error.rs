//! What can go wrong, in the domain's words.

use model::Id;

use crate::domain::{catalog::Program, media::PictureError};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such user credential")]
    NoSuchCredential,
    #[error("no active program certificate exists for program {0}")]
    NoActiveProgramCertificate(Id<Program>),
    #[error("no active course certificate exists for course run {0}")]
    NoActiveCourseCertificate(String),
    #[error("the course run {0} is not in the catalog")]
    NoSuchCourseRun(String),
    #[error("a course certificate cannot be made without a mode")]
    NoMode,
    /// The field that named it, as in `course_id`; the kind, as in `course`; and what the field said.
    #[error("no active {kind} certificate exists for {named}")]
    NothingToIssue { field: &'static str, kind: &'static str, named: String },
    /// A configuration or signatory, by the name of its kind.
    #[error("there is no such {0}")]
    NoSuch(&'static str),
    /// The field of the request, and the id that names nothing.
    #[error("{field} names {id}, which does not exist")]
    NoSuchReference { field: &'static str, id: String },
    /// The field of the request.
    #[error("{0} names a file that does not exist")]
    NoSuchFile(&'static str),
    #[error("{0} of a configuration with credentials cannot change")]
    Fixed(&'static str),
    #[error("{0} is in use")]
    InUse(&'static str),
    #[error("the caller may not do this here")]
    NotAllowed,
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// An item of an import document, and what is wrong with it.
    #[error("{item}: {reason}")]
    Import { item: String, reason: String },
    #[error(transparent)]
    Database(#[from] database::Error),
}
