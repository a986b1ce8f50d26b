//! What every answer of the v2 API is wrapped in, errors included.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{ALLOW, RETRY_AFTER},
    },
};
use serde_json::{Value, json};
use tracing::error;

use crate::error::Error;

/// What stands before and after the objects of a success.
pub(in crate::http) const BEGIN: &str =
    "{\"status\":{\"success\":true,\"description\":\"ok\"},\"result\":[";
pub(in crate::http) const END: &str = "]}";

/// Why a call of the v2 API failed.
#[derive(Debug)]
pub(in crate::http) enum ApiError {
    /// No token, or one that is not believed.
    NoToken,
    /// There is no such thing, or the caller may not know.
    NotFound,
    /// The method, and what is allowed instead.
    MethodNotAllowed { method: String, allow: String },
    /// The service is overloaded.
    Busy,
    /// Our fault, already logged.
    Internal,
}

impl ApiError {
    fn description(&self) -> &'static str {
        match self {
            Self::NoToken => "no valid auth token found",
            Self::NotFound => "entity not found or insufficient privileges",
            Self::MethodNotAllowed { .. } => "miscellaneous error",
            Self::Busy => "the service is busy, try again in a moment",
            Self::Internal => "internal server error",
        }
    }

    fn field_errors(&self) -> Value {
        match self {
            Self::MethodNotAllowed { method, .. } => {
                json!(format!("Method \"{method}\" not allowed."))
            }
            Self::NoToken | Self::NotFound | Self::Busy | Self::Internal => json!({}),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.description())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NoToken => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        match self {
            Self::NoToken => {
                response.insert_header(("WWW-Authenticate", "Bearer realm=\"api\""));
            }
            Self::MethodNotAllowed { allow, .. } => {
                response.insert_header((ALLOW, allow.as_str()));
            }
            Self::Busy => {
                response.insert_header((RETRY_AFTER, "1"));
            }
            Self::NotFound | Self::Internal => {}
        }
        response.json(json!({
            "status": { "success": false, "description": self.description() },
            "result": [],
            "fieldErrors": self.field_errors(),
            "validationErrors": [],
        }))
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        if matches!(error, Error::Database(database::Error::Overloaded)) {
            return Self::Busy;
        }
        error!(%error, "a request failed for a reason of ours");
        Self::Internal
    }
}
