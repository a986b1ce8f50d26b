//! The pages on which strangers check a certificate.
//!
//! Pure code. A handler fills a view and [`verification::render`] makes HTML of it; [`asset`] gives
//! the style sheet that the HTML refers to. Machines get the same as JSON, elsewhere.

pub mod missing;
pub mod verification;

mod assets;
mod wording;

use std::borrow::Cow;
use std::sync::LazyLock;

use minijinja::{
    AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, escape_formatter,
};
use serde::Serialize;

pub use self::assets::{ASSET_PATH, Asset, asset};
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

/// The templates, compiled once. Names end in `.html`, which switches escaping on.
#[expect(clippy::expect_used, reason = "the templates are built in and parsed by every test")]
static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(write_escaped);
    for (name, source) in [
        ("frame.html", include_str!("pages/templates/frame.html")),
        ("verification.html", include_str!("pages/templates/verification.html")),
        ("missing.html", include_str!("pages/templates/missing.html")),
    ] {
        environment.add_template(name, source).expect("a built-in template");
    }
    environment
});

/// Writes text with [`escape`]; whatever else a template shows is left to the engine.
fn write_escaped(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if *state.auto_escape() == AutoEscape::Html && !value.is_safe() => {
            out.write_str(&escape(text))?;
            Ok(())
        }
        _ => escape_formatter(out, state, value),
    }
}

/// The text with the five letters escaped that mean something in HTML, inside attributes too.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '>', '&', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut html = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    Cow::Owned(html)
}

#[cfg(test)]
mod tests;
