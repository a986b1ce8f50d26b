//! Who calls.

use actix_web::HttpRequest;
use auth::{Claims, Presented, presented};
use web::Refusal;

use crate::{actions, app::App, domain::user::User};

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
            app.csrf.check(request)?;
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
