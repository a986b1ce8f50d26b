//! The API document and its browser, offline; the published keys; the page at the root.

use actix_web::{
    HttpRequest, HttpResponse,
    guard::GuardContext,
    web::{self, Bytes},
};
use auth::{JwkSet, KeyRing};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Where the API document is.
pub(crate) const DOCUMENT: &str = "/api-docs/openapi.json";

pub(crate) fn mount(config: &mut web::ServiceConfig, document: OpenApi, keys: Vec<KeyRing>) {
    let text = Bytes::from(document.to_json().unwrap_or_default());
    let as_json = move || {
        let text = text.clone();
        async move { HttpResponse::Ok().content_type("application/json").body(text) }
    };
    let ui =
        SwaggerUi::new("/api-docs/{_:.*}").url(DOCUMENT, document).config(Config::from(DOCUMENT));
    let redirect =
        || async { HttpResponse::Found().insert_header(("Location", "/api-docs/")).finish() };
    config
        .service(
            web::resource(["/api-docs", "/api-docs/"])
                .guard(actix_web::guard::fn_guard(wants_document))
                .route(web::get().to(as_json)),
        )
        .route("/api-docs", web::get().to(redirect))
        .service(
            web::resource("/.well-known/jwks.json")
                .app_data(web::Data::new(keys))
                .route(web::get().to(published_keys)),
        )
        .service(ui);
}

/// `?format=openapi` is how clients of the predecessors ask for the document itself.
fn wants_document(context: &GuardContext<'_>) -> bool {
    let query = context.head().uri.query().unwrap_or_default();
    query.split('&').any(|pair| pair == "format=openapi")
}

/// The next keys, the current and the previous ones, as they are at this moment.
async fn published_keys(_: HttpRequest, rings: web::Data<Vec<KeyRing>>) -> HttpResponse {
    let keys = JwkSet { keys: rings.iter().flat_map(|ring| ring.public().keys).collect() };
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=60")).json(keys)
}
