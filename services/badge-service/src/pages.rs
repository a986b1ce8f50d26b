//! The pages on which people look at a badge, a badge class or an issuer.
//!
//! Pure code. A handler fills a view and its `render` makes HTML of it; [`asset`] gives the files
//! that the HTML refers to. Machines get the same objects as JSON, elsewhere.

pub mod assertion;
pub mod badge_class;
pub mod issuer;
pub mod missing;

mod assets;
mod markdown;
mod text;

use std::sync::LazyLock;

use ::web::html::templates;
use minijinja::Environment;
use serde::Serialize;

pub use self::assets::asset;

/// The `Content-Security-Policy` of every page here.
///
/// Imported badges bring pictures from their old homes; everything else comes from this service,
/// and there is no script at all. Public badge pages may be framed by other sites.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; \
     img-src 'self' https: http: data:; base-uri 'none'; form-action 'none'";

/// The service as people see it in header and title.
#[derive(Clone, Debug, Default)]
pub struct Site {
    pub name: String,
    /// Where the name leads.
    pub home_url: Option<String>,
}

/// The issuer as a link on the pages of its badges.
#[derive(Clone, Debug, Serialize)]
pub struct IssuerLink {
    pub name: String,
    /// The issuer's page here.
    pub page_url: String,
}

/// Where an object is found.
#[derive(Clone, Debug, Serialize)]
pub struct Address {
    /// The absolute address of its page.
    pub page_url: String,
    /// Its id, which leads people to the page and programs to the document.
    pub public_url: String,
    /// The document for programs, also where a browser follows the link.
    pub json_url: String,
}

/// What every page has around its content.
#[derive(Debug, Serialize)]
struct Frame<'a> {
    name: &'a str,
    home_url: Option<&'a str>,
    style_url: String,
}

impl<'a> Frame<'a> {
    fn of(site: &'a Site) -> Self {
        let home_url = site.home_url.as_deref().and_then(text::web_address);
        Self { name: &site.name, home_url, style_url: assets::style_url() }
    }
}

/// The templates, compiled once.
static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    templates(&[
        ("frame.html", include_str!("pages/templates/frame.html")),
        ("assertion.html", include_str!("pages/templates/assertion.html")),
        ("badge_class.html", include_str!("pages/templates/badge_class.html")),
        ("issuer.html", include_str!("pages/templates/issuer.html")),
        ("missing.html", include_str!("pages/templates/missing.html")),
    ])
});

#[cfg(test)]
mod tests;
