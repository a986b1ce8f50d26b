//! Where the pictures of public objects are: redirects to stored or baked files.

use ::web::{Query, Refusal};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use serde_json::json;
use tracing::warn;

use super::public;
use crate::{
    actions::bake_picture::Format,
    app::App,
    domain::{issuer::ImageName, picture::Wanted},
};

/// The form of a picture that the query asks for.
pub(super) fn wanted(request: &HttpRequest) -> Result<Wanted, Refusal> {
    let query = Query::of(request);
    Wanted::from_query(query.last("type"), query.last("fmt"))
        .map_err(|error| bad_request(&error.to_string()))
}

/// The file format of a baked picture; `None` is that of the original.
pub(super) fn format(kind: Option<&str>) -> Result<Option<Format>, Refusal> {
    match kind.map(str::to_ascii_lowercase).as_deref() {
        None | Some("original") => Ok(None),
        Some("png") => Ok(Some(Format::Png)),
        Some("svg") => Ok(Some(Format::Svg)),
        Some(_) => Err(bad_request("invalid image type or format")),
    }
}

/// 400 as a list of one text.
pub(super) fn bad_request(text: &str) -> Refusal {
    Refusal::Custom(StatusCode::BAD_REQUEST, json!([text]))
}

/// To the stored picture in the form that is wanted; to the original if it cannot be converted.
pub(super) async fn redirect(
    app: &App,
    image: &ImageName,
    wanted: Wanted,
) -> Result<HttpResponse, Refusal> {
    let Wanted::Png(frame) = wanted else { return Ok(to_media(app, image.as_str())) };
    let converted = app.pictures.converted(image, frame).await.unwrap_or_else(|error| {
        warn!(%error, "the picture {} was not converted", image.as_str());
        image.clone()
    });
    Ok(to_media(app, converted.as_str()))
}

/// To the file of this name.
pub(super) fn to_media(app: &App, name: &str) -> HttpResponse {
    public::redirect(&media_url(app, name), public::REDIRECT)
}

/// The address of the file of this name.
pub(super) fn media_url(app: &App, name: &str) -> String {
    format!("{}/media/{name}", app.origin.as_str())
}
