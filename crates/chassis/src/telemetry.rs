//! Log lines, for people or for machines, and traces for a collector.

use std::time::Duration;

use anyhow::Context;
use opentelemetry::{KeyValue, global, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::settings::{Log, LogFormat, Telemetry};

/// How long the collector may take for one batch.
const PATIENCE: Duration = Duration::from_secs(5);

/// What records the process's log and traces; dropped at the end, it sends what it still has.
#[must_use]
pub struct Recording(Option<SdkTracerProvider>);

/// Sets up log and traces for the process, which collectors know as `process`; a second call
/// changes nothing.
///
/// # Errors
///
/// If the collector's address is no URL.
pub fn start(process: &str, log: &Log, telemetry: &Telemetry) -> anyhow::Result<Recording> {
    let provider = match telemetry.otlp_endpoint.trim_end_matches('/') {
        "" => None,
        endpoint => Some(provider(process, endpoint, telemetry.sampled)?),
    };
    let registry =
        tracing_subscriber::registry().with(lines(log)).with(provider.as_ref().map(spans));
    // Refused only when it was set up before.
    if registry.try_init().is_ok() && provider.is_some() {
        global::set_text_map_propagator(TraceContextPropagator::new());
    }
    Ok(Recording(provider))
}

impl Drop for Recording {
    fn drop(&mut self) {
        if let Some(provider) = &self.0 {
            // What the collector does not take now is lost; there is nobody left to tell.
            drop(provider.shutdown_with_timeout(PATIENCE));
        }
    }
}

fn lines<S>(log: &Log) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let to_stderr = fmt::layer().with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => to_stderr.with_target(false).with_filter(filter).boxed(),
        LogFormat::Json => to_stderr.json().flatten_event(true).with_filter(filter).boxed(),
    }
}

fn spans<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let tracer = provider.tracer("testamur");
    // The broker's client has spans of its own, one a connection, that end when it does.
    let ours =
        Targets::new().with_default(LevelFilter::INFO).with_target("lapin", LevelFilter::OFF);
    tracing_opentelemetry::layer().with_tracer(tracer).with_filter(ours)
}

fn provider(process: &str, endpoint: &str, sampled: f64) -> anyhow::Result<SdkTracerProvider> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{endpoint}/v1/traces"))
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(PATIENCE)
        .build()
        .with_context(|| format!("telemetry.otlp_endpoint {endpoint:?} cannot be used"))?;
    let resource = Resource::builder()
        .with_service_name(process.to_owned())
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(sampled)));
    Ok(SdkTracerProvider::builder()
        .with_resource(resource)
        .with_sampler(sampler)
        .with_batch_exporter(exporter)
        .build())
}
