//! The page at the root.

use ::web::home::{self, HomeLink, HomeView};
use actix_web::HttpResponse;
use chassis::Service;

use crate::CredentialsService;

/// What this service is
#[utoipa::path(
    get,
    path = "/",
    tag = "pages",
    responses((status = 200, description = "The page", content_type = "text/html"))
)]
pub async fn home() -> HttpResponse {
    home::respond(&HomeView {
        name: "Credentials",
        sentence: CredentialsService::PURPOSE,
        links: &[
            HomeLink { label: "Health", url: "/health/", note: "Whether the service can work." },
            home::KEYS,
        ],
    })
}
