//! The page for a number that is not known.

use minijinja::{Error, context, value::Serde};

use super::{Frame, Language, TEMPLATES};

/// The page as HTML, for 404.
///
/// # Errors
///
/// If the template and its view disagree, which the tests of this module would have shown.
pub fn render(language: &Language) -> Result<String, Error> {
    let frame = minijinja::Value::from(Serde(Frame::of(language)));
    TEMPLATES.get_template("missing.html")?.render(context! { frame })
}
