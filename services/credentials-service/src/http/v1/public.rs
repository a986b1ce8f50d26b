//! `GET /api/v1/credentials/:uuid`: a credential as anybody may see it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::ACCESS_CONTROL_ALLOW_ORIGIN,
    web::{Data, Path},
};
use model::Id;
use serde::Serialize;
use web::Refusal;

use super::access;
use crate::{
    app::App,
    domain::{
        document::DocumentState,
        role::Deed,
        site::Site,
        user_credential::{Attribute, Of, Status, UserCredential},
    },
    error::Error,
    http::{caller, site::site_of},
    store,
};

/// One credential; a course's has a mode and a document, a program's has not.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(tag = "credential_type")]
pub enum PublicCredential {
    #[serde(rename = "course-certificate")]
    Course {
        credential_id: i64,
        certificate_type: String,
        username: String,
        course_id: String,
        status: &'static str,
        /// 32 hexadecimal digits.
        uuid: String,
        /// Empty unless there is a PDF.
        download_url: String,
        attributes: Vec<PublicAttribute>,
    },
    #[serde(rename = "program-certificate")]
    Program {
        credential_id: i64,
        username: String,
        program_id: Option<i64>,
        status: &'static str,
        /// 32 hexadecimal digits.
        uuid: String,
        attributes: Vec<PublicAttribute>,
    },
}

/// A free fact about the award.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct PublicAttribute {
    pub namespace: String,
    pub name: String,
    pub value: String,
}

/// Show a credential to anybody
///
/// A revoked one says so, without its attributes. One that may not be seen yet does not exist,
/// but for its learner and for whoever may view credentials.
#[utoipa::path(
    get,
    path = "/api/v1/credentials/{uuid}/",
    tag = "v1",
    params(("uuid" = String, Path, description = "With or without dashes")),
    responses((status = 200, body = PublicCredential), (status = 404, body = Object))
)]
pub async fn credential(
    app: Data<App>,
    request: HttpRequest,
    uuid: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let site = site_of(&app, &request).await?;
    let uuid: Id<UserCredential> = uuid.parse().map_err(|_| Refusal::not_found())?;
    let (now, site_id) = (app.clock.now(), site.id);
    let (credential, attributes, is_visible, document) = app
        .db
        .read(move |conn| {
            let found = store::user_credentials::find(conn, uuid)?;
            let credential =
                found.filter(|found| found.site_id == site_id).ok_or(Error::NoSuchCredential)?;
            let attributes = store::user_credentials::attributes(conn, credential.id)?;
            let is_visible = store::certificates::is_visible(conn, &credential, now)?;
            let document = store::documents::find(conn, credential.id)?;
            Ok::<_, Error>((credential, attributes, is_visible, document))
        })
        .await?;
    if !is_visible && !may_look_early(&app, &request, &site, &credential).await? {
        return Err(Error::NoSuchCredential.into());
    }
    let is_ready = document.is_some_and(|d| matches!(d.state, DocumentState::Ready { .. }));
    let url = app.page_url(&site, credential.uuid);
    let download_url = if is_ready { format!("{url}certificate.pdf") } else { String::new() };
    Ok(HttpResponse::Ok().insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*")).json(view(
        credential,
        attributes,
        download_url,
    )))
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

fn view(
    credential: UserCredential,
    attributes: Vec<Attribute>,
    download_url: String,
) -> PublicCredential {
    let is_revoked = credential.status == Status::Revoked;
    let attributes = attributes.into_iter().filter(|_| !is_revoked);
    let attributes = attributes
        .map(|Attribute { namespace, name, value }| PublicAttribute { namespace, name, value })
        .collect();
    let (status, uuid) = (credential.status.as_str(), credential.uuid.hex());
    let (credential_id, username) = (credential.id, credential.username);
    match credential.of {
        Of::Course { course_id, mode, .. } => PublicCredential::Course {
            credential_id,
            certificate_type: mode,
            username,
            course_id,
            status,
            uuid,
            download_url: if is_revoked { String::new() } else { download_url },
            attributes,
        },
        Of::Program { program_id, .. } => PublicCredential::Program {
            credential_id,
            username,
            program_id,
            status,
            uuid,
            attributes,
        },
    }
}
