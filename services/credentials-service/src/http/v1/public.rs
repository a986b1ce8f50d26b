//! `GET /api/v1/credentials/:uuid`: a credential as anybody may see it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::ACCESS_CONTROL_ALLOW_ORIGIN,
    web::{Data, Path},
};
use model::Id;
use web::Refusal;

use super::{
    access,
    view::{UserCredentialView, view},
};
use crate::{
    app::App,
    domain::{
        role::Deed,
        site::Site,
        user_credential::UserCredential,
        visibility::{self, Sight},
    },
    error::Error,
    http::{caller, site::site_of},
    store,
};

/// Show a credential to anybody
///
/// A revoked one says so, without its attributes. One that may not be seen yet does not exist,
/// but for its learner and for whoever may view credentials.
#[utoipa::path(
    get,
    path = "/api/v1/credentials/{uuid}/",
    tag = "v1",
    params(("uuid" = String, Path, description = "With or without dashes")),
    responses((status = 200, body = UserCredentialView), (status = 404, body = Object))
)]
pub async fn credential(
    app: Data<App>,
    request: HttpRequest,
    uuid: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let site = site_of(&app, &request).await?;
    let uuid: Id<UserCredential> = uuid.parse().map_err(|_| Refusal::not_found())?;
    let now = app.clock.now();
    let (credential, attributes, is_visible, is_documented) = app
        .db
        .read(move |conn| {
            let found = store::user_credentials::find(conn, uuid)?;
            let credential = found.ok_or(Error::NoSuchCredential)?;
            let attributes = store::user_credentials::attributes(conn, credential.id)?;
            let is_visible = store::certificates::is_visible(conn, &credential, now)?;
            let is_documented = !store::documents::ready(conn, &[credential.id])?.is_empty();
            Ok::<_, Error>((credential, attributes, is_visible, is_documented))
        })
        .await?;
    let mut sight = visibility::sight(&credential, site.id, is_visible);
    if sight == Sight::Hidden && may_look_early(&app, &request, &site, &credential).await? {
        sight = visibility::sight(&credential, site.id, true);
    }
    let view = match sight {
        Sight::Hidden => return Err(Error::NoSuchCredential.into()),
        Sight::Revoked => view(&app, &site, credential, Vec::new(), false),
        Sight::Whole => view(&app, &site, credential, attributes, is_documented),
    };
    Ok(HttpResponse::Ok().insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*")).json(view))
}

/// Whether somebody with a believed token sees what others do not see yet.
async fn may_look_early(
    app: &App,
    request: &HttpRequest,
    site: &Site,
    credential: &UserCredential,
) -> Result<bool, Refusal> {
    let Ok(user) = caller::authenticate(app, request).await else { return Ok(false) };
    if user.is(&credential.username) {
        return Ok(true);
    }
    let roles = access::roles(app, &user, site).await?;
    Ok(roles.may_everywhere(Deed::ViewCredentials))
}
