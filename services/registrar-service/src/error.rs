//! What can go wrong, in the registrar's words.

use crate::domain::enrollment_batch::UnreadableBatch;

/// A failure of something the service can do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such organization")]
    NoSuchOrganization,
    #[error("there is no such program")]
    NoSuchProgram,
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
    /// An import document is wrong in one place.
    #[error("{item}: {reason}")]
    Import { item: String, reason: String },
    /// Files cannot be written or read.
    #[error("the file store failed: {0}")]
    Files(#[from] object_store::Error),
    #[error(transparent)]
    Database(#[from] database::Error),
}
