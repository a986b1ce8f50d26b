//! Rules for text that people read: normal form, length, and characters that would mislead.

use unicode_normalization::UnicodeNormalization;

use super::violation::Code;

/// What a text field takes.
#[derive(Clone, Copy, Debug)]
pub struct TextRule {
    /// Characters after normalisation.
    pub max: usize,
    /// Whether the text may have several lines.
    pub lines: bool,
}

impl TextRule {
    pub const fn line(max: usize) -> Self {
        Self { max, lines: false }
    }

    pub const fn lines(max: usize) -> Self {
        Self { max, lines: true }
    }
}

/// The text in normal form C, trimmed, its line breaks as line feeds.
///
/// Nothing is left of a text that shows nothing: spaces and invisible characters only.
pub fn normalise(text: &str, rule: TextRule) -> Result<String, (Code, String)> {
    let mut text: String = text.trim().nfc().collect();
    if rule.lines {
        text = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    }
    if let Some(bad) = text.chars().find(|&character| is_bidi_control(character)) {
        return Err((Code::BidiControl, format!("U+{:04X} is not allowed", u32::from(bad))));
    }
    if let Some(bad) = text.chars().find(|&character| is_forbidden(character, rule.lines)) {
        return Err((Code::BadCharacter, format!("U+{:04X} is not allowed", u32::from(bad))));
    }
    let length = text.chars().count();
    if length > rule.max {
        return Err((Code::TooLong, format!("{length} characters, at most {}", rule.max)));
    }
    if text.chars().all(is_invisible) {
        text.clear();
    }
    Ok(text)
}

/// Characters that no font is asked for: they shape, join or say how to show another.
pub fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || matches!(u32::from(character),
            0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164
            | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xE0000..=0xE0FFF)
}

/// Embeddings, overrides and isolates; the marks U+200E and U+200F are harmless.
fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn is_forbidden(character: char, lines: bool) -> bool {
    if character == '\n' && lines {
        return false;
    }
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_composed_and_trimmed() {
        assert_eq!(normalise("  Nguye\u{302}\u{303}n ", TextRule::line(10)).unwrap(), "Nguyễn");
    }

    #[test]
    fn length_is_counted_after_composition() {
        assert!(normalise("e\u{301}e\u{301}", TextRule::line(2)).is_ok());
        assert_eq!(normalise("abc", TextRule::line(2)).unwrap_err().0, Code::TooLong);
    }

    #[test]
    fn overrides_isolates_and_controls_are_refused() {
        for (text, code) in [
            ("a\u{202E}b", Code::BidiControl),
            ("a\u{2067}b", Code::BidiControl),
            ("a\u{7}b", Code::BadCharacter),
            ("a\nb", Code::BadCharacter),
            ("a\u{2028}b", Code::BadCharacter),
        ] {
            assert_eq!(normalise(text, TextRule::line(9)).unwrap_err().0, code, "{text:?}");
        }
        assert!(normalise("a\u{200F}b", TextRule::line(9)).is_ok());
    }

    #[test]
    fn a_text_that_shows_nothing_is_empty() {
        assert_eq!(normalise("\u{200F}\u{200D}", TextRule::line(9)).unwrap(), "");
    }

    #[test]
    fn line_breaks_of_all_systems_are_one() {
        assert_eq!(normalise("a\r\nb\rc", TextRule::lines(9)).unwrap(), "a\nb\nc");
    }
}
