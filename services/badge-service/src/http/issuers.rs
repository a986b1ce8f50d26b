//! Issuers, as everybody sees them.

use ::web::{Query, Refusal};
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};

use super::{documents, pictures, public};
use crate::{
    app::{
        App,
        documents::{DocumentForm, Key, Subject},
    },
    domain::{
        entity_id::EntityId,
        open_badges::{Expand, Version},
        origin::Kind,
    },
};

/// An issuer
///
/// JSON-LD for programs, a redirect to a page for people, a preview card for the robots of social
/// networks.
#[utoipa::path(get, path = "/public/issuers/{id}", tag = "public",
    params(("id" = String, Path, description = "Entity id"),
        ("v" = Option<String>, Query, description = "`2_0` (default) or `1_1`")),
    responses((status = 200, body = Object, content_type = "application/ld+json"),
        (status = 302, description = "to the page, for browsers"),
        (status = 404, description = "no such issuer")))]
pub(super) async fn any(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    public::answer(&app, &request, Kind::Issuer, &id, false).await
}

/// An issuer, as JSON whoever asks
#[utoipa::path(get, path = "/public/issuers/{id}.json", tag = "public",
    params(("id" = String, Path, description = "Entity id")),
    responses((status = 200, body = Object, content_type = "application/ld+json"),
        (status = 404, description = "no such issuer")))]
pub(super) async fn json(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    public::answer(&app, &request, Kind::Issuer, &id, true).await
}

/// An issuer's badge classes
///
/// A bare array, oldest first.
#[utoipa::path(get, path = "/public/issuers/{id}/badges", tag = "public",
    params(("id" = String, Path, description = "Entity id of the issuer"),
        ("v" = Option<String>, Query, description = "`2_0` (default) or `1_1`")),
    responses((status = 200, body = Vec<Object>, content_type = "application/ld+json"),
        (status = 404, description = "no such issuer")))]
pub(super) async fn badges(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let id: EntityId = id.parse().map_err(|_| Refusal::not_found())?;
    let version = Version::from_query(Query::of(&request).last("v"));
    let form = DocumentForm::Json { version, expand: Expand::default() };
    let found = documents::find(&app, Key { subject: Subject::BadgesOf(id), form }).await?;
    let document = found.ok_or_else(Refusal::not_found)?;
    let content_type = public::json_type(&app, &request);
    Ok(public::varying(public::json(&app, &request, &document, content_type)))
}

/// The same list
#[utoipa::path(get, path = "/public/issuers/{id}/badges.json", tag = "public",
    params(("id" = String, Path, description = "Entity id of the issuer")),
    responses((status = 200, body = Vec<Object>, content_type = "application/ld+json"),
        (status = 404, description = "no such issuer")))]
pub(super) async fn badges_json(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    badges(app, request, id).await
}

/// An issuer's picture
#[utoipa::path(get, path = "/public/issuers/{id}/image", tag = "public",
    params(("id" = String, Path, description = "Entity id"),
        ("type" = Option<String>, Query, description = "`original` (default) or `png`"),
        ("fmt" = Option<String>, Query, description = "`square` (default) or `wide`")),
    responses((status = 302, description = "to the picture"),
        (status = 400, body = Vec<String>, description = "another type or format"),
        (status = 404, description = "no such issuer, or it has no picture")))]
pub(super) async fn image(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let wanted = pictures::wanted(&request)?;
    let id: EntityId = id.parse().map_err(|_| Refusal::not_found())?;
    let issuer = documents::issuer(&app, id).await?;
    let image = issuer.and_then(|issuer| issuer.image).ok_or_else(Refusal::not_found)?;
    pictures::redirect(&app, &image, wanted).await
}
