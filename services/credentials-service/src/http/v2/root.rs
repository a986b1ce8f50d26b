//! What the API has.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header::ALLOW},
    web::Data,
};
use serde_json::json;
use web::Refusal;

use crate::{
    app::App,
    http::{caller, fallback, negotiation, site::site_of},
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
    admit(&app, &request).await?;
    let site = site_of(&app, &request).await?;
    let base = app.base_url_of(&site);
    let url = |name: &str| format!("{base}/api/v2/{name}/");
    Ok(HttpResponse::Ok().json(json!({
        "credentials": url("credentials"),
        "grades": url("grades"),
        "course_certificates": url("course_certificates"),
    })))
}

/// `OPTIONS`, and 405 for methods that the root does not take.
pub async fn other_methods(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    admit(&app, &request).await?;
    if request.method() != Method::OPTIONS {
        return Err(fallback::method_not_allowed(&app, &request));
    }
    let allow = fallback::allowed(&app, &request);
    Ok(HttpResponse::Ok().insert_header((ALLOW, allow)).json(json!({
        "name": "Api Root",
        "description": "The collections of this API.",
        "renders": ["application/json"],
        "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
    })))
}

/// Whoever has a name may look.
async fn admit(app: &App, request: &HttpRequest) -> Result<(), Refusal> {
    negotiation::accepts_json(request)?;
    caller::authenticate(app, request).await.map(drop)
}
