//! What is answered where nothing is: 404, or 405 where there is something for other methods.

use ::web::Refusal;
use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{Method, header::ALLOW},
    web::Data,
};

use super::{caller, v2::envelope::ApiError};
use crate::app::App;

/// Answers in the shape of the family that the path belongs to.
pub(super) async fn fallback(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let allowed = app.routes.methods_of(request.path()).join(", ");
    let is_api = request.path().starts_with("/v2/");
    let method = request.method().to_string();
    match (allowed.is_empty(), is_api) {
        (false, _) if request.method() == Method::OPTIONS => {
            HttpResponse::NoContent().insert_header((ALLOW, allowed)).finish()
        }
        (true, false) => Refusal::not_found().error_response(),
        (true, true) => ApiError::NotFound.error_response(),
        (false, false) => Refusal::MethodNotAllowed { method, allow: allowed }.error_response(),
        // As before: who calls is asked before whether the method exists.
        (false, true) => match caller::authenticated(&app, &request).await {
            Ok(_) => ApiError::MethodNotAllowed { method, allow: allowed }.error_response(),
            Err(error) => error.error_response(),
        },
    }
}
