//! One service's HTTP listener.

use std::net::TcpListener;

use actix_cors::Cors;
use actix_web::{
    App, HttpServer,
    dev::{Server, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::{self, from_fn},
    web,
};
use tracing_actix_web::{RequestId, TracingLogger};

use crate::{
    Parts, Service, documents, health,
    metrics::{self, ServiceName},
};

/// The server of `service` on `listener`; it runs once awaited.
pub(crate) fn serve<S: Service>(
    service: &S,
    parts: &Parts,
    listener: TcpListener,
) -> std::io::Result<Server> {
    let (service, parts) = (service.clone(), parts.clone());
    let http = parts.common.http.clone();
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(metrics::count))
            .wrap(cors(&parts.common.http.cors_origins))
            .wrap(middleware::DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff")))
            .wrap(from_fn(request_id))
            .wrap(TracingLogger::default())
            .configure(|config| mount(config, &service, &parts))
    });
    Ok(server
        .workers(http.threads)
        .shutdown_timeout(http.shutdown_timeout_s)
        .disable_signals()
        .listen(listener)?
        .run())
}

/// Mounts all that a service answers; tests mount the same.
pub fn mount<S: Service>(config: &mut web::ServiceConfig, service: &S, parts: &Parts) {
    config
        .app_data(ServiceName(S::NAME))
        .app_data(web::PayloadConfig::new(parts.common.http.max_body_bytes));
    health::mount(config, parts.db.clone());
    metrics::mount(config);
    documents::mount(config, S::openapi(), service.published_keys(parts));
    service.routes(config);
}

fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allow_any_method()
        .allowed_headers([
            "accept",
            "authorization",
            "content-type",
            "user-agent",
            "x-csrftoken",
            "x-requested-with",
            "use-jwt-cookie",
        ])
        .supports_credentials()
        .max_age(86_400)
        .block_on_origin_mismatch(false);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// Names each answer: with the caller's id when it is a decent one, else with ours.
async fn request_id(
    request: actix_web::dev::ServiceRequest,
    next: middleware::Next<impl actix_web::body::MessageBody>,
) -> Result<ServiceResponse<impl actix_web::body::MessageBody>, actix_web::Error> {
    let name = HeaderName::from_static("x-request-id");
    let given = request.headers().get(&name).cloned().filter(is_decent);
    let mut response = next.call(request).await?;
    let ours = || {
        use actix_web::HttpMessage;
        let id = response.request().extensions().get::<RequestId>().map(ToString::to_string);
        id.and_then(|id| HeaderValue::from_str(&id).ok())
    };
    if let Some(id) = given.or_else(ours) {
        response.headers_mut().insert(name, id);
    }
    Ok(response)
}

fn is_decent(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    (1..=128).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}
