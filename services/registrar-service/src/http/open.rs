//! Routes that need no token and belong to no noun.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use chassis::{Service, health::database_is_reachable};
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Refusal,
    csrf::CsrfToken,
    home::{self, HomeLink, HomeView},
};

use crate::{RegistrarService, app::App};

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
    responses((status = 200, body = CsrfToken))
)]
pub async fn csrf_token(app: Data<App>, request: HttpRequest) -> HttpResponse {
    app.csrf.tell(&request)
}

/// The page at the root: what this is, and where to go.
pub async fn home() -> HttpResponse {
    home::respond(&HomeView {
        name: "Registrar",
        sentence: RegistrarService::PURPOSE,
        links: &[
            HomeLink { label: "Health", url: "/health", note: "Whether the service can work." },
            home::KEYS,
        ],
    })
}

/// 404 for a path that is none of ours.
pub async fn no_such_path() -> Result<HttpResponse, Refusal> {
    Err(Refusal::not_found())
}
