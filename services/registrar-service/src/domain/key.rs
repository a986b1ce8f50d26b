//! Keys of organizations and programs.

/// The longest key, in characters.
const LONGEST: usize = 255;

/// Whether `text` can be the key of an organization or a program: `[A-Za-z0-9_-]+`, ASCII only.
///
/// An apostrophe, a dot or an accented letter makes it none.
pub fn is_key(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    (1..=LONGEST).contains(&text.len()) && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::is_key;

    #[test]
    fn a_key_has_ascii_letters_digits_dashes_and_underscores() {
        assert!(is_key("masters-in_CS2"));
        for wrong in ["", "a.b", "o'brien", "é", "a b", &"x".repeat(256)] {
            assert!(!is_key(wrong), "{wrong}");
        }
    }
}
