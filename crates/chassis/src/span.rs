//! What a log line and a trace say of the request they belong to: nothing that is somebody's.
//!
//! Paths and queries carry names, addresses and signatures of links, so that only the route's
//! pattern is told.

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::HeaderMap,
};
use messaging::trace;
use opentelemetry::trace::TraceContextExt;
use tracing::{Span, debug_span, field::Empty, info_span, record_all};
use tracing_actix_web::{RequestId, RootSpanBuilder};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::metrics::Route;

/// The span around one request.
pub(crate) struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        if is_a_probe(request.path()) {
            return debug_span!("probe", route = Empty, status = Empty);
        }
        let id = request.extensions().get::<RequestId>().map(ToString::to_string);
        let span = info_span!(
            "request",
            otel.kind = "server",
            method = %request.method(),
            route = Empty,
            status = Empty,
            request_id = id.unwrap_or_default(),
        );
        if let Some(traceparent) = traceparent(request.headers()) {
            trace::follow(&span, traceparent);
        }
        span
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        if span.is_disabled() {
            return;
        }
        match outcome {
            Ok(response) => {
                let request = response.request();
                let Route(route) = Route::of(request);
                // The name is known only now, when the trace has begun.
                span.context().span().update_name(format!("{} {route}", request.method()));
                // Together: as JSON, a span's fields are read and written anew each time.
                record_all!(span, route, status = response.status().as_u16());
            }
            Err(error) => {
                span.record("status", error.as_response_error().status_code().as_u16());
            }
        }
    }
}

fn traceparent(headers: &HeaderMap) -> Option<&str> {
    headers.get(trace::TRACEPARENT)?.to_str().ok()
}

/// Whether it is a machine that asks every few seconds, of which no log need tell.
fn is_a_probe(path: &str) -> bool {
    path.starts_with("/health/") || path == "/metrics"
}
