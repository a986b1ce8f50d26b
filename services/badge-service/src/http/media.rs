//! Files: pictures under names that nobody can guess, and what the pages need.

use std::fmt;

use ::web::{
    Refusal,
    asset::{FOR_EVER, HARMLESS},
    conditional::Tagged,
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, HeaderValue},
    web::{Bytes, Data, Path},
};

use crate::{
    actions::bake_picture::{Format, bake_picture},
    app::App,
    domain::{image::BadgeImage, issuer::ImageName, open_badges::Version},
    error::Error,
    pages, store,
};

/// A picture
#[utoipa::path(get, path = "/media/{name}", tag = "public",
    params(("name" = String, Path, description = "As the redirects to pictures name it")),
    responses((status = 200, content_type = "image/png"), (status = 200, content_type = "image/svg+xml"),
        (status = 404, description = "no such picture, or its badge was revoked")))]
pub(super) async fn picture(
    app: Data<App>,
    request: HttpRequest,
    name: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let name = ImageName::try_from(name.into_inner()).map_err(|_| Refusal::not_found())?;
    let body = match BakedName::read(&name) {
        Some(baked) => bake(&app, &baked).await?.as_ref().map(tagged),
        None => app.pictures.find(&name).await?.as_deref().map(tagged),
    };
    let mut response = body.ok_or_else(Refusal::not_found)?.respond(&request, FOR_EVER);
    let policy = HeaderValue::from_static(HARMLESS);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// A file of the pages
#[utoipa::path(get, path = "/static/{name}", tag = "pages",
    params(("name" = String, Path, description = "As the pages name it")),
    responses((status = 200, content_type = "text/css"), (status = 404)))]
pub(super) async fn asset(
    request: HttpRequest,
    name: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let file = pages::asset(&name).ok_or_else(Refusal::not_found)?;
    Ok(file.respond(&request))
}

async fn bake(app: &App, name: &BakedName) -> Result<Option<BadgeImage>, Error> {
    let stem = name.stem.clone();
    let kept = app.db.read(move |conn| store::assertions::find_by_baked(conn, &stem)).await?;
    match kept {
        Some(kept) => bake_picture(app, kept, name.version, name.format).await,
        None => Ok(None),
    }
}

fn tagged(image: &BadgeImage) -> Tagged {
    Tagged::new(Bytes::copy_from_slice(image.bytes()), image.content_type())
}

/// The name of a baked picture: 32 hexadecimal digits, the version unless it is the usual one,
/// the ending of its format. Stored pictures have longer names.
pub(super) struct BakedName {
    stem: String,
    version: Version,
    format: Format,
}

/// Comes before the ending of pictures with Open Badges 1.1 in them.
const OLD: &str = "-v1_1";

impl BakedName {
    /// The name for an assertion whose own picture is `image`; `None` if it has no such format.
    pub(super) fn of(image: &ImageName, version: Version, format: Option<Format>) -> Option<Self> {
        let own = if image.is_svg() { Format::Svg } else { Format::Png };
        let format = format.unwrap_or(own);
        if format == Format::Svg && own == Format::Png {
            return None;
        }
        let (stem, _) = image.as_str().rsplit_once('.')?;
        Some(Self { stem: stem.to_owned(), version, format })
    }

    fn read(name: &ImageName) -> Option<Self> {
        let (stem, _) = name.as_str().rsplit_once('.')?;
        let (stem, version) = match stem.strip_suffix(OLD) {
            Some(stem) => (stem, Version::V1_1),
            None => (stem, Version::V2_0),
        };
        let format = if name.is_svg() { Format::Svg } else { Format::Png };
        let is_baked = stem.len() == 32 && stem.bytes().all(|b| b.is_ascii_hexdigit());
        is_baked.then(|| Self { stem: stem.to_owned(), version, format })
    }
}

impl fmt::Display for BakedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = if self.version == Version::V1_1 { OLD } else { "" };
        let ending = if self.format == Format::Svg { "svg" } else { "png" };
        write!(f, "{}{version}.{ending}", self.stem)
    }
}
