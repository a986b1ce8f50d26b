//! The API document and its browser, offline; the published keys; the page at the root.

use actix_web::{HttpRequest, HttpResponse, web};
use auth::JwkSet;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Where the API document is.
pub(crate) const DOCUMENT: &str = "/api-docs/openapi.json";

pub(crate) fn mount(config: &mut web::ServiceConfig, document: OpenApi, keys: JwkSet) {
    let ui =
        SwaggerUi::new("/api-docs/{_:.*}").url(DOCUMENT, document).config(Config::from(DOCUMENT));
    let redirect =
        || async { HttpResponse::Found().insert_header(("Location", "/api-docs/")).finish() };
    config
        .route("/api-docs", web::get().to(redirect))
        .service(
            web::resource("/.well-known/jwks.json")
                .app_data(web::Data::new(keys))
                .route(web::get().to(published_keys)),
        )
        .service(ui);
}

async fn published_keys(_: HttpRequest, keys: web::Data<JwkSet>) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=60")).json(keys)
}
