//! Text that goes into HTML, SVG and URLs.

/// Escapes for HTML and XML, in text and in quoted attributes.
///
/// Characters that XML 1.0 forbids even when escaped are dropped.
pub fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#x27;"),
            '\t' | '\n' | '\r' => escaped.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub fn url_component(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_escapes_from_an_attribute() {
        assert_eq!(markup("\"><script>'&\u{1}\u{ffff}"), "&quot;&gt;&lt;script&gt;&#x27;&amp;");
        assert_eq!(markup("编程 \u{1f393}"), "编程 \u{1f393}");
    }

    #[test]
    fn a_url_becomes_one_component() {
        assert_eq!(
            url_component("https://a.example/b?c=ü"),
            "https%3A%2F%2Fa.example%2Fb%3Fc%3D%C3%BC"
        );
    }
}
