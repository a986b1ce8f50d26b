//! The page at the root.

use ::web::home::{self, HomeLink, HomeView};
use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, ContentType};
use chassis::Service;

use crate::RendererService;

/// What this is
#[utoipa::path(
    get, path = "/", tag = "operation",
    responses((status = 200, description = "A page for people", content_type = "text/html"))
)]
pub async fn page() -> HttpResponse {
    let link = |label: &str, url: &str, note: &str| HomeLink {
        label: label.to_owned(),
        url: url.to_owned(),
        note: note.to_owned(),
    };
    let view = HomeView {
        name: "Renderer".to_owned(),
        sentence: RendererService::PURPOSE.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        api_url: "/api-docs/".to_owned(),
        links: vec![
            link("Ready?", "/readyz", "Whether the workers and the store answer."),
            link("Figures", "/metrics", "For Prometheus."),
        ],
    };
    HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, home::content_security_policy()))
        .body(home::page(&view))
}
