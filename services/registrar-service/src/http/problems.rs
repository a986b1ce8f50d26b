//! The one place where this service's errors meet HTTP.

use actix_web::http::StatusCode;
use serde_json::json;
use web::Refusal;

use crate::{domain::enrollment_batch::UnreadableBatch, error::Error};

/// How long somebody with too many unfinished jobs should wait, in seconds.
const TOO_MANY_JOBS_WAIT_S: u64 = 10;

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::NoSuchOrganization
            | Error::NoSuchProgram
            | Error::NoSuchJob
            | Error::NoSuchFile => Self::not_found(),
            Error::NotPermitted => Self::forbidden(),
            Error::UserDisabled => Self::Unauthenticated("User account is disabled.".to_owned()),
            Error::TooManyJobs => Self::Throttled { seconds: TOO_MANY_JOBS_WAIT_S },
            Error::InvalidLink => {
                Self::Forbidden("The link is not valid, or its time is over.".to_owned())
            }
            Error::UnreadableBatch(reason @ UnreadableBatch::TooMany) => {
                Self::TooLarge(reason.to_string())
            }
            Error::UnreadableBatch(reason) => {
                Self::Custom(StatusCode::BAD_REQUEST, json!([reason.to_string()]))
            }
            Error::Import { .. } | Error::Files(_) => Self::internal(&error),
            Error::Database(error) => error.into(),
        }
    }
}
