//! The page at the root.

use ::web::home::{self, HomeLink, HomeView};
use actix_web::HttpResponse;
use chassis::Service;

use crate::RendererService;

/// What this is
#[utoipa::path(
    get, path = "/", tag = "operation",
    responses((status = 200, description = "A page for people", content_type = "text/html"))
)]
pub async fn page() -> HttpResponse {
    home::respond(&HomeView {
        name: "Renderer",
        sentence: RendererService::PURPOSE,
        links: &[
            HomeLink {
                label: "Ready?",
                url: "/readyz",
                note: "Whether the workers and the store answer.",
            },
            home::KEYS,
        ],
    })
}
