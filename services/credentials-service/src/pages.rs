//! The pages that people see: the certificate, and what stands in its place when there is none.
//!
//! Pure code. A handler fills a view, [`certificate::render`] or a function of [`notice`] makes
//! HTML of it, and [`asset`] gives the files that the HTML refers to.

pub mod certificate;
pub mod notice;
pub mod wording;

mod assets;
mod markup;
mod seal;
mod share;
mod site;

use std::sync::LazyLock;

use ::web::html::templates;
use minijinja::Environment;

pub use self::assets::asset;
pub use self::markup::plain as plain_text;
pub use self::share::{Facebook, Sharing, Twitter};
pub use self::site::Site;

/// The `Content-Security-Policy` of every page here.
///
/// Pictures may come from anywhere, since catalogs and badge services live elsewhere; everything
/// else comes from this service, and no script or style is written into the HTML.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; \
     script-src 'self'; img-src 'self' https: http: data:; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// The templates, compiled once.
static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    templates(&[
        ("frame.html", include_str!("pages/templates/frame.html")),
        ("certificate.html", include_str!("pages/templates/certificate.html")),
        ("sheet.html", include_str!("pages/templates/sheet.html")),
        ("notice.html", include_str!("pages/templates/notice.html")),
    ])
});
