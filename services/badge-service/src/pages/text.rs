//! Text and addresses on their way into HTML.

use std::borrow::Cow;

use chrono::NaiveDate;

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

/// The address, if it is one that a page may link to: `javascript:` and the like are not.
pub fn web_address(url: &str) -> Option<&str> {
    let begins = |scheme: &str| {
        url.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    };
    let here = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
    (begins("https://") || begins("http://") || here).then_some(url)
}

/// `14 March 2025`.
pub fn date(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}
