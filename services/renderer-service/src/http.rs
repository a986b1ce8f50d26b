//! The routes on one page.

mod artifacts;
mod assets;
mod caller;
mod home;
mod operation;
mod problems;
mod ranges;
mod reading;
mod renders;
mod templates;
mod verifications;
mod views;

use actix_web::{HttpRequest, Resource, web};
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use crate::app::App;
use problems::Refused;

/// Mounts every route.
pub fn mount(config: &mut web::ServiceConfig, app: &App) {
    config
        .app_data(web::Data::new(app.clone()))
        .service(at("/").get(home::page))
        .service(at("/healthz").get(operation::healthz))
        .service(at("/readyz").get(operation::readyz))
        .service(at("/openapi.json").get(operation::openapi))
        .service(at("/v1/renders").post(renders::create))
        .service(at("/v1/renders/{render_id}").get(renders::show).delete(renders::delete))
        .service(at("/v1/renders/{render_id}/artifacts/{filename}").get(artifacts::fetch))
        .service(at("/v1/assets").post(assets::create))
        .service(at("/v1/assets/{asset}").get(assets::show))
        .service(at("/v1/templates").get(templates::list))
        .service(at("/v1/templates/{id}").get(templates::show))
        .service(at("/verify/{verify_id}").get(verifications::show))
        .service(at("/static/{name}").get(verifications::asset))
        .default_service(web::to(refuse));
}

/// What the routes are.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "renderer-service",
        description = "Makes certificates as PDF documents and pictures."
    ),
    paths(
        home::page,
        operation::healthz,
        operation::readyz,
        operation::openapi,
        renders::create,
        renders::show,
        renders::delete,
        artifacts::fetch,
        assets::create,
        assets::show,
        templates::list,
        templates::show,
        verifications::show,
        verifications::asset,
    ),
    components(schemas(web_problem::Problem))
)]
struct Document;

use ::web as web_problem;

/// The API document.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", bearer);
    document
}

/// 405 for a known path, 404 for any other.
async fn refuse(app: web::Data<App>, request: HttpRequest) -> Refused {
    let methods = app.routes.methods_of(request.path());
    let allow: Vec<_> = methods.into_iter().filter(|method| *method != "OPTIONS").collect();
    if allow.is_empty() { Refused::not_found() } else { Refused::method(&allow.join(", ")) }
}

/// A path whose other methods are refused in this service's own words.
fn at(path: &str) -> Path {
    Path(web::resource(path).default_service(web::to(refuse)))
}

struct Path(Resource);

impl Path {
    /// HEAD goes wherever GET does.
    fn get<F, Args>(self, handler: F) -> Self
    where
        F: actix_web::Handler<Args> + Copy,
        Args: actix_web::FromRequest + 'static,
        F::Output: actix_web::Responder + 'static,
    {
        Self(self.0.route(web::get().to(handler)).route(web::head().to(handler)))
    }

    fn post<F, Args>(self, handler: F) -> Self
    where
        F: actix_web::Handler<Args>,
        Args: actix_web::FromRequest + 'static,
        F::Output: actix_web::Responder + 'static,
    {
        Self(self.0.route(web::post().to(handler)))
    }

    fn delete<F, Args>(self, handler: F) -> Self
    where
        F: actix_web::Handler<Args>,
        Args: actix_web::FromRequest + 'static,
        F::Output: actix_web::Responder + 'static,
    {
        Self(self.0.route(web::delete().to(handler)))
    }
}

impl actix_web::dev::HttpServiceFactory for Path {
    fn register(self, config: &mut actix_web::dev::AppService) {
        self.0.register(config);
    }
}
