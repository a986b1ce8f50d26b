//! Takes traces as a collector does (OTLP over HTTP, protobuf), and shows one as text.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
};
use prost::Message;

/// The most spans that are kept; a suite that tells its demo makes some thousands.
const MOST_SPANS: usize = 100_000;

/// The largest batch that is taken.
const LARGEST_BATCH: usize = 16 * 1024 * 1024;

/// One step of one process.
#[derive(Debug, Clone)]
pub struct Span {
    pub trace: Vec<u8>,
    pub id: Vec<u8>,
    /// Empty where the trace begins.
    pub parent: Vec<u8>,
    /// The process that it was told by.
    pub service: String,
    pub name: String,
    /// Of the message that is handled, if one is.
    pub routing_key: Option<String>,
    pub begun_ns: u64,
    pub ended_ns: u64,
}

/// A collector on a free port of this machine.
pub struct Collector {
    pub url: String,
    spans: Arc<Mutex<Vec<Span>>>,
    running: tokio::task::JoinHandle<()>,
}

impl Collector {
    /// Starts to listen.
    pub fn start() -> anyhow::Result<Self> {
        let spans = Arc::new(Mutex::new(Vec::new()));
        let kept = web::Data::from(Arc::clone(&spans));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(kept.clone())
                .app_data(web::PayloadConfig::new(LARGEST_BATCH))
                .route("/v1/traces", web::post().to(take))
        });
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0))?;
        let address = server.addrs().first().context("a server has an address")?.to_string();
        let server = server.run();
        let running = tokio::spawn(async move { drop(server.await) });
        Ok(Self { url: format!("http://{address}"), spans, running })
    }

    /// What has come so far of one trace, in the order in which it began.
    pub fn trace(&self, id: &[u8]) -> Trace {
        let spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        let mut spans: Vec<Span> = spans.iter().filter(|span| span.trace == id).cloned().collect();
        spans.sort_by_key(|span| span.begun_ns);
        Trace(spans)
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn take(batch: web::Bytes, kept: web::Data<Mutex<Vec<Span>>>) -> HttpResponse {
    let Ok(batch) = ExportTraceServiceRequest::decode(batch) else {
        return HttpResponse::BadRequest().finish();
    };
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let room = MOST_SPANS.saturating_sub(kept.len());
    kept.extend(spans(batch).take(room));
    HttpResponse::Ok().content_type("application/x-protobuf").finish()
}

fn spans(batch: ExportTraceServiceRequest) -> impl Iterator<Item = Span> {
    batch.resource_spans.into_iter().flat_map(|of_process| {
        let service =
            of_process.resource.and_then(|each| text_of(&each.attributes, "service.name"));
        let service = service.unwrap_or_default();
        let told = of_process.scope_spans.into_iter().flat_map(|of_scope| of_scope.spans);
        told.map(move |span| Span {
            routing_key: text_of(&span.attributes, "messaging.routing_key"),
            trace: span.trace_id,
            id: span.span_id,
            parent: span.parent_span_id,
            service: service.clone(),
            name: span.name,
            begun_ns: span.start_time_unix_nano,
            ended_ns: span.end_time_unix_nano,
        })
    })
}

fn text_of(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match &found.value {
        Some(AnyValue { value: Some(Value::StringValue(text)) }) => Some(text.clone()),
        _ => None,
    }
}

/// The spans of one trace.
#[derive(Debug, Clone)]
pub struct Trace(Vec<Span>);

impl Trace {
    /// Whether `service` handled a message with this routing key, caused by a step of `by`.
    pub fn has_handling(&self, service: &str, routing_key: &str, by: &str) -> bool {
        let is_it = |span: &&Span| {
            span.service == service && span.routing_key.as_deref() == Some(routing_key)
        };
        self.0.iter().filter(is_it).any(|span| {
            let cause = self.0.iter().find(|each| each.id == span.parent);
            cause.is_some_and(|cause| cause.service == by)
        })
    }

    /// Whether `service` answered this request.
    pub fn has_request(&self, service: &str, name: &str) -> bool {
        self.0.iter().any(|span| span.service == service && span.name == name)
    }

    /// One line a step, below the step that caused it: when it began after the first, how long it
    /// took, who did what.
    pub fn text(&self) -> String {
        let begun = self.0.first().map_or(0, |span| span.begun_ns);
        let mut children: BTreeMap<&[u8], Vec<&Span>> = BTreeMap::new();
        let mut text = String::new();
        let known = |id: &[u8]| self.0.iter().any(|span| span.id == id);
        for span in &self.0 {
            children.entry(&span.parent).or_default().push(span);
        }
        let mut waiting: Vec<(&Span, usize)> =
            self.0.iter().rev().filter(|span| !known(&span.parent)).map(|span| (span, 0)).collect();
        while let Some((span, depth)) = waiting.pop() {
            let what = span.routing_key.as_ref().map_or_else(
                || span.name.clone(),
                |routing_key| format!("{} {routing_key}", span.name),
            );
            let who = format!("{:indent$}{}", "", span.service, indent = depth * 2);
            let (at, took) = (ms(span.begun_ns - begun), ms(span.ended_ns - span.begun_ns));
            text.push_str(&format!("{at:>8.1} ms {took:>8.1} ms  {who:<28} {what}\n"));
            let caused = children.get(span.id.as_slice()).into_iter().flatten().rev();
            waiting.extend(caused.map(|each| (*each, depth + 1)));
        }
        text
    }
}

#[expect(clippy::cast_precision_loss, reason = "a trace takes seconds, not years")]
fn ms(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e6
}
