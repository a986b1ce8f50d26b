//! Figures for Prometheus, by the names that operators expect.

use std::{sync::LazyLock, time::Instant};

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web,
};
use prometheus::{HistogramOpts, HistogramVec, TextEncoder};

static REQUESTS: LazyLock<Option<HistogramVec>> = LazyLock::new(|| {
    let options = HistogramOpts::new("http_server_request_duration_seconds", "Time to answer")
        .buckets(vec![
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
        ]);
    let histogram = HistogramVec::new(options, &["service", "method", "route", "status"]).ok()?;
    prometheus::register(Box::new(histogram.clone())).ok()?;
    Some(histogram)
});

/// The service whose requests are counted.
#[derive(Clone, Copy)]
pub(crate) struct ServiceName(pub &'static str);

/// The pattern of the path that a request took, or `none`. To find it takes as long as to find the
/// handler, so that it is found once and kept with the request.
#[derive(Debug, Clone)]
pub(crate) struct Route(pub String);

impl Route {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let known = request.extensions().get::<Self>().cloned();
        known.unwrap_or_else(|| Self(request.match_pattern().unwrap_or_else(|| "none".to_owned())))
    }
}

pub(crate) async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let response = next.call(request).await?;
    if let Some(histogram) = &*REQUESTS {
        let request = response.request();
        let service = request.app_data::<ServiceName>().map_or("", |name| name.0);
        let route = Route::of(request);
        let status = response.status();
        let labels = [service, known(request.method()), &route.0, status.as_str()];
        histogram.with_label_values(&labels).observe(started.elapsed().as_secs_f64());
        request.extensions_mut().insert(route);
    }
    Ok(response)
}

/// The method's label: anybody can invent methods, and each label is kept for ever.
fn known(method: &Method) -> &'static str {
    const KNOWN: [(&Method, &str); 7] = [
        (&Method::GET, "GET"),
        (&Method::HEAD, "HEAD"),
        (&Method::POST, "POST"),
        (&Method::PUT, "PUT"),
        (&Method::PATCH, "PATCH"),
        (&Method::DELETE, "DELETE"),
        (&Method::OPTIONS, "OPTIONS"),
    ];
    KNOWN.iter().find(|(each, _)| *each == method).map_or("other", |(_, label)| label)
}

pub(crate) fn mount(config: &mut web::ServiceConfig) {
    config.route("/metrics", web::get().to(scrape));
}

async fn scrape() -> HttpResponse {
    match TextEncoder::new().encode_to_string(&prometheus::gather()) {
        Ok(text) => HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;

    use super::known;

    #[test]
    fn invented_methods_share_one_label() {
        assert_eq!(known(&Method::PATCH), "PATCH");
        assert_eq!(known(&Method::from_bytes(b"FOO123").unwrap()), "other");
    }
}
