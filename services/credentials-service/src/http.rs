//! All routes of the service on one page, and how a request becomes a call.

pub mod access;
pub mod attributes;
pub mod caller;
pub mod certificate;
pub mod csrf;
pub mod fallback;
pub mod files;
pub mod health;
pub mod home;
pub mod negotiation;
pub mod problems;
pub mod site;
pub mod v1;
pub mod v2;
pub mod wrong;

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
        // In the order in which they are tried: what is asked for most comes first.
        .configure(certificate::routes)
        .configure(v1::routes)
        .configure(v2::routes)
        .configure(files::routes)
        .configure(plain_routes)
        .default_service(web::to(fallback::anything_else));
    config.service(all);
}

fn plain_routes(config: &mut web::ServiceConfig) {
    config
        .service(resource("/").route(web::get().to(home::home)).route(web::head().to(home::home)))
        .service(
            resource("/health/")
                .route(web::get().to(health::health))
                .route(web::head().to(health::health)),
        )
        .service(
            resource("/csrf/api/v1/token")
                .route(web::get().to(csrf::token))
                .route(web::head().to(csrf::token)),
        );
}

/// A path where methods without a handler answer 405.
fn resource(path: &str) -> actix_web::Resource {
    web::resource(path).default_service(web::to(fallback::other_methods))
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
        v2::list::list,
        v2::credentials::award,
        v2::credentials::detail,
        v2::credentials::replace,
        v2::credentials::change,
        v2::credentials::delete,
        v1::course_certificates::list,
        v1::course_certificates::create,
        v1::course_certificates::replace_by_key,
        v1::course_certificates::detail,
        v1::course_certificates::replace,
        v1::course_certificates::delete,
        v1::program_certificates::list,
        v1::program_certificates::create,
        v1::program_certificates::replace_by_key,
        v1::program_certificates::detail,
        v1::program_certificates::replace,
        v1::program_certificates::delete,
        v1::signatories::list,
        v1::signatories::create,
        v1::signatories::replace_by_id,
        v1::signatories::detail,
        v1::signatories::replace,
        v1::signatories::delete,
        v1::user_credentials::issue,
        v1::public::credential,
        certificate::show,
        certificate::pdf,
        certificate::preview::show,
        files::style,
        files::media,
        health::health,
        csrf::token,
        home::home,
    )
)]
pub struct ApiDocument;
