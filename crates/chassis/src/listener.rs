//! One service's HTTP listener.

use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use ::web::origin::Origin;
use actix_cors::Cors;
use actix_web::{
    App, HttpResponse, HttpServer,
    body::{EitherBody, MessageBody},
    dev::{Server, ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
            ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
            ACCESS_CONTROL_REQUEST_METHOD, HeaderName, HeaderValue, LINK,
        },
    },
    middleware::{self, from_fn},
    web,
};
use socket2::{Domain, Protocol, Socket, Type};
use tracing_actix_web::{RequestId, TracingLogger};

use crate::{
    Parts, Service, documents, health,
    metrics::{self, ServiceName},
    settings::Http,
    span::RequestSpan,
};

/// How many connections may wait to be accepted.
const WAITING: i32 = 1024;

/// An address that is bound, where nobody listens yet: where processes share a port, the system gives
/// connections to each that listens, whether or not it can answer. Where they do not, whoever listens
/// second is refused.
pub(crate) struct Bound(Socket);

impl Bound {
    /// What was bound, the port included where the configuration left it open.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        let no_address = || std::io::Error::new(std::io::ErrorKind::InvalidInput, "no IP address");
        self.0.local_addr()?.as_socket().ok_or_else(no_address)
    }

    fn listen(self) -> std::io::Result<TcpListener> {
        self.0.listen(WAITING)?;
        Ok(self.0.into())
    }
}

/// Binds the address that a service is to listen on.
pub(crate) fn bind(http: &Http) -> std::io::Result<Bound> {
    let unknown = || std::io::Error::new(std::io::ErrorKind::InvalidInput, "names no address");
    let address = http.listen.to_socket_addrs()?.next().ok_or_else(unknown)?;
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(http.share_port)?;
    socket.bind(&address.into())?;
    Ok(Bound(socket))
}

/// The server of `service`, who can answer by now; it listens, and runs once awaited.
pub(crate) fn serve<S: Service>(
    service: &S,
    parts: &Parts,
    bound: Bound,
) -> std::io::Result<Server> {
    let (service, parts) = (service.clone(), parts.clone());
    let http = parts.common.http.clone();
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(metrics::count))
            .wrap(cors(&parts.common.http.cors_origins))
            .wrap(from_fn(open_to_all::<S, _>))
            .wrap(middleware::DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff")))
            .wrap(from_fn(request_id))
            .wrap(TracingLogger::<RequestSpan>::new())
            .configure(|config| mount(config, &service, &parts))
    });
    Ok(server
        .workers(http.threads)
        .shutdown_timeout(http.shutdown_timeout_s)
        .disable_signals()
        .listen(bound.listen()?)?
        .run())
}

/// Mounts all that a service answers; tests mount the same.
pub fn mount<S: Service>(config: &mut web::ServiceConfig, service: &S, parts: &Parts) {
    config
        .app_data(ServiceName(S::NAME))
        .app_data(web::PayloadConfig::new(parts.common.http.max_body_bytes));
    health::mount(config, parts.db.clone(), parts.needs.clone());
    metrics::mount(config);
    documents::mount(config, S::openapi(), service.key_rings(parts));
    service.routes(config);
}

fn cors(origins: &[Origin]) -> Cors {
    let cors = Cors::default()
        .allow_any_method()
        .allowed_headers([
            "accept",
            "authorization",
            "content-type",
            "idempotency-key",
            "user-agent",
            "x-csrftoken",
            "x-requested-with",
            "use-jwt-cookie",
        ])
        .expose_headers([LINK, HeaderName::from_static("x-total-count")])
        .supports_credentials()
        .max_age(86_400)
        .block_on_origin_mismatch(false);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(&origin.to_string()))
}

/// Lets any site's browsers read what the service opened, and never together with credentials.
///
/// An origin that the operator named keeps the answer that it was given by name.
async fn open_to_all<S: Service, B: MessageBody + 'static>(
    request: ServiceRequest,
    next: middleware::Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let path = request.path();
    let is_open = path.starts_with("/.well-known/")
        || S::OPEN_TO_ALL_ORIGINS.iter().any(|open| path.starts_with(open));
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = next.call(request).await?.map_into_left_body();
    if response.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        return Ok(response);
    }
    if is_open && is_preflight {
        let allowed = HttpResponse::NoContent()
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"))
            .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "*"))
            .insert_header((ACCESS_CONTROL_MAX_AGE, "86400"))
            .finish();
        response = response.into_response(allowed).map_into_right_body();
    }
    if is_open {
        let all = HeaderValue::from_static("*");
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, all);
    }
    response.headers_mut().remove(ACCESS_CONTROL_ALLOW_CREDENTIALS);
    Ok(response)
}

/// Names each answer: with the caller's id when it is a decent one, else with ours.
async fn request_id(
    request: ServiceRequest,
    next: middleware::Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
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

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::{Bound, Http, bind};

    fn bound(listen: &str, share_port: bool) -> Bound {
        let http = Http {
            listen: listen.to_owned(),
            public_base_url: String::new(),
            share_port,
            max_body_bytes: 0,
            threads: 1,
            cors_origins: Vec::new(),
            shutdown_timeout_s: 0,
        };
        bind(&http).unwrap()
    }

    #[test]
    fn what_is_bound_takes_no_connections_until_it_listens() {
        let one = bound("127.0.0.1:0", true);
        let address = one.address().unwrap();
        assert!(TcpStream::connect(address).is_err(), "it was bound, and is connected to");

        let _listener = one.listen().unwrap();
        TcpStream::connect(address).unwrap();
    }

    #[test]
    fn a_port_is_shared_by_those_who_all_say_so() {
        for share_port in [true, false] {
            let one = bound("127.0.0.1:0", share_port);
            let another = bound(&one.address().unwrap().to_string(), share_port);
            let _listener = one.listen().unwrap();
            assert_eq!(another.listen().is_ok(), share_port);
        }
    }
}
