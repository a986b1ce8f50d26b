//! The pages for people, for whom no front end of one's own is configured.

mod views;

use ::web::{Refusal, conditional::Tagged};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType, HeaderValue, REFERRER_POLICY,
        },
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
    Ok(protected(match document.basis.revoked {
        true => document.body.whole(StatusCode::GONE, REVOKED),
        false => document.body.respond(request, LIVE),
    }))
}

/// The page with this subject; `None` if there is no such object.
pub(super) async fn make(app: &App, subject: Subject) -> Result<Option<Document>, Error> {
    let rendered = match subject {
        Subject::Issuer(id) => {
            views::issuer(app, id).await?.map(|(view, basis)| (pages::issuer::render(&view), basis))
        }
        Subject::BadgeClass(id) => views::badge_class(app, id)
            .await?
            .map(|(view, basis)| (pages::badge_class::render(&view), basis)),
        Subject::Assertion(id) => views::assertion(app, id)
            .await?
            .map(|(view, basis)| (pages::assertion::render(&view), basis)),
        Subject::BadgesOf(_) => None,
    };
    let Some((html, basis)) = rendered else { return Ok(None) };
    Ok(Some(Document { body: Tagged::new(html?, HTML), basis }))
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
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    // An address may carry a learner's: `identity__email`.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
