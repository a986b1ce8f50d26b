//! Pictures that requests may name.

use ::web::{asset::HARMLESS, conditional};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, LOCATION,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Scope, require};
use super::problems::Refused;
use super::reading;
use crate::actions;
use crate::app::App;
use crate::error::Error;

/// A stored picture.
#[derive(Serialize, ToSchema)]
pub struct AssetView {
    /// `sha256-<hex>`; requests name it `asset:sha256-<hex>`.
    asset: String,
    bytes: i64,
    media_type: String,
}

/// Store a picture
///
/// PNG, JPEG or SVG, at most 2 MiB and 25 megapixels.
#[utoipa::path(
    post, path = "/v1/assets", tag = "assets", security(("token" = ["renderer.render"])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = AssetView, description = "It is new"),
        (status = 200, body = AssetView, description = "It was known"),
        (status = "4XX", body = super::web_problem::Problem, content_type = "application/problem+json"),
    )
)]
pub async fn create(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Refused> {
    require(&app, &request, Scope::Render).await?;
    let bytes = reading::bytes(&request, payload).await?;
    let (asset, is_new) = actions::store_asset(&app, bytes).await?;
    let name = format!("sha256-{}", asset.sha256);
    let mut response = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    let view = AssetView { asset: name.clone(), bytes: asset.bytes, media_type: asset.media_type };
    Ok(response.insert_header((LOCATION, format!("/v1/assets/{name}"))).json(view))
}

/// Fetch a picture
#[utoipa::path(
    get, path = "/v1/assets/{asset}", tag = "assets", security(("token" = ["renderer.read"])),
    params(("asset" = String, Path, description = "`sha256-<hex>`")),
    responses(
        (status = 200, description = "The picture", content_type = "application/octet-stream"),
        (status = "4XX", body = super::web_problem::Problem, content_type = "application/problem+json"),
    )
)]
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    asset: web::Path<String>,
) -> Result<HttpResponse, Refused> {
    require(&app, &request, Scope::Read).await?;
    let sha256 = asset.strip_prefix("sha256-").filter(|hash| is_sha256(hash));
    let sha256 = sha256.ok_or(Error::NoSuch("asset"))?;
    let found = actions::asset_bytes(&app, sha256).await?;
    let (kept, bytes) = found.ok_or(Error::NoSuch("asset"))?;
    if conditional::has(&request, &asset) {
        return Ok(HttpResponse::NotModified()
            .insert_header((ETAG, format!("\"{asset}\"")))
            .finish());
    }
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, format!("\"{asset}\"")))
        .insert_header((CACHE_CONTROL, "private, max-age=31536000, immutable"))
        .insert_header((CONTENT_TYPE, kept.media_type))
        .insert_header((CONTENT_SECURITY_POLICY, HARMLESS))
        .body(bytes))
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
