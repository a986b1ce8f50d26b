//! Whether the service works, as its predecessor says it.

use actix_web::{HttpResponse, web::Data};
use serde_json::json;

use crate::app::App;

/// Whether the service works
#[utoipa::path(
    get,
    path = "/health/",
    tag = "operation",
    responses((status = 200, body = Object), (status = 503, body = Object))
)]
pub async fn health(app: Data<App>) -> HttpResponse {
    let reachable = chassis::health::database_is_reachable(&app.db).await;
    let status = if reachable { "OK" } else { "UNAVAILABLE" };
    let body =
        json!({ "overall_status": status, "detailed_status": { "database_status": status } });
    if reachable {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}
