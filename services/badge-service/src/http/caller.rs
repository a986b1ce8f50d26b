//! Who calls the API.

use std::sync::Arc;

use actix_web::HttpRequest;
use auth::{Claims, Presented, presented};
use tracing::info;

use super::v2::envelope::ApiError;
use crate::app::App;

/// Lets a caller pass whatever the role: applications and services that an operator trusts.
const SERVER_ADMIN: &str = "rw:serverAdmin";

/// The caller's claims.
///
/// # Errors
///
/// If there is no token that is believed.
pub(super) async fn authenticated(
    app: &App,
    request: &HttpRequest,
) -> Result<Arc<Claims>, ApiError> {
    let Presented::Header(token) = presented(request) else { return Err(ApiError::NoToken) };
    app.verifier.verify(&token).await.map_err(|error| {
        info!(%error, "a token was not believed");
        ApiError::NoToken
    })
}

/// Lets pass who may administer the whole service.
///
/// # Errors
///
/// If nobody is known to call, or somebody else.
pub(super) async fn server_admin(app: &App, request: &HttpRequest) -> Result<(), ApiError> {
    let claims = authenticated(app, request).await?;
    if claims.administrator == Some(true) || claims.has_scope(SERVER_ADMIN) {
        Ok(())
    } else {
        Err(ApiError::NotFound)
    }
}
