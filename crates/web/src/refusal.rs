//! Errors in the shape of the Django REST framework, which the predecessors' clients parse.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde_json::{Value, json};
use tracing::error;

use crate::Errors;

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// 401, with what to tell.
    Unauthenticated(String),
    /// 403, with what to tell; [`Refusal::forbidden`] has the usual text.
    Forbidden(String),
    /// 404, with what to tell; [`Refusal::not_found`] has the usual text.
    NotFound(String),
    /// 405, with the method and what is allowed instead.
    MethodNotAllowed { method: String, allow: String },
    /// 406.
    NotAcceptable,
    /// 409, with what to tell.
    Conflict(String),
    /// 409: another request does it now; with what to tell, and the seconds to wait.
    UnderWay { detail: String, seconds: u64 },
    /// 413, with what to tell.
    TooLarge(String),
    /// 415, with the media type.
    UnsupportedMediaType(String),
    /// 400: the body could not be parsed.
    Unparsable(String),
    /// 400: fields are wrong.
    Invalid(Errors),
    /// 400, 409 …: a body of the endpoint's own.
    Custom(StatusCode, Value),
    /// 429, with the seconds to wait.
    Throttled { seconds: u64 },
    /// 503: the service is overloaded.
    Busy,
    /// 503: files can be neither kept nor read.
    StoreUnavailable,
    /// 500: our fault, already logged.
    Internal,
}

impl Refusal {
    /// 401 for a request without credentials.
    pub fn no_credentials() -> Self {
        Self::Unauthenticated("Authentication credentials were not provided.".to_owned())
    }

    /// 401 for a token that is not believed.
    pub fn invalid_token() -> Self {
        Self::Unauthenticated("Invalid token.".to_owned())
    }

    /// 403 with the usual text.
    pub fn forbidden() -> Self {
        Self::Forbidden("You do not have permission to perform this action.".to_owned())
    }

    /// 404 with the usual text.
    pub fn not_found() -> Self {
        Self::NotFound("Not found.".to_owned())
    }

    /// 404 in the words that the predecessors use for a missing `kind`.
    pub fn no_such(kind: &str) -> Self {
        Self::NotFound(format!("No {kind} matches the given query."))
    }

    /// Our fault: logs the cause, tells nothing of it.
    pub fn internal(cause: &dyn fmt::Display) -> Self {
        error!(%cause, "a request failed for a reason of ours");
        Self::Internal
    }

    /// Files cannot be had now: logs the cause, tells nothing of it.
    pub fn store_unavailable(cause: &dyn fmt::Display) -> Self {
        error!(%cause, "the file store failed");
        Self::StoreUnavailable
    }

    /// What the client reads.
    pub fn body(&self) -> Value {
        match self {
            Self::Unauthenticated(detail)
            | Self::Forbidden(detail)
            | Self::NotFound(detail)
            | Self::Conflict(detail)
            | Self::UnderWay { detail, .. }
            | Self::TooLarge(detail)
            | Self::Unparsable(detail) => json!({ "detail": detail }),
            Self::MethodNotAllowed { method, .. } => {
                json!({ "detail": format!("Method \"{method}\" not allowed.") })
            }
            Self::NotAcceptable => {
                json!({ "detail": "Could not satisfy the request Accept header." })
            }
            Self::UnsupportedMediaType(media_type) => {
                json!({ "detail": format!("Unsupported media type \"{media_type}\" in request.") })
            }
            Self::Invalid(errors) => errors.body(),
            Self::Custom(_, body) => body.clone(),
            Self::Throttled { seconds } => json!({
                "detail": format!("Request was throttled. Expected available in {seconds} seconds.")
            }),
            Self::Busy => json!({ "detail": "The service is busy. Try again in a moment." }),
            Self::StoreUnavailable => {
                json!({ "detail": "The file store cannot be reached.", "code": "store_unavailable" })
            }
            Self::Internal => json!({ "detail": "Internal server error." }),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.body())
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::Conflict(_) | Self::UnderWay { .. } => StatusCode::CONFLICT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unparsable(_) | Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Custom(status, _) => *status,
            Self::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        match self {
            Self::Unauthenticated(_) => {
                response.insert_header((WWW_AUTHENTICATE, "JWT realm=\"api\""));
            }
            Self::MethodNotAllowed { allow, .. } => {
                response.insert_header((ALLOW, allow.as_str()));
            }
            Self::Throttled { seconds } | Self::UnderWay { seconds, .. } => {
                response.insert_header((RETRY_AFTER, seconds.to_string()));
            }
            Self::Busy => {
                response.insert_header((RETRY_AFTER, "1"));
            }
            Self::StoreUnavailable => {
                response.insert_header((RETRY_AFTER, "5"));
            }
            _ => {}
        }
        response.json(self.body())
    }
}

impl From<Errors> for Refusal {
    fn from(errors: Errors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<database::Error> for Refusal {
    fn from(error: database::Error) -> Self {
        match error {
            database::Error::Overloaded => Self::Busy,
            database::Error::Stale { .. } => {
                Self::Conflict("This was changed meanwhile. Try again.".to_owned())
            }
            database::Error::NoConnection(_) => {
                error!(%error, "the database cannot be reached");
                Self::Busy
            }
            database::Error::Query(_)
            | database::Error::Corrupt { .. }
            | database::Error::AlreadyHandled => Self::internal(&error),
        }
    }
}
