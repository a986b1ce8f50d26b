//! What can go wrong, in the badge service's words.

use crate::domain::{
    assertion::InvalidIssuedOn, baking::BakingError, image::ImageError, key::InvalidKey,
};

/// A failure of something the service can do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An event names something by a key that cannot be one.
    #[error(transparent)]
    Key(#[from] InvalidKey),
    /// This computer's clock is wrong by centuries.
    #[error(transparent)]
    Clock(#[from] InvalidIssuedOn),
    /// An import document is wrong in one place.
    #[error("{item}: {reason}")]
    Import { item: String, reason: String },
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error(transparent)]
    Baking(#[from] BakingError),
    /// A stored picture cannot be drawn as PNG.
    #[error("the picture {0} cannot be drawn")]
    Undrawable(String),
    /// Files cannot be written or read.
    #[error("the file store failed: {0}")]
    Files(#[from] files::Failure),
    /// Work on another thread did not end as it should.
    #[error("work on a picture broke off: {0}")]
    BrokenOff(String),
    #[error("a page could not be made: {0}")]
    Page(#[from] minijinja::Error),
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        Self::Files(error.into())
    }
}

impl From<tokio::task::JoinError> for Error {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::BrokenOff(error.to_string())
    }
}
