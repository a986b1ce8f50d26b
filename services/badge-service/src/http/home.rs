//! The page at the root, and what machines ask every site for.

use ::web::home::{self, HomeLink, HomeView};
use actix_web::{HttpResponse, http::header::ContentType, web::Data};
use chassis::{Service, health};
use serde_json::json;

use crate::{BadgeService, app::App};

/// What this service is
#[utoipa::path(get, path = "/", tag = "pages",
    responses((status = 200, content_type = "text/html")))]
pub(super) async fn home() -> HttpResponse {
    home::respond(&HomeView {
        name: "Badges",
        sentence: BadgeService::PURPOSE,
        links: &[
            HomeLink {
                label: "Health",
                url: "/health",
                note: "Whether database and files can be reached.",
            },
            home::KEYS,
        ],
    })
}

/// Whether the service can work
#[utoipa::path(get, path = "/health", tag = "operation",
    responses((status = 200, body = Object), (status = 503, body = Object)))]
pub(super) async fn health(app: Data<App>) -> HttpResponse {
    let database = health::database_is_reachable(&app.db).await;
    let storage = app.pictures.files().is_reachable().await;
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
