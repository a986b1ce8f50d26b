//! All routes of the service on one page, and how a request becomes a call.

pub mod access;
pub mod caller;
pub mod fallback;
pub mod negotiation;
pub mod problems;
pub mod query;
pub mod site;
pub mod v2;

use actix_web::{middleware::DefaultHeaders, web};

use crate::app::App;

/// Mounts everything that chassis does not.
pub fn mount(config: &mut web::ServiceConfig, app: &App) {
    let everywhere = DefaultHeaders::new()
        .add(("X-Frame-Options", "DENY"))
        .add(("Vary", "Accept, Accept-Language, Cookie, origin"));
    let all = web::scope("")
        .wrap(everywhere)
        .app_data(web::Data::new(app.clone()))
        .configure(v2::routes)
        .default_service(web::to(fallback::anything_else));
    config.service(all);
}

/// The API's description.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "credentials-service",
        description = "Who has been awarded what: configurations, awards, public certificate pages."
    ),
    paths(
        v2::root::root,
        v2::credentials::list,
        v2::credentials::award,
        v2::credentials::detail,
        v2::credentials::replace,
        v2::credentials::change,
        v2::credentials::delete,
    )
)]
pub struct ApiDocument;
