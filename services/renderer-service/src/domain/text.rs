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
///
/// # Errors
///
/// Each rule that the text breaks, once.
pub fn normalise(text: &str, rule: TextRule) -> Result<String, Vec<(Code, String)>> {
    let mut text: String = text.trim().nfc().collect();
    if rule.lines {
        text = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    }
    let faults = faults(&text, rule);
    if !faults.is_empty() {
        return Err(faults);
    }
    if text.chars().all(is_invisible) {
        text.clear();
    }
    Ok(text)
}

fn faults(text: &str, rule: TextRule) -> Vec<(Code, String)> {
    let mut faults = Vec::new();
    let refused = |bad: char| format!("U+{:04X} is not allowed", u32::from(bad));
    if let Some(bad) = text.chars().find(|&character| is_bidi_control(character)) {
        faults.push((Code::BidiControl, refused(bad)));
    }
    if let Some(bad) = text.chars().find(|&character| is_forbidden(character, rule.lines)) {
        faults.push((Code::BadCharacter, refused(bad)));
    }
    let length = text.chars().count();
    if length > rule.max {
        faults.push((Code::TooLong, format!("{length} characters, at most {}", rule.max)));
    }
    faults
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

    fn codes(text: &str, max: usize) -> Vec<Code> {
        let faults = normalise(text, TextRule::line(max)).unwrap_err();
        faults.into_iter().map(|(code, _)| code).collect()
    }

    #[test]
    fn a_text_is_composed_and_trimmed() {
        assert_eq!(normalise("  Nguye\u{302}\u{303}n ", TextRule::line(10)).unwrap(), "Nguyễn");
    }

    #[test]
    fn length_is_counted_after_composition() {
        assert!(normalise("e\u{301}e\u{301}", TextRule::line(2)).is_ok());
        assert_eq!(codes("abc", 2), [Code::TooLong]);
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
            assert_eq!(codes(text, 9), [code], "{text:?}");
        }
        assert!(normalise("a\u{200F}b", TextRule::line(9)).is_ok());
    }

    #[test]
    fn each_broken_rule_is_told() {
        let all = [Code::BidiControl, Code::BadCharacter, Code::TooLong];
        assert_eq!(codes("a\u{202E}b\u{7}", 2), all);
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
