//! `/api/v2/credentials/`: award, show, change, revoke.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header::ALLOW},
    web::{Data, Path, Payload},
};
use model::Id;
use serde_json::json;
use web::Refusal;

use super::{
    award,
    view::{CredentialView, view},
};
use crate::{
    actions::{self, Actor},
    app::App,
    domain::{
        award::Awardable,
        user::{Right, User},
        user_credential::{Status, UserCredential},
    },
    error::Error,
    http::{
        access::admit,
        fallback,
        site::site_of,
        wrong::{self, Wrong},
    },
    store,
};

/// Award, revoke or change a credential
///
/// The credential of this learner and this configuration is brought into the state that is asked
/// for, whether it existed or not; repeating it changes nothing more.
#[utoipa::path(
    post,
    path = "/api/v2/credentials/",
    tag = "v2",
    request_body = Object,
    responses((status = 201, body = CredentialView), (status = "4XX", body = Object))
)]
pub async fn award(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let caller = admit(&app, &request, |user| user.may(Right::Add)).await?;
    let site = site_of(&app, &request).await?;
    let award = match award::read(&body(&request, payload).await?) {
        Ok(award) => award,
        Err(wrong) => return Err(everything_wrong(&app, site.id, wrong).await),
    };
    let done = actions::award_credential(&app, &site, award, actor(&caller)).await?;
    let view = view(&app, &site, done.credential, done.attributes);
    Ok(HttpResponse::Created().json(view))
}

/// Show a credential
#[utoipa::path(
    get,
    path = "/api/v2/credentials/{uuid}/",
    tag = "v2",
    params(("uuid" = String, Path, description = "With or without dashes")),
    responses((status = 200, body = CredentialView), (status = "4XX", body = Object))
)]
pub async fn detail(
    app: Data<App>,
    request: HttpRequest,
    uuid: Path<String>,
) -> Result<HttpResponse, Refusal> {
    admit(&app, &request, |user| user.may(Right::View)).await?;
    let site = site_of(&app, &request).await?;
    let uuid = parse(&uuid)?;
    let site_id = site.id;
    let (credential, attributes) = app
        .db
        .read(move |conn| {
            let found = store::user_credentials::find(conn, uuid)?;
            let credential =
                found.filter(|found| found.site_id == site_id).ok_or(Error::NoSuchCredential)?;
            let attributes = store::user_credentials::attributes(conn, credential.id)?;
            Ok::<_, Error>((credential, attributes))
        })
        .await?;
    Ok(HttpResponse::Ok().json(view(&app, &site, credential, attributes)))
}

/// Change a credential's status
///
/// Every field but `status` is ignored.
#[utoipa::path(
    put,
    path = "/api/v2/credentials/{uuid}/",
    tag = "v2",
    params(("uuid" = String, Path, description = "With or without dashes")),
    request_body = Object,
    responses((status = 200, body = CredentialView), (status = "4XX", body = Object))
)]
pub async fn replace(
    app: Data<App>,
    request: HttpRequest,
    uuid: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    change(app, request, uuid, payload).await
}

/// Change a credential's status
///
/// Every field but `status` is ignored.
#[utoipa::path(
    patch,
    path = "/api/v2/credentials/{uuid}/",
    tag = "v2",
    params(("uuid" = String, Path, description = "With or without dashes")),
    request_body = Object,
    responses((status = 200, body = CredentialView), (status = "4XX", body = Object))
)]
pub async fn change(
    app: Data<App>,
    request: HttpRequest,
    uuid: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let caller = admit(&app, &request, |user| user.may(Right::Change)).await?;
    let site = site_of(&app, &request).await?;
    let uuid = existing(&app, site.id, &uuid).await?;
    let status = award::read_status(&body(&request, payload).await?)?;
    let (credential, attributes) =
        actions::change_status(&app, &site, uuid, status, actor(&caller)).await?;
    Ok(HttpResponse::Ok().json(view(&app, &site, credential, attributes)))
}

/// Revoke a credential
///
/// The credential itself is kept, and answers `revoked`.
#[utoipa::path(
    delete,
    path = "/api/v2/credentials/{uuid}/",
    tag = "v2",
    params(("uuid" = String, Path, description = "With or without dashes")),
    responses((status = 200, body = CredentialView), (status = "4XX", body = Object))
)]
pub async fn delete(
    app: Data<App>,
    request: HttpRequest,
    uuid: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let caller = admit(&app, &request, |user| user.may(Right::Delete)).await?;
    let site = site_of(&app, &request).await?;
    let uuid = parse(&uuid)?;
    let status = Some(Status::Revoked);
    let (credential, attributes) =
        actions::change_status(&app, &site, uuid, status, actor(&caller)).await?;
    Ok(HttpResponse::Ok().json(view(&app, &site, credential, attributes)))
}

/// `OPTIONS`, and 405 for methods that the list does not take.
pub async fn other_methods_of_list(
    app: Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    other_methods(&app, &request, "User Credential List", &[("POST", Right::Add)]).await
}

/// `OPTIONS`, and 405 for methods that a credential does not take.
pub async fn other_methods_of_item(
    app: Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    other_methods(&app, &request, "User Credential Instance", &[("PUT", Right::Change)]).await
}

async fn other_methods(
    app: &App,
    request: &HttpRequest,
    name: &str,
    changing: &[(&str, Right)],
) -> Result<HttpResponse, Refusal> {
    let needed = match *request.method() {
        Method::POST => Some(Right::Add),
        Method::PUT | Method::PATCH => Some(Right::Change),
        Method::DELETE => Some(Right::Delete),
        _ => None,
    };
    let caller = admit(app, request, |user| needed.is_none_or(|right| user.may(right))).await?;
    if request.method() != Method::OPTIONS {
        return Err(fallback::method_not_allowed(app, request));
    }
    let may = changing.iter().filter(|(_, right)| caller.may(*right));
    let actions: serde_json::Map<_, _> = may
        .map(|(method, _)| ((*method).to_owned(), json!({ "status": { "type": "choice" } })))
        .collect();
    let mut body = json!({
        "name": name,
        "description": "User credentials: who was awarded what.",
        "renders": ["application/json"],
        "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
    });
    if !actions.is_empty() {
        body["actions"] = actions.into();
    }
    let allow = (ALLOW, fallback::allowed(app, request));
    Ok(HttpResponse::Ok().insert_header(allow).json(body))
}

/// What is wrong with the fields of an award, and with what it names.
async fn everything_wrong(app: &App, site_id: i64, wrong: Wrong<Awardable>) -> Refusal {
    let Wrong { refusal, what: Some(what) } = wrong else { return *wrong.refusal };
    match app.db.read(move |conn| actions::check_awardable(conn, site_id, &what)).await {
        Ok(()) => *refusal,
        Err(error) => wrong::both(*refusal, error.into()),
    }
}

/// Reads the body only now: a caller without rights learns nothing about what it should hold.
async fn body(request: &HttpRequest, payload: Payload) -> Result<web::Body, Refusal> {
    use actix_web::FromRequest;
    web::Body::from_request(request, &mut payload.into_inner()).await
}

fn actor(caller: &User) -> Actor {
    Actor { name: caller.profile.username.clone(), channel: "api-v2" }
}

fn parse(uuid: &str) -> Result<Id<UserCredential>, Refusal> {
    uuid.parse().map_err(|_| Refusal::not_found())
}

/// The id of a credential of this site: whether it exists is said before what is wrong with a body.
async fn existing(app: &App, site_id: i64, uuid: &str) -> Result<Id<UserCredential>, Refusal> {
    let uuid = parse(uuid)?;
    let found =
        app.db.read(move |conn| Ok::<_, Error>(store::user_credentials::find(conn, uuid)?)).await?;
    match found {
        Some(found) if found.site_id == site_id => Ok(uuid),
        _ => Err(Error::NoSuchCredential.into()),
    }
}
