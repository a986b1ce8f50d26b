//! What the HTML pages of all services are written with.

use std::borrow::Cow;

use minijinja::{
    AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, escape_formatter,
};

/// The engine with these templates, each a name and its source. Names that end in `.html` have
/// their values escaped; a name that nothing stands for is an error, not an empty text.
///
/// # Panics
///
/// If a template cannot be parsed: they are built in, and the test of any page parses them all.
#[expect(clippy::expect_used, reason = "the templates are built in and parsed by every test")]
pub fn templates(sources: &[(&'static str, &'static str)]) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(write_escaped);
    for (name, source) in sources {
        environment.add_template(name, source).expect("a built-in template");
    }
    environment
}

/// The text with the five letters escaped that mean something in HTML, inside attributes too.
///
/// The template engine's own escaping also turns `/` into a reference, which readers of Open
/// Graph tags that do not decode them take for part of the address.
pub fn escape(text: &str) -> Cow<'_, str> {
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

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    #[test]
    fn nothing_escapes_from_an_attribute_and_addresses_stay_readable() {
        assert_eq!(escape("\"><a href='/x'>&"), "&quot;&gt;&lt;a href=&#39;/x&#39;&gt;&amp;");
    }

    #[test]
    fn values_are_escaped_by_the_name_of_the_template_and_must_be_there() {
        let templates = templates(&[("page.html", "{{ it }}"), ("mail.txt", "{{ it }}")]);
        let shown = |name, values| templates.get_template(name)?.render(values);

        assert_eq!(shown("page.html", context!(it => "<a/b>")).unwrap(), "&lt;a/b&gt;");
        assert_eq!(shown("mail.txt", context!(it => "<a/b>")).unwrap(), "<a/b>");
        assert!(shown("page.html", context!(that => "")).is_err());
    }
}
