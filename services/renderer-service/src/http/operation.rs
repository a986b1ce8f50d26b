//! What operators and their machines ask.

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// Whether the process lives.
#[derive(Serialize, ToSchema)]
pub struct Health {
    status: &'static str,
}

/// Whether it can work, and what is missing.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    status: &'static str,
    checks: Checks,
}

/// What it needs.
#[derive(Serialize, ToSchema)]
struct Checks {
    store: &'static str,
    workers: &'static str,
    database: &'static str,
}

/// Whether the process lives
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, body = Health)))]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// Whether the service can work
#[utoipa::path(
    get, path = "/readyz", tag = "operation",
    responses((status = 200, body = Readiness), (status = 503, body = Readiness))
)]
pub async fn readyz(app: web::Data<App>) -> HttpResponse {
    let stats = app.pool.stats();
    let store = app.objects.files().is_reachable().await;
    let workers = stats.idle + stats.busy > 0;
    let database = chassis::health::database_is_reachable(&app.db).await;
    let word = |fine: bool| if fine { "ok" } else { "unavailable" };
    let checks = Checks { store: word(store), workers: word(workers), database: word(database) };
    let is_ready = store && workers && database;
    let body = Readiness { status: word(is_ready), checks };
    if is_ready {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

/// This document
#[utoipa::path(
    get, path = "/openapi.json", tag = "operation",
    responses((status = 200, description = "The API document", content_type = "application/json"))
)]
pub async fn openapi(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(app.api_document.clone())
}
