//! The routes on one page. Handlers take apart, call one action, put together.

mod bulk;
mod caller;
mod completions;
mod course_enrollments;
mod enrollments;
mod files;
mod format;
mod jobs;
mod methods;
mod open;
mod problems;
mod programs;
mod tokens;

use actix_web::{
    Resource,
    web::{self, ServiceConfig},
};

use crate::{app::App, domain::permission::Permission, http::methods::Rule};

/// Mounts every route, each with and without a slash at its end.
pub fn routes(config: &mut ServiceConfig, app: &App) {
    config.app_data(web::Data::new(app.clone()));

    config.service(
        resource("/api/{version:v[12]}/programs")
            .route(web::get().to(programs::list))
            .route(web::head().to(programs::list))
            .default_service(methods::others(Rule::SignedIn, "GET, HEAD, OPTIONS")),
    );
    config.service(
        resource("/api/v3/programs")
            .route(web::get().to(programs::list_pages))
            .route(web::head().to(programs::list_pages))
            .default_service(methods::others(Rule::SignedIn, "GET, HEAD, OPTIONS")),
    );
    let reads_metadata = Rule::Permitted(Permission::ReadMetadata);
    config.service(
        resource("/api/{version:v[12]}/programs/{program_key:[A-Za-z0-9_-]+}")
            .route(web::get().to(programs::detail))
            .route(web::head().to(programs::detail))
            .default_service(methods::others(reads_metadata, "GET, HEAD, OPTIONS")),
    );
    config.service(
        resource("/api/{version:v[12]}/programs/{program_key:[A-Za-z0-9_-]+}/courses")
            .route(web::get().to(programs::courses))
            .route(web::head().to(programs::courses))
            .default_service(methods::others(reads_metadata, "GET, HEAD, OPTIONS")),
    );
    config.service(
        resource("/api/{version:v[12]}/programs/{program_key:[A-Za-z0-9_-]+}/enrollments")
            .route(web::get().to(enrollments::export))
            .route(web::head().to(enrollments::head))
            .route(web::post().to(enrollments::create))
            .route(web::patch().to(enrollments::modify))
            .default_service(methods::others(Rule::Program, enrollments::ALLOW)),
    );
    config.service(
        resource(
            "/api/{version:v[12]}/programs/{program_key:[A-Za-z0-9_-]+}/courses/{course_id:.+}\
             /enrollments",
        )
        .route(web::get().to(course_enrollments::export))
        .route(web::head().to(course_enrollments::head))
        .route(web::post().to(course_enrollments::create))
        .route(web::patch().to(course_enrollments::modify))
        .default_service(methods::others(Rule::Program, enrollments::ALLOW)),
    );
    config.service(
        resource("/api/v3/programs/{program_key:[A-Za-z0-9_-]+}/enrollments")
            .route(web::post().to(bulk::create))
            .route(web::put().to(bulk::put))
            .route(web::patch().to(bulk::modify))
            .default_service(methods::others(Rule::Program, bulk::ALLOW)),
    );
    config.service(
        resource(
            "/api/v3/programs/{program_key:[A-Za-z0-9_-]+}/courses/{course_id:.+}/enrollments",
        )
        .route(web::post().to(bulk::course_runs::create))
        .route(web::put().to(bulk::course_runs::put))
        .route(web::patch().to(bulk::course_runs::modify))
        .default_service(methods::others(Rule::Program, bulk::ALLOW)),
    );
    config.service(
        resource("/api/v3/programs/{program_key:[A-Za-z0-9_-]+}/completions")
            .route(web::get().to(completions::export))
            .default_service(methods::others(
                Rule::Permitted(Permission::ReadEnrollments),
                "GET, OPTIONS",
            )),
    );
    config.service(
        resource("/api/{version:v[12]}/jobs")
            .route(web::get().to(jobs::list))
            .route(web::head().to(jobs::list))
            .default_service(methods::others(Rule::SignedIn, "GET, HEAD, OPTIONS")),
    );
    config.service(
        resource("/api/{version:v[12]}/jobs/{job_id:[0-9a-f-]+}")
            .route(web::get().to(jobs::status))
            .route(web::head().to(jobs::status))
            .default_service(methods::others(Rule::SignedIn, "GET, HEAD, OPTIONS")),
    );
    config.service(
        resource("/api/v3/jobs/{job_id:[0-9a-f-]+}")
            .route(web::get().to(jobs::status_with_error))
            .route(web::head().to(jobs::status_with_error))
            .default_service(methods::others(Rule::SignedIn, "GET, HEAD, OPTIONS")),
    );
    config.service(
        web::resource("/api/media/job-results/{file}")
            .route(web::get().to(files::download))
            .route(web::head().to(files::download))
            .default_service(methods::others(Rule::Open, "GET, HEAD, OPTIONS")),
    );
    config.service(
        resource("/oauth2/access_token")
            .route(web::post().to(tokens::issue))
            .default_service(methods::others(Rule::Open, "POST, OPTIONS")),
    );
    config.service(
        resource("/csrf/api/v1/token")
            .route(web::get().to(open::csrf_token))
            .route(web::head().to(open::csrf_token))
            .default_service(methods::others(Rule::Open, "GET, HEAD, OPTIONS")),
    );
    config.service(
        resource("/health")
            .route(web::get().to(open::health))
            .route(web::head().to(open::health))
            .default_service(methods::others(Rule::Open, "GET, HEAD, OPTIONS")),
    );
    config.service(
        web::resource("/")
            .route(web::get().to(open::home))
            .route(web::head().to(open::home))
            .default_service(methods::others(Rule::Open, "GET, HEAD, OPTIONS")),
    );
    config.default_service(web::to(open::no_such_path));
}

fn resource(path: &str) -> Resource {
    web::resource([path.to_owned(), format!("{path}/")])
}

/// Describes every route.
pub fn openapi() -> utoipa::openapi::OpenApi {
    <Document as utoipa::OpenApi>::openapi()
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "registrar-service",
        description = "Programs, enrollments, jobs and completions of schools. Every path also \
            answers with a slash at its end. Tokens come in `Authorization: JWT <token>` or \
            `Bearer <token>`."
    ),
    modifiers(&Tokens),
    security(("token" = [])),
    paths(
        programs::list,
        programs::list_pages,
        programs::detail,
        programs::courses,
        enrollments::export,
        enrollments::create,
        enrollments::modify,
        course_enrollments::export,
        course_enrollments::create,
        course_enrollments::modify,
        bulk::create,
        bulk::put,
        bulk::modify,
        bulk::course_runs::create,
        bulk::course_runs::put,
        bulk::course_runs::modify,
        completions::export,
        jobs::list,
        jobs::status,
        jobs::status_with_error,
        files::download,
        tokens::issue,
        open::csrf_token,
        open::health,
    )
)]
struct Document;

/// Describes how a caller shows who it is.
struct Tokens;

impl utoipa::Modify for Tokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}
