//! Texts that people read: what is taken out of them wherever they come from.

/// The text in one line, without controls and without marks that turn the direction of what
/// follows: with those a name could claim to be another.
///
/// What only joins letters stays, since scripts need it.
pub fn readable(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let kept: String = spaced.filter(|c| !is_refused(*c)).collect();
    kept.trim().to_owned()
}

fn is_refused(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn nothing_in_a_text_turns_its_direction_or_breaks_its_line() {
        assert_eq!(readable(" a\u{202E}b\u{7}\u{2066}c\u{2069}\n d\t"), "abc  d");
        assert_eq!(readable("می\u{200C}خواهم"), "می\u{200C}خواهم");
        assert_eq!(readable("\u{202E} \u{0}"), "");
    }
}
