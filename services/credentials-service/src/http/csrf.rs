//! The token that proves that a change was asked for by our own pages.

use ::web::csrf::CsrfToken;
use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::app::App;

/// Get a CSRF token
///
/// To be sent back as `X-CSRFToken` with changes that are authenticated by cookies.
#[utoipa::path(
    get,
    path = "/csrf/api/v1/token",
    tag = "operation",
    responses((status = 200, body = CsrfToken))
)]
pub async fn token(app: Data<App>, request: HttpRequest) -> HttpResponse {
    app.csrf.tell(&request)
}
