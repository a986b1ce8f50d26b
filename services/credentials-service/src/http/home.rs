//! The page at the root.

use ::web::home::{HomeLink, HomeView, content_security_policy, page};
use actix_web::HttpResponse;
use chassis::Service;

use crate::CredentialsService;

/// What this service is
#[utoipa::path(
    get,
    path = "/",
    tag = "pages",
    responses((status = 200, description = "The page", content_type = "text/html"))
)]
pub async fn home() -> HttpResponse {
    let link = |label: &str, url: &str, note: &str| HomeLink {
        label: label.to_owned(),
        url: url.to_owned(),
        note: note.to_owned(),
    };
    let view = HomeView {
        name: "Credentials".to_owned(),
        sentence: CredentialsService::PURPOSE.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        api_url: "/api-docs/".to_owned(),
        links: vec![
            link("Health", "/health/", "Whether the service works"),
            link("Keys", "/.well-known/jwks.json", "With which the service signs"),
        ],
    };
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("Content-Security-Policy", content_security_policy()))
        .body(page(&view))
}
