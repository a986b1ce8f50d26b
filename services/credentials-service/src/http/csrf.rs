//! The token that proves that a change was asked for by our own pages.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    http::header::{HOST, HeaderName, ORIGIN, REFERER},
    web::Data,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

use crate::app::App;

/// The cookie that a form or a script has to repeat in [`CSRF_HEADER`].
const CSRF_COOKIE: &str = "credentials_csrftoken";

/// Repeats [`CSRF_COOKIE`].
const CSRF_HEADER: &str = "X-CSRFToken";

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

/// Holds a change that came with cookies to our own pages and those of trusted origins.
///
/// # Errors
///
/// Why not, in the predecessor's words.
pub fn check(app: &App, request: &HttpRequest) -> Result<(), String> {
    // A page of another origin can choose neither header.
    if let Some(origin) = header(request, ORIGIN) {
        if !is_trusted(app, request, origin) {
            return Err(format!(
                "Origin checking failed - {origin} does not match any trusted origins."
            ));
        }
    } else if let Some(referer) = header(request, REFERER)
        && !is_trusted(app, request, referer)
    {
        return Err(format!(
            "Referer checking failed - {referer} does not match any trusted origins."
        ));
    }
    if repeats_token(request) { Ok(()) } else { Err("CSRF token missing or incorrect.".to_owned()) }
}

/// Whether an address is on the host of the request, on our own or on a trusted one.
fn is_trusted(app: &App, request: &HttpRequest, address: &str) -> bool {
    let Ok(address) = Url::parse(address) else { return false };
    let origin = address.origin();
    let same = |known: &str| Url::parse(known).is_ok_and(|known| known.origin() == origin);
    // Who ends TLS before us knows the scheme, so the request's host counts under either.
    let host = header(request, HOST).unwrap_or_default();
    let is_own = same(&format!("{}://{host}", address.scheme()));
    let is_web = matches!(address.scheme(), "http" | "https");
    is_web
        && (is_own
            || same(&app.public_base_url)
            || app.trusted_origins.iter().any(|known| same(known)))
}

/// Whether the header repeats the cookie, which a page of another origin cannot read.
fn repeats_token(request: &HttpRequest) -> bool {
    let cookie = request.cookie(CSRF_COOKIE);
    let cookie = cookie.as_ref().map_or("", |cookie| cookie.value());
    let header = request.headers().get(CSRF_HEADER);
    let header = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Digests, so that the time of the comparison tells nothing of the token.
    !cookie.is_empty() && Sha256::digest(cookie) == Sha256::digest(header)
}

/// A header's text; one that cannot be read is as wrong as one of another host.
fn header(request: &HttpRequest, name: HeaderName) -> Option<&str> {
    request.headers().get(name).map(|value| value.to_str().unwrap_or_default())
}

fn is_token(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// 244 random bits.
fn fresh() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}
