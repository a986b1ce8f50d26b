//! The thread from a request to what it causes: W3C trace context in outbox rows and messages.
//!
//! Source: W3C Trace Context, "traceparent Header".

use std::collections::HashMap;

use opentelemetry::global;
use tracing::{Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::Message;

/// The header's name, in HTTP and AMQP alike.
pub const TRACEPARENT: &str = "traceparent";

/// The trace context of the current span; none where traces are not recorded.
pub fn current() -> Option<String> {
    let mut carrier = HashMap::new();
    let context = Span::current().context();
    global::get_text_map_propagator(|propagator| propagator.inject_context(&context, &mut carrier));
    carrier.remove(TRACEPARENT)
}

/// The span in which `consumer` handles `message`, a child of the span that caused it.
pub(crate) fn span_of(consumer: &'static str, message: &Message) -> Span {
    let span = info_span!(
        "handle message",
        otel.kind = "consumer",
        messaging.consumer = consumer,
        messaging.routing_key = %message.routing_key,
        messaging.message_id = %message.id,
        messaging.attempt = message.attempt,
    );
    if let Some(traceparent) = &message.traceparent {
        follow(&span, traceparent);
    }
    span
}

/// Makes `span` a child of the span that `traceparent` names; nonsense is ignored.
pub fn follow(span: &Span, traceparent: &str) {
    let carrier = HashMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())]);
    let parent = global::get_text_map_propagator(|propagator| propagator.extract(&carrier));
    // Refused where traces are not recorded.
    drop(span.set_parent(parent));
}
