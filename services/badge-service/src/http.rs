//! The routes, and what describes them.

mod assertions;
mod badge_classes;
mod caller;
mod documents;
mod fallback;
mod home;
mod issuers;
mod media;
mod oembed;
mod pages;
mod pictures;
mod previews;
mod problems;
mod public;
mod v2;

use ::web::Refusal;
use actix_web::{HttpRequest, web};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::app::App;

/// A resource that is only read: GET and HEAD. Other methods are refused in its family's shape.
macro_rules! read {
    ($path:literal, $handler:path) => {
        web::resource($path)
            .route(web::get().to($handler))
            .route(web::head().to($handler))
            .default_service(web::route().to(fallback::fallback))
    };
}

/// Mounts all that the service answers.
pub fn mount(config: &mut web::ServiceConfig, app: &App) {
    let unreadable = |_, _: &HttpRequest| Refusal::not_found().into();
    config
        .app_data(web::Data::new(app.clone()))
        .app_data(web::PathConfig::default().error_handler(unreadable))
        // In the order in which they are tried: what is asked for most comes first.
        .service(read!("/public/assertions/{id}.json", assertions::json))
        .service(read!("/public/assertions/{id}", assertions::any))
        .service(read!("/public/assertions/{id}/image", assertions::image))
        .service(read!("/public/assertions/{id}/baked", assertions::baked))
        .service(read!("/", home::home))
        .service(read!("/health", home::health))
        .service(read!("/robots.txt", home::robots))
        .service(read!("/public/issuers/{id}.json", issuers::json))
        .service(read!("/public/issuers/{id}", issuers::any))
        .service(read!("/public/issuers/{id}/badges.json", issuers::badges_json))
        .service(read!("/public/issuers/{id}/badges", issuers::badges))
        .service(read!("/public/issuers/{id}/image", issuers::image))
        .service(read!("/public/badges/{id}.json", badge_classes::json))
        .service(read!("/public/badges/{id}", badge_classes::any))
        .service(read!("/public/badges/{id}/criteria", badge_classes::criteria))
        .service(read!("/public/badges/{id}/image", badge_classes::image))
        .service(read!("/public/oembed", oembed::oembed))
        .service(read!("/badge/issuers/{id}", pages::issuer))
        .service(read!("/badge/badges/{id}", pages::badge_class))
        .service(read!("/badge/assertions/{id}", pages::assertion))
        .service(read!("/media/{name}", media::picture))
        .service(read!("/static/{name}", media::asset))
        .service(read!("/v2/badgeclasses/{id}/assertions", v2::assertions::list))
        .default_service(web::route().to(fallback::fallback));
}

/// Describes it.
pub fn document() -> utoipa::openapi::OpenApi {
    ApiDocument::openapi()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "badge-service",
        description = "Issuers, badge classes and assertions, as Open Badges 2.0. What is public \
            needs no token and may be read by browsers of any site.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        home::home,
        home::health,
        home::robots,
        issuers::any,
        issuers::json,
        issuers::badges,
        issuers::badges_json,
        issuers::image,
        badge_classes::any,
        badge_classes::json,
        badge_classes::criteria,
        badge_classes::image,
        assertions::any,
        assertions::json,
        assertions::image,
        assertions::baked,
        oembed::oembed,
        pages::issuer,
        pages::badge_class,
        pages::assertion,
        media::picture,
        media::asset,
        v2::assertions::list,
    ),
    modifiers(&Tokens)
)]
struct ApiDocument;

/// Describes how callers of the API show who they are.
struct Tokens;

impl Modify for Tokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}
