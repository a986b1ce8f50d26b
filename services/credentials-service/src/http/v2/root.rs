//! What the API has.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde_json::json;
use web::Refusal;

use crate::{
    app::App,
    http::{caller, negotiation, site::site_of},
};

/// The collections
///
/// Addresses of everything below.
#[utoipa::path(
    get,
    path = "/api/v2/",
    tag = "v2",
    responses((status = 200, description = "Name and address of each collection", body = Object), (status = 401))
)]
pub async fn root(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    negotiation::accepts_json(&request)?;
    caller::authenticate(&app, &request).await?;
    let site = site_of(&app, &request).await?;
    let base = app.base_url_of(&site);
    let url = |name: &str| format!("{base}/api/v2/{name}/");
    Ok(HttpResponse::Ok().json(json!({
        "credentials": url("credentials"),
        "grades": url("grades"),
        "course_certificates": url("course_certificates"),
    })))
}
