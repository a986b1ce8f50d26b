//! The one place where this service's errors meet HTTP.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, Responder, ResponseError};
use serde_json::Value;
use tracing::error;
use web::Problem;

use crate::domain::Fault;
use crate::error::Error;
use crate::store::objects::StoreError;

/// `urn:renderer:problem:<code>`
const SPACE: &str = "renderer";

/// Why a request was refused, as the client reads it.
#[derive(Debug)]
pub struct Refused {
    problem: Problem,
    headers: Vec<(HeaderName, String)>,
}

impl Refused {
    fn new(status: StatusCode, code: &str, detail: impl fmt::Display) -> Self {
        let mut headers = Vec::new();
        if matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE) {
            headers.push((CACHE_CONTROL, "no-store".to_owned()));
        }
        Self { problem: Problem::new(SPACE, status, code, detail), headers }
    }

    fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here")
    }

    pub fn method(allow: &str) -> Self {
        let detail = format!("this takes {allow}");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail).with(ALLOW, allow)
    }

    pub fn unauthenticated() -> Self {
        let detail = "a valid token is needed";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    pub fn forbidden(scope: &str) -> Self {
        let detail = format!("the token lacks the scope {scope}");
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    pub fn bad_json(detail: impl fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_json", detail)
    }

    pub fn unsupported_media_type() -> Self {
        let detail = "the body must be application/json";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
    }

    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large")
    }

    /// A range that begins after the end.
    pub fn range(length: usize) -> Self {
        let detail = "the range is not within the file";
        let content_range = format!("bytes */{length}");
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", detail)
            .with(actix_web::http::header::CONTENT_RANGE, &content_range)
    }

    fn internal(code: &str, cause: &dyn fmt::Display) -> Self {
        error!(%cause, code, "a request failed for a reason of ours");
        let detail = "something went wrong on our side";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, detail)
    }

    fn fault(fault: &Fault) -> Self {
        let status = StatusCode::from_u16(fault.code.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() {
            error!(code = %fault.code, detail = %fault.detail, "a document could not be made");
        }
        let mut refused = Self::new(status, fault.code.as_str(), &fault.detail);
        if status == StatusCode::UNPROCESSABLE_ENTITY {
            let errors = serde_json::to_value(&fault.errors).unwrap_or(Value::Null);
            refused.problem = refused.problem.with("errors", errors);
        }
        refused
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match &error {
            Error::Fault(fault) => Self::fault(fault),
            Error::NoSuch(_) => Self::new(StatusCode::NOT_FOUND, "not_found", &error),
            Error::Withdrawn | Error::Deleted => Self::new(StatusCode::GONE, error.code(), &error),
            Error::PictureTooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", &error),
            Error::Store(StoreError::Unavailable(cause)) => {
                error!(%cause, "the store cannot be reached");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, error.code(), error.detail())
                    .with(RETRY_AFTER, "5")
            }
            Error::Database(database::Error::Overloaded | database::Error::NoConnection(_)) => {
                error!(%error, "the database does not take it now");
                let detail = "the service is busy";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, error.code(), detail)
            }
            Error::Store(StoreError::Corrupt(_)) | Error::Database(_) | Error::Page(_) => {
                Self::internal(error.code(), &error)
            }
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(formatter)
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        self.problem.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.problem.error_response();
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name.clone(), value);
            }
        }
        response
    }
}

impl Responder for Refused {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &actix_web::HttpRequest) -> HttpResponse {
        self.error_response()
    }
}
