//! The pages for people, for whom no front end of one's own is configured.

mod views;

use ::web::{Refusal, conditional::Tagged};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType, HeaderValue},
    },
    web::{Data, Path},
};

use super::documents;
use crate::{
    app::{
        App,
        documents::{Document, DocumentForm, Key, Subject},
    },
    domain::{entity_id::EntityId, origin::Kind},
    error::Error,
    pages,
};

const HTML: &str = "text/html; charset=utf-8";

/// A page may be reused for a minute; one that says "revoked" is asked for anew each time.
const LIVE: &str = "public, max-age=60";
const REVOKED: &str = "no-cache";

/// The page of an issuer
#[utoipa::path(get, path = "/badge/issuers/{id}", tag = "pages",
    params(("id" = String, Path, description = "Entity id")),
    responses((status = 200, content_type = "text/html"), (status = 404, content_type = "text/html")))]
pub(super) async fn issuer(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    show(&app, &request, Kind::Issuer, &id).await
}

/// The page of a badge class
#[utoipa::path(get, path = "/badge/badges/{id}", tag = "pages",
    params(("id" = String, Path, description = "Entity id")),
    responses((status = 200, content_type = "text/html"), (status = 404, content_type = "text/html")))]
pub(super) async fn badge_class(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    show(&app, &request, Kind::BadgeClass, &id).await
}

/// The page of a badge that somebody holds
#[utoipa::path(get, path = "/badge/assertions/{id}", tag = "pages",
    params(("id" = String, Path, description = "Entity id")),
    responses((status = 200, content_type = "text/html"), (status = 404, content_type = "text/html"),
        (status = 410, content_type = "text/html", description = "revoked")))]
pub(super) async fn assertion(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    show(&app, &request, Kind::Assertion, &id).await
}

async fn show(
    app: &App,
    request: &HttpRequest,
    kind: Kind,
    id: &str,
) -> Result<HttpResponse, Refusal> {
    let Ok(id) = id.parse::<EntityId>() else { return missing(app) };
    let subject = match kind {
        Kind::Issuer => Subject::Issuer(id),
        Kind::BadgeClass => Subject::BadgeClass(id),
        Kind::Assertion => Subject::Assertion(id),
    };
    let found = documents::find(app, Key { subject, form: DocumentForm::Page }).await?;
    let Some(document) = found else { return missing(app) };
    let cache_control = if document.revoked { REVOKED } else { LIVE };
    let mut response = document.body.respond(request, cache_control);
    if document.revoked && response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::GONE;
    }
    Ok(protected(response))
}

/// The page with this subject; `None` if there is no such object.
pub(super) async fn make(app: &App, subject: Subject) -> Result<Option<Document>, Error> {
    let (rendered, revoked) = match subject {
        Subject::Issuer(id) => match views::issuer(app, id).await? {
            Some(view) => (pages::issuer::render(&view), false),
            None => return Ok(None),
        },
        Subject::BadgeClass(id) => match views::badge_class(app, id).await? {
            Some(view) => (pages::badge_class::render(&view), false),
            None => return Ok(None),
        },
        Subject::Assertion(id) => match views::assertion(app, id).await? {
            Some((view, revoked)) => (pages::assertion::render(&view), revoked),
            None => return Ok(None),
        },
        Subject::BadgesOf(_) => return Ok(None),
    };
    Ok(Some(Document { body: Tagged::new(rendered?, HTML), revoked }))
}

/// 404 for people.
pub(super) fn missing(app: &App) -> Result<HttpResponse, Refusal> {
    let html = pages::missing::render(&views::site(app)).map_err(Error::from)?;
    let response = HttpResponse::NotFound()
        .insert_header(ContentType::html())
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(html);
    Ok(protected(response))
}

fn protected(mut response: HttpResponse) -> HttpResponse {
    let policy = HeaderValue::from_static(pages::CONTENT_SECURITY_POLICY);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}
