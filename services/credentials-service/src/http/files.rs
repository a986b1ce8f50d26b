//! Files that pages refer to: styles, and pictures of signatories and organizations.

use ::web::{Refusal, asset, conditional::Tagged};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, HeaderValue},
    web::{self, Data, Path},
};

use super::resource;
use crate::{app::App, domain::media::MEDIA_PATH, pages, store};

/// A picture may be replaced under its name.
const A_WHILE: &str = "public, max-age=300";

/// Mounts both.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            resource(&format!("{}{{name}}", asset::PATH))
                .route(web::get().to(style))
                .route(web::head().to(style)),
        )
        .service(
            resource(&format!("{MEDIA_PATH}{{path:.*}}"))
                .route(web::get().to(media))
                .route(web::head().to(media)),
        );
}

/// Fetch a style or a script of the pages
#[utoipa::path(
    get,
    path = "/static/{name}",
    tag = "pages",
    params(("name" = String, Path)),
    responses((status = 200, description = "The file"), (status = 404))
)]
pub async fn style(request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Refusal> {
    let file = pages::asset(&name).ok_or_else(Refusal::not_found)?;
    Ok(file.respond(&request))
}

/// Fetch a picture
#[utoipa::path(
    get,
    path = "/media/{path}",
    tag = "pages",
    params(("path" = String, Path)),
    responses((status = 200, description = "The picture"), (status = 404))
)]
pub async fn media(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let path = format!("{MEDIA_PATH}{}", path.replace('\0', ""));
    let picture = app
        .db
        .read(move |conn| store::media::find(conn, &path))
        .await
        .map_err(|error: database::Error| Refusal::from(error))?
        .ok_or_else(Refusal::not_found)?;
    let mut answer = Tagged::new(picture.content, picture.content_type).respond(&request, A_WHILE);
    let policy = HeaderValue::from_static(asset::HARMLESS);
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}
