//! The pages on which strangers check a certificate.
//!
//! Pure code. A handler fills a view and [`verification::render`] makes HTML of it; [`asset`] gives
//! the style sheet that the HTML refers to. Machines get the same as JSON, elsewhere.

pub mod missing;
pub mod verification;

mod assets;
mod wording;

use std::sync::LazyLock;

use ::web::html::templates;
use minijinja::Environment;
use serde::Serialize;

pub use self::assets::asset;
pub use self::wording::Language;
use self::wording::Wording;

/// The `Content-Security-Policy` of every page here: no script, nothing from elsewhere.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What every page has around its content.
#[derive(Serialize)]
struct Frame<'a> {
    lang: &'a str,
    dir: &'static str,
    style_url: String,
    words: &'a Wording,
}

impl<'a> Frame<'a> {
    fn of(language: &'a Language) -> Self {
        let (lang, dir) = (language.tag(), language.direction());
        Self { lang, dir, style_url: assets::style_url(), words: language.words() }
    }
}

/// The templates, compiled once.
static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    templates(&[
        ("frame.html", include_str!("pages/templates/frame.html")),
        ("verification.html", include_str!("pages/templates/verification.html")),
        ("missing.html", include_str!("pages/templates/missing.html")),
    ])
});

#[cfg(test)]
mod tests;
