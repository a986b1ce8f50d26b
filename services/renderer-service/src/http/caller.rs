//! Who calls, and what the token lets it do.

use actix_web::HttpRequest;
use auth::Presented;

use super::problems::Refused;
use crate::app::App;

/// What a token may allow, by the words in its `scope` or `scopes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Render,
    Read,
    Manage,
}

impl Scope {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Render => "renderer.render",
            Self::Read => "renderer.read",
            Self::Manage => "renderer.manage",
        }
    }
}

/// Lets only callers with this scope pass. Handlers ask before they read a body.
///
/// Cookies are no proof here: this service has no pages that call it.
pub async fn require(app: &App, request: &HttpRequest, scope: Scope) -> Result<(), Refused> {
    let Presented::Header(token) = auth::presented(request) else {
        return Err(Refused::unauthenticated());
    };
    let claims = app.verifier.verify(&token).await.map_err(|_| Refused::unauthenticated())?;
    if claims.has_scope(scope.as_str()) { Ok(()) } else { Err(Refused::forbidden(scope.as_str())) }
}
