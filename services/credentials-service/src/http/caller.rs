//! Who calls.

use actix_web::{
    HttpRequest,
    http::{Method, header::HeaderMap},
};
use auth::{Claims, Presented, presented};
use sha2::{Digest, Sha256};
use web::Refusal;

use crate::{actions, app::App, domain::user::User};

/// The cookie that a form or a script has to repeat in [`CSRF_HEADER`].
pub const CSRF_COOKIE: &str = "credentials_csrftoken";

/// Repeats [`CSRF_COOKIE`].
pub const CSRF_HEADER: &str = "X-CSRFToken";

/// The person whose token came with a request.
///
/// # Errors
///
/// 401 without a token that is believed, 403 for restricted ones.
pub async fn authenticate(app: &App, request: &HttpRequest) -> Result<User, Refusal> {
    let claims = match presented(request) {
        Presented::Header(token) => {
            app.verifier.verify(&token).await.map_err(|_| Refusal::invalid_token())?
        }
        Presented::Malformed => return Err(Refusal::invalid_token()),
        Presented::Cookie(token) => {
            let claims = app.verifier.verify(&token).await;
            let claims = claims.map_err(|_| Refusal::no_credentials())?;
            if !is_safe(request.method()) && !has_csrf_token(request) {
                let reason = "CSRF Failed: CSRF token missing or incorrect.";
                return Err(Refusal::Unauthenticated(reason.to_owned()));
            }
            claims
        }
        Presented::Nothing => return Err(Refusal::no_credentials()),
    };
    person(app, &claims).await
}

async fn person(app: &App, claims: &Claims) -> Result<User, Refusal> {
    let username = claims.username().ok_or_else(|| {
        let reason = "JWT must include a preferred_username or username claim!";
        Refusal::Unauthenticated(reason.to_owned())
    })?;
    if claims.is_restricted == Some(true) {
        return Err(Refusal::forbidden());
    }
    let user = actions::sign_in(app, username, claims).await?;
    let user = user.ok_or_else(Refusal::invalid_token)?;
    if !user.profile.is_active {
        return Err(Refusal::Unauthenticated("User inactive or deleted.".to_owned()));
    }
    Ok(user)
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

/// Whether the header repeats the cookie, which a page of another origin cannot read.
fn has_csrf_token(request: &HttpRequest) -> bool {
    let cookie = request.cookie(CSRF_COOKIE);
    let cookie = cookie.as_ref().map_or("", |cookie| cookie.value());
    let header = header(request.headers(), CSRF_HEADER);
    // Digests, so that the time of the comparison tells nothing of the token.
    !cookie.is_empty() && Sha256::digest(cookie) == Sha256::digest(header)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
