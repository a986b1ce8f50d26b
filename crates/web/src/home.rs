//! The page at the root of a service: what this is, and where to go.

use std::sync::LazyLock;

use actix_web::{
    HttpResponse, ResponseError,
    http::header::{CONTENT_SECURITY_POLICY, ContentType},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use minijinja::{Environment, Error, context, value::Serde};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{Refusal, html};

const PAGE: &str = include_str!("home.html");

static TEMPLATES: LazyLock<Environment<'static>> =
    LazyLock::new(|| html::templates(&[("home.html", PAGE)]));

/// The `Content-Security-Policy` of the page: its one style, known by its hash, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(style()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
});

/// What the home page of one service says.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct HomeView {
    /// The service's name for people: `Credentials`.
    pub name: &'static str,
    /// One sentence: what the service does.
    pub sentence: &'static str,
    /// Pages worth opening, the most useful first.
    pub links: &'static [HomeLink],
}

/// One line of the list.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct HomeLink {
    pub label: &'static str,
    pub url: &'static str,
    /// What is found there.
    pub note: &'static str,
}

/// What every service publishes to verify its tokens with.
pub const KEYS: HomeLink = HomeLink {
    label: "Keys",
    url: "/.well-known/jwks.json",
    note: "With which this service signs.",
};

/// Answers with the page.
pub fn respond(view: &HomeView) -> HttpResponse {
    match page(view) {
        Ok(html) => HttpResponse::Ok()
            .content_type(ContentType::html())
            .insert_header((CONTENT_SECURITY_POLICY, POLICY.as_str()))
            .body(html),
        Err(error) => Refusal::internal(&error).error_response(),
    }
}

/// The page as HTML.
fn page(view: &HomeView) -> Result<String, Error> {
    let version = env!("CARGO_PKG_VERSION");
    TEMPLATES.get_template("home.html")?.render(context!(version, ..Serde(*view)))
}

/// The text between the style's tags, byte for byte as the browser hashes it.
fn style() -> &'static str {
    let inside = PAGE.split_once("<style>").map_or("", |(_, rest)| rest);
    inside.split_once("</style>").map_or("", |(style, _)| style)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: HomeView = HomeView {
        name: "Credentials",
        sentence: "Records & shows awards.",
        links: &[HomeLink { label: "<script>", url: "/a?b=1&c=\"2\"", note: "" }],
    };

    #[test]
    fn the_page_says_what_the_service_is_and_escapes_it() {
        let html = page(&VIEW).unwrap();
        assert!(html.contains("<h1>Credentials</h1>"));
        assert!(html.contains("Records &amp; shows awards."));
        assert!(html.contains("href=\"/api-docs/\"") && html.contains(env!("CARGO_PKG_VERSION")));
        assert!(html.contains("href=\"/a?b=1&amp;c=&quot;2&quot;\">&lt;script&gt;</a>"));
        assert!(!html.contains("{{") && !html.contains("<script"));
    }

    #[test]
    fn the_policy_allows_the_one_style_and_nothing_else() {
        assert!(page(&VIEW).unwrap().contains(&format!("<style>{}</style>", style())));
        assert!(style().contains("body"));
        assert!(!POLICY.contains("unsafe"));
        assert!(POLICY.contains("style-src 'sha256-"));
    }
}
