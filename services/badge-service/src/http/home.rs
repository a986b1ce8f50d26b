//! The page at the root, and what machines ask every site for.

use ::web::home::{self, HomeLink, HomeView};
use actix_web::{
    HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, ContentType},
    web::Data,
};
use chassis::{Service, health};
use serde_json::json;

use crate::{BadgeService, app::App};

/// What this service is
#[utoipa::path(get, path = "/", tag = "pages",
    responses((status = 200, content_type = "text/html")))]
pub(super) async fn home() -> HttpResponse {
    let link = |label: &str, url: &str, note: &str| HomeLink {
        label: label.to_owned(),
        url: url.to_owned(),
        note: note.to_owned(),
    };
    let view = HomeView {
        name: "Badges".to_owned(),
        sentence: BadgeService::PURPOSE.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        api_url: "/api-docs/".to_owned(),
        links: vec![
            link("Health", "/health", "whether database and files can be reached"),
            link("Keys", "/.well-known/jwks.json", "with which this service signs"),
        ],
    };
    HttpResponse::Ok()
        .insert_header(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, home::content_security_policy()))
        .body(home::page(&view))
}

/// Whether the service can work
#[utoipa::path(get, path = "/health", tag = "operation",
    responses((status = 200, body = Object), (status = 503, body = Object)))]
pub(super) async fn health(app: Data<App>) -> HttpResponse {
    let database = health::database_is_reachable(&app.db).await;
    let storage = app.pictures.are_reachable().await;
    let word = |fine: bool| if fine { "OK" } else { "UNAVAILABLE" };
    let body = json!({
        "status": word(database && storage),
        "checks": { "database": word(database), "storage": word(storage) },
    });
    if database && storage {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

/// What robots may read
///
/// The robots that draw preview cards keep to it: badges stay open.
#[utoipa::path(get, path = "/robots.txt", tag = "operation",
    responses((status = 200, content_type = "text/plain")))]
pub(super) async fn robots() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(ContentType::plaintext())
        .body("User-agent: *\nDisallow: /v1/\nDisallow: /v2/\nDisallow: /api-docs/\n")
}
