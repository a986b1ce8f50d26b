//! The page for an address at which there is nothing.

use minijinja::{Error, context};

use super::{Frame, Site, TEMPLATES};

/// The page as HTML, for 404.
///
/// # Errors
///
/// If the template and its view disagree, which the tests of this module would have shown.
pub fn render(site: &Site) -> Result<String, Error> {
    let frame = minijinja::Value::from(minijinja::value::Serde(Frame::of(site)));
    TEMPLATES.get_template("missing.html")?.render(context! { frame })
}
