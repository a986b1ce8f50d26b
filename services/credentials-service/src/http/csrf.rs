//! The token that proves that a change was asked for by our own pages.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    web::Data,
};
use serde_json::json;
use uuid::Uuid;

use super::caller::CSRF_COOKIE;
use crate::app::App;

/// How many characters a token has.
const LENGTH: usize = 64;

/// How long a browser keeps it.
const LIFE: Duration = Duration::days(365);

/// Get a CSRF token
///
/// To be sent back as `X-CSRFToken` with changes that are authenticated by cookies.
#[utoipa::path(
    get,
    path = "/csrf/api/v1/token",
    tag = "operation",
    responses((status = 200, body = Object))
)]
pub async fn token(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let known = request.cookie(CSRF_COOKIE).map(|cookie| cookie.value().to_owned());
    let token = known.filter(|token| is_token(token)).unwrap_or_else(fresh);
    let cookie = Cookie::build(CSRF_COOKIE, token.clone())
        .path("/")
        .same_site(SameSite::Lax)
        .secure(app.public_base_url.starts_with("https://"))
        .max_age(LIFE)
        .finish();
    HttpResponse::Ok()
        .cookie(cookie)
        .insert_header(("Cache-Control", "private, no-store"))
        .json(json!({ "csrfToken": token }))
}

fn is_token(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// 244 random bits.
fn fresh() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}
