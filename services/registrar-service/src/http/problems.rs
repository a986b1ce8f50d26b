//! The one place where this service's errors meet HTTP.

use actix_web::http::StatusCode;
use serde_json::json;
use web::Refusal;

use crate::{
    domain::{bulk::table::UnreadableTable, enrollment_batch::UnreadableBatch},
    error::Error,
};

/// How long somebody with too many unfinished jobs should wait, in seconds.
const TOO_MANY_JOBS_WAIT_S: u64 = 10;

/// How long somebody should wait whose request another does, in seconds: thousands of rows take that.
const STILL_RUNNING_WAIT_S: u64 = 5;

const STILL_RUNNING: &str = "A request with this Idempotency-Key is still running.";

const KEY_REUSED: &str = "This Idempotency-Key was used for another request.";

/// 400 as the old APIs say what is wrong with what was sent.
pub fn invalid(reason: &str) -> Refusal {
    Refusal::Custom(StatusCode::BAD_REQUEST, json!([reason]))
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::NoSuchOrganization
            | Error::NoSuchProgram
            | Error::NoSuchCourseRun
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
            Error::UnreadableBatch(reason @ UnreadableBatch::StaffNotEnabled) => {
                Self::Forbidden(reason.to_string())
            }
            Error::UnreadableBatch(reason) => invalid(&reason.to_string()),
            Error::UnreadableTable(reason @ UnreadableTable::TooManyRows(_)) => {
                Self::TooLarge(reason.to_string())
            }
            Error::UnreadableTable(reason) => invalid(&reason.to_string()),
            Error::BodyCutOff => Self::Unparsable("The body could not be read.".to_owned()),
            Error::BodyTooLarge => Self::TooLarge("Request body is too large.".to_owned()),
            Error::StillRunning | Error::HoldLost => {
                Self::UnderWay { detail: STILL_RUNNING.to_owned(), seconds: STILL_RUNNING_WAIT_S }
            }
            Error::KeyReused => {
                Self::Custom(StatusCode::UNPROCESSABLE_ENTITY, json!({ "detail": KEY_REUSED }))
            }
            Error::Interrupted => Self::Busy,
            Error::Import { .. } => Self::internal(&error),
            Error::Files(failure) => Self::store_unavailable(&failure),
            Error::Database(error) => error.into(),
        }
    }
}
