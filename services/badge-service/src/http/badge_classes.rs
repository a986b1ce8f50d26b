//! Badge classes, as everybody sees them.

use ::web::Refusal;
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};

use super::{documents, pictures, public};
use crate::{
    app::App,
    domain::{entity_id::EntityId, origin::Kind},
};

/// A badge class
///
/// JSON-LD for programs, a redirect to a page for people, a preview card for the robots of social
/// networks.
#[utoipa::path(get, path = "/public/badges/{id}", tag = "public",
    params(("id" = String, Path, description = "Entity id"),
        ("v" = Option<String>, Query, description = "`2_0` (default) or `1_1`"),
        ("expand" = Option<String>, Query, description = "`issuer`")),
    responses((status = 200, body = Object, content_type = "application/ld+json"),
        (status = 302, description = "to the page, for browsers"),
        (status = 404, description = "no such badge class")))]
pub(super) async fn any(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    public::answer(&app, &request, Kind::BadgeClass, &id, false).await
}

/// A badge class, as JSON whoever asks
#[utoipa::path(get, path = "/public/badges/{id}.json", tag = "public",
    params(("id" = String, Path, description = "Entity id")),
    responses((status = 200, body = Object, content_type = "application/ld+json"),
        (status = 404, description = "no such badge class")))]
pub(super) async fn json(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    public::answer(&app, &request, Kind::BadgeClass, &id, true).await
}

/// What has to be done for a badge
#[utoipa::path(get, path = "/public/badges/{id}/criteria", tag = "public",
    params(("id" = String, Path, description = "Entity id")),
    responses((status = 302, description = "to the badge class's page"),
        (status = 404, description = "no such badge class")))]
pub(super) async fn criteria(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let id: EntityId = id.parse().map_err(|_| Refusal::not_found())?;
    documents::badge_class(&app, id).await?.ok_or_else(Refusal::not_found)?;
    Ok(public::to_page(&app, &request, Kind::BadgeClass, id))
}

/// A badge class's picture
#[utoipa::path(get, path = "/public/badges/{id}/image", tag = "public",
    params(("id" = String, Path, description = "Entity id"),
        ("type" = Option<String>, Query, description = "`original` (default) or `png`"),
        ("fmt" = Option<String>, Query, description = "`square` (default) or `wide`")),
    responses((status = 302, description = "to the picture"),
        (status = 400, body = Vec<String>, description = "another type or format"),
        (status = 404, description = "no such badge class")))]
pub(super) async fn image(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let wanted = pictures::wanted(&request)?;
    let id: EntityId = id.parse().map_err(|_| Refusal::not_found())?;
    let found = documents::badge_class(&app, id).await?;
    let (class, _) = found.ok_or_else(Refusal::not_found)?;
    pictures::redirect(&app, &class.image, wanted).await
}
