//! Answers for paths and methods that no handler is for.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{ALLOW, LOCATION},
    },
    web::Data,
};
use web::Refusal;

use super::certificate;
use crate::app::App;

/// What files take, whose paths are deeper than the API's description can say.
const READING: &str = "GET, HEAD, OPTIONS";

/// A path without its slash is sent on, whatever the method; the rest is 404.
pub async fn anything_else(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let path = request.path();
    if !path.ends_with('/') && !app.routes.methods_of(&format!("{path}/")).is_empty() {
        return to_slashed(&request);
    }
    if is_api(path) {
        return actix_web::ResponseError::error_response(&Refusal::not_found());
    }
    certificate::no_page(&app, &request).await
}

/// `OPTIONS` of what is open to everybody, and 405 with what the path takes instead.
pub async fn other_methods(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::Ok().insert_header((ALLOW, allowed(&app, &request))).finish());
    }
    Err(method_not_allowed(&app, &request))
}

/// The refusal of a method that a path does not take.
pub fn method_not_allowed(app: &App, request: &HttpRequest) -> Refusal {
    let method = request.method().to_string();
    Refusal::MethodNotAllowed { method, allow: allowed(app, request) }
}

/// The methods that a path takes.
pub fn allowed(app: &App, request: &HttpRequest) -> String {
    let path = request.path();
    let mut methods = app.routes.methods_of(path);
    if methods.is_empty() {
        methods = app.routes.methods_of(&format!("{path}/"));
    }
    if methods.is_empty() { READING.to_owned() } else { methods.join(", ") }
}

/// Whether errors under this path are JSON even for browsers.
fn is_api(path: &str) -> bool {
    ["/api/", "/records/api/", "/verifiable_credentials/"].iter().any(|p| path.starts_with(p))
}

fn to_slashed(request: &HttpRequest) -> HttpResponse {
    let query = request.query_string();
    let mark = if query.is_empty() { "" } else { "?" };
    // Two slashes at the beginning would name another host.
    let path = format!("/{}", request.path().trim_start_matches('/'));
    let location = format!("{path}/{mark}{query}");
    HttpResponse::MovedPermanently().insert_header((LOCATION, location)).finish()
}
