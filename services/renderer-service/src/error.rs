//! What can go wrong, in the domain's words.

use serde_json::Value;

use crate::domain::{EPOCH, Fault, FaultCode};
use crate::store::objects::StoreError;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no document.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// There is no such render, file, asset or template.
    #[error("there is no such {0}")]
    NoSuch(&'static str),
    /// The certificate does not count any more.
    #[error("this was withdrawn")]
    Withdrawn,
    /// The document was deleted, and this request does not bring it back.
    #[error(
        "this render was deleted; the same request is not rendered again under this epoch of the \
         renderer, which is {EPOCH}, unless a newer award asks for it"
    )]
    Deleted,
    /// A picture of more than 2 MiB.
    #[error("a picture has at most 2 MiB")]
    PictureTooLarge,
    #[error("a page cannot be made: {0}")]
    Page(#[from] minijinja::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl Error {
    /// The code of the contract's table B19.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fault(fault) => fault.code.as_str(),
            Self::NoSuch(_) => "not_found",
            Self::Withdrawn | Self::Deleted => "withdrawn",
            Self::PictureTooLarge => "too_large",
            Self::Store(StoreError::Unavailable(_)) => "store_unavailable",
            Self::Store(StoreError::Corrupt(_)) => "store_corrupt",
            Self::Database(database::Error::Overloaded | database::Error::NoConnection(_)) => {
                FaultCode::Busy.as_str()
            }
            Self::Database(_) | Self::Page(_) => FaultCode::Internal.as_str(),
        }
    }

    /// Whether the same may work later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Fault(fault) => fault.is_retryable(),
            Self::NoSuch(_)
            | Self::Withdrawn
            | Self::Deleted
            | Self::PictureTooLarge
            | Self::Page(_) => false,
            Self::Store(_) | Self::Database(_) => true,
        }
    }

    /// What others are told. Neither a path of the server nor a database's words are in it.
    pub fn detail(&self) -> String {
        match self {
            Self::Store(StoreError::Unavailable(_)) => "the store cannot be reached".to_owned(),
            Self::Store(_) | Self::Database(_) | Self::Page(_) => {
                "something went wrong on our side".to_owned()
            }
            Self::Fault(fault) => fault.detail.clone(),
            Self::NoSuch(_) | Self::Withdrawn | Self::Deleted | Self::PictureTooLarge => {
                self.to_string()
            }
        }
    }

    /// What is wrong with which part of the request.
    pub fn violations(&self) -> Vec<Value> {
        let Self::Fault(fault) = self else { return Vec::new() };
        fault.errors.iter().filter_map(|error| serde_json::to_value(error).ok()).collect()
    }
}
