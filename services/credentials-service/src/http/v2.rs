//! The API that the LMS calls, `/api/v2/`.

pub mod award;
pub mod credentials;
pub mod list;
pub mod root;
pub mod view;

use actix_web::web;

/// Mounts `/api/v2/`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource(["/api/v2/", "/api/v2/.json"])
                .route(web::get().to(root::root))
                .route(web::head().to(root::root))
                .default_service(web::to(root::other_methods)),
        )
        .service(
            web::resource(["/api/v2/credentials/", "/api/v2/credentials.json"])
                .route(web::get().to(list::list))
                .route(web::head().to(list::list))
                .route(web::post().to(credentials::award))
                .default_service(web::to(credentials::other_methods_of_list)),
        )
        .service(
            web::resource(["/api/v2/credentials/{uuid}/", "/api/v2/credentials/{uuid}.json"])
                .route(web::get().to(credentials::detail))
                .route(web::head().to(credentials::detail))
                .route(web::put().to(credentials::replace))
                .route(web::patch().to(credentials::change))
                .route(web::delete().to(credentials::delete))
                .default_service(web::to(credentials::other_methods_of_item)),
        );
}
