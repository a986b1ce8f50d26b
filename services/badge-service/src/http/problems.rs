//! The one place where this service's errors meet HTTP.

use ::web::Refusal;

use crate::error::Error;

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => error.into(),
            Error::Files(failure) => Self::store_unavailable(&failure),
            // Nothing that a client sends today leads to these.
            Error::Key(_)
            | Error::Clock(_)
            | Error::Import { .. }
            | Error::Image(_)
            | Error::Baking(_)
            | Error::Undrawable(_)
            | Error::Page(_)
            | Error::BrokenOff(_) => Self::internal(&error),
        }
    }
}
