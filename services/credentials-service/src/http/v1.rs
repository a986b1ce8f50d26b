//! The API for people who design certificates, `/api/v1/`. Both slash forms are served.

pub mod access;
pub mod configurations;
pub mod course_certificates;
pub mod listing;
pub mod program_certificates;
pub mod public;
pub mod reading;
pub mod signatories;
pub mod user_credentials;
pub mod view;

use actix_web::web;

/// Mounts `/api/v1/`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource(["/api/v1/course-certificates", "/api/v1/course-certificates/"])
                .route(web::get().to(course_certificates::list))
                .route(web::head().to(course_certificates::list))
                .route(web::post().to(course_certificates::create))
                .route(web::put().to(course_certificates::replace_by_key))
                .default_service(web::to(access::other_methods)),
        )
        .service(
            web::resource([
                "/api/v1/course-certificates/{id}",
                "/api/v1/course-certificates/{id}/",
            ])
            .route(web::get().to(course_certificates::detail))
            .route(web::head().to(course_certificates::detail))
            .route(web::put().to(course_certificates::replace))
            .route(web::delete().to(course_certificates::delete))
            .default_service(web::to(access::other_methods)),
        )
        .service(
            web::resource(["/api/v1/program-certificates", "/api/v1/program-certificates/"])
                .route(web::get().to(program_certificates::list))
                .route(web::head().to(program_certificates::list))
                .route(web::post().to(program_certificates::create))
                .route(web::put().to(program_certificates::replace_by_key))
                .default_service(web::to(access::other_methods)),
        )
        .service(
            web::resource([
                "/api/v1/program-certificates/{id}",
                "/api/v1/program-certificates/{id}/",
            ])
            .route(web::get().to(program_certificates::detail))
            .route(web::head().to(program_certificates::detail))
            .route(web::put().to(program_certificates::replace))
            .route(web::delete().to(program_certificates::delete))
            .default_service(web::to(access::other_methods)),
        )
        .service(
            web::resource(["/api/v1/signatories", "/api/v1/signatories/"])
                .route(web::get().to(signatories::list))
                .route(web::head().to(signatories::list))
                .route(web::post().to(signatories::create))
                .route(web::put().to(signatories::replace_by_id))
                .default_service(web::to(access::other_methods)),
        )
        .service(
            web::resource(["/api/v1/signatories/{id}", "/api/v1/signatories/{id}/"])
                .route(web::get().to(signatories::detail))
                .route(web::head().to(signatories::detail))
                .route(web::put().to(signatories::replace))
                .route(web::delete().to(signatories::delete))
                .default_service(web::to(access::other_methods)),
        )
        .service(
            web::resource(["/api/v1/user-credentials", "/api/v1/user-credentials/"])
                .route(web::post().to(user_credentials::issue))
                .default_service(web::to(user_credentials::other_methods)),
        )
        .service(
            web::resource(["/api/v1/credentials/{uuid}", "/api/v1/credentials/{uuid}/"])
                .route(web::get().to(public::credential))
                .route(web::head().to(public::credential))
                .default_service(web::to(super::fallback::other_methods)),
        );
}
