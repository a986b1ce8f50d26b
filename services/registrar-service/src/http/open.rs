//! Routes that need no token and belong to no noun.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    web::Data,
};
use chassis::{Service, health::database_is_reachable};
use rand::distr::{Alphanumeric, SampleString};
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Refusal,
    home::{self, HomeLink, HomeView},
};

use crate::{RegistrarService, app::App};

/// The cookie whose value unsafe requests with cookies must repeat in `X-CSRFToken`.
pub const CSRF_COOKIE: &str = "registrar_csrftoken";

/// The length of such a value, in characters.
const CSRF_LENGTH: usize = 64;

/// Whether the service can work.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthView {
    /// `OK` or `UNAVAILABLE`
    overall_status: &'static str,
    detailed_status: DetailedHealth,
}

/// The parts that the service cannot work without.
#[derive(Debug, Serialize, ToSchema)]
pub struct DetailedHealth {
    database_status: &'static str,
}

/// A token against forged forms.
#[derive(Debug, Serialize, ToSchema)]
pub struct CsrfTokenView {
    #[serde(rename = "csrfToken")]
    csrf_token: String,
}

/// Say whether the service can work
#[utoipa::path(
    get,
    path = "/health",
    security(()),
    responses((status = 200, body = HealthView), (status = 503, body = HealthView))
)]
pub async fn health(app: Data<App>) -> HttpResponse {
    let reachable = database_is_reachable(&app.db).await;
    let status = if reachable { "OK" } else { "UNAVAILABLE" };
    let body = HealthView {
        overall_status: status,
        detailed_status: DetailedHealth { database_status: status },
    };
    if reachable {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

/// Get a token against forged forms
///
/// For browser applications that call with the LMS's cookies.
#[utoipa::path(
    get,
    path = "/csrf/api/v1/token",
    security(()),
    responses((status = 200, body = CsrfTokenView))
)]
pub async fn csrf_token(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let kept = request.cookie(CSRF_COOKIE).map(|cookie| cookie.value().to_owned());
    let is_ours = |token: &String| {
        token.len() == CSRF_LENGTH && token.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let fresh = || Alphanumeric.sample_string(&mut rand::rng(), CSRF_LENGTH);
    let csrf_token = kept.filter(is_ours).unwrap_or_else(fresh);
    let cookie = Cookie::build(CSRF_COOKIE, csrf_token.clone())
        .path("/")
        .same_site(SameSite::Lax)
        .secure(app.public_base_url.starts_with("https:"))
        .finish();
    HttpResponse::Ok().cookie(cookie).json(CsrfTokenView { csrf_token })
}

/// The page at the root: what this is, and where to go.
pub async fn home() -> HttpResponse {
    let link = |label: &str, url: &str, note: &str| HomeLink {
        label: label.to_owned(),
        url: url.to_owned(),
        note: note.to_owned(),
    };
    let view = HomeView {
        name: "Registrar".to_owned(),
        sentence: RegistrarService::PURPOSE.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        api_url: "/api-docs/".to_owned(),
        links: vec![
            link("Health", "/health", "Whether the service can work."),
            link("Keys", "/.well-known/jwks.json", "What its tokens are verified with."),
        ],
    };
    HttpResponse::Ok()
        .insert_header(("Content-Security-Policy", home::content_security_policy()))
        .content_type("text/html; charset=utf-8")
        .body(home::page(&view))
}

/// 404 for a path that is none of ours.
pub async fn no_such_path() -> Result<HttpResponse, Refusal> {
    Err(Refusal::not_found())
}
