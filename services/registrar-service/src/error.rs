//! What can go wrong, in the registrar's words.

use crate::domain::{bulk::table::UnreadableTable, enrollment_batch::UnreadableBatch};

/// A failure of something the service can do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such organization")]
    NoSuchOrganization,
    #[error("there is no such program")]
    NoSuchProgram,
    #[error("there is no such course run in the program")]
    NoSuchCourseRun,
    #[error("there is no such job")]
    NoSuchJob,
    #[error("there is no such file")]
    NoSuchFile,
    /// The caller's permissions do not reach so far.
    #[error("the caller has no permission")]
    NotPermitted,
    #[error("the user account is disabled")]
    UserDisabled,
    /// A user has as many unfinished jobs as one may have.
    #[error("there are too many unfinished jobs")]
    TooManyJobs,
    /// A download link is not ours, or its time is over.
    #[error("the link is not valid")]
    InvalidLink,
    #[error(transparent)]
    UnreadableBatch(#[from] UnreadableBatch),
    #[error(transparent)]
    UnreadableTable(#[from] UnreadableTable),
    /// A body ended before its end, or came in a way that is none.
    #[error("the body could not be read")]
    BodyCutOff,
    #[error("the body is too large")]
    BodyTooLarge,
    /// The first request with an idempotency key is not answered yet.
    #[error("a request with this key is still running")]
    StillRunning,
    /// Somebody else goes on with a request: whoever had it was silent for too long.
    #[error("the request was taken over")]
    HoldLost,
    /// An idempotency key was for another path, method or body.
    #[error("this key was for another request")]
    KeyReused,
    /// The process stops.
    #[error("the work was interrupted")]
    Interrupted,
    /// An import document is wrong in one place.
    #[error("{item}: {reason}")]
    Import { item: String, reason: String },
    /// Files cannot be written or read.
    #[error("the file store failed: {0}")]
    Files(#[from] files::Failure),
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        Self::Files(error.into())
    }
}
