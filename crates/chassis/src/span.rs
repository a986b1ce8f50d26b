//! What a log line says of the request it belongs to: nothing that is somebody's.
//!
//! Paths and queries carry names, addresses and signatures of links, so that only the route's
//! pattern is told.

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
};
use tracing::{Span, field::Empty, info_span};
use tracing_actix_web::{RequestId, RootSpanBuilder};

/// The span around one request.
pub(crate) struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = request.extensions().get::<RequestId>().map(ToString::to_string);
        info_span!(
            "request",
            method = %request.method(),
            route = Empty,
            status = Empty,
            request_id = id.unwrap_or_default(),
        )
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        match outcome {
            Ok(response) => {
                let route = response.request().match_pattern();
                span.record("route", route.as_deref().unwrap_or("none"));
                span.record("status", response.status().as_u16());
            }
            Err(error) => {
                span.record("status", error.as_response_error().status_code().as_u16());
            }
        }
    }
}
