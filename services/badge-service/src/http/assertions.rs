//! Assertions, as everybody sees them.

use ::web::{Query, Refusal};
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};

use super::{documents, media::BakedName, pictures, public};
use crate::{
    app::App,
    domain::{entity_id::EntityId, open_badges::Version, origin::Kind, picture::Wanted},
};

/// An assertion
///
/// JSON-LD for programs, a redirect to a page for people, a preview card for the robots of social
/// networks. Of a revoked one only a stub is left.
#[utoipa::path(get, path = "/public/assertions/{id}", tag = "public",
    params(("id" = String, Path, description = "Entity id"),
        ("v" = Option<String>, Query, description = "`2_0` (default) or `1_1`"),
        ("expand" = Option<Vec<String>>, Query, description = "`badge`, `badge.issuer`")),
    responses((status = 200, body = Object, content_type = "application/ld+json"),
        (status = 302, description = "to the page, for browsers"),
        (status = 404, description = "no such assertion"),
        (status = 410, body = Object, content_type = "application/ld+json",
            description = "revoked: who asks learns that, and the reason")))]
pub(super) async fn any(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    public::answer(&app, &request, Kind::Assertion, &id, false).await
}

/// An assertion, as JSON whoever asks
#[utoipa::path(get, path = "/public/assertions/{id}.json", tag = "public",
    params(("id" = String, Path, description = "Entity id")),
    responses((status = 200, body = Object, content_type = "application/ld+json"),
        (status = 404, description = "no such assertion"),
        (status = 410, body = Object, content_type = "application/ld+json")))]
pub(super) async fn json(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    public::answer(&app, &request, Kind::Assertion, &id, true).await
}

/// An assertion's picture
///
/// The original has the assertion baked into it; conversions are plain pictures.
#[utoipa::path(get, path = "/public/assertions/{id}/image", tag = "public",
    params(("id" = String, Path, description = "Entity id"),
        ("type" = Option<String>, Query, description = "`original` (default) or `png`"),
        ("fmt" = Option<String>, Query, description = "`square` (default) or `wide`")),
    responses((status = 302, description = "to the picture"),
        (status = 400, body = Vec<String>, description = "another type or format"),
        (status = 404, description = "no such assertion, or it was revoked")))]
pub(super) async fn image(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let wanted = pictures::wanted(&request)?;
    let id: EntityId = id.parse().map_err(|_| Refusal::not_found())?;
    let whole = documents::assertion(&app, id).await?.ok_or_else(Refusal::not_found)?;
    let baked = whole.kept.assertion.image().ok_or_else(Refusal::not_found)?;
    match wanted {
        Wanted::Original => Ok(pictures::to_media(&app, baked.as_str())),
        Wanted::Png(_) => pictures::redirect(&app, &whole.kept.picture, wanted).await,
    }
}

/// An assertion's picture with the assertion baked into it
#[utoipa::path(get, path = "/public/assertions/{id}/baked", tag = "public",
    params(("id" = String, Path, description = "Entity id"),
        ("v" = Option<String>, Query, description = "`2_0` (default) or `1_1`"),
        ("type" = Option<String>, Query,
            description = "`original` (default), `png`, or `svg` where the original is one")),
    responses((status = 302, description = "to the picture"),
        (status = 400, body = Vec<String>, description = "another version or type"),
        (status = 404, description = "no such assertion or format, or it was revoked")))]
pub(super) async fn baked(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let query = Query::of(&request);
    let version = Version::to_bake(query.last("v"))
        .ok_or_else(|| pictures::bad_request("Invalid OpenBadges version"))?;
    let format = pictures::format(query.last("type"))?;
    let id: EntityId = id.parse().map_err(|_| Refusal::not_found())?;
    let whole = documents::assertion(&app, id).await?.ok_or_else(Refusal::not_found)?;
    let image = whole.kept.assertion.image().ok_or_else(Refusal::not_found)?;
    let name = BakedName::of(image, version, format).ok_or_else(Refusal::not_found)?;
    Ok(pictures::to_media(&app, &name.to_string()))
}
