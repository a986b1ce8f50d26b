//! Text that people wrote about badges, cleaned once where it comes in.

use serde::{Deserialize, Serialize};

/// A name: 1 to 1,024 characters, without markup, trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// A description: at most 16,384 characters, without markup, trimmed; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Description(String);

/// Markdown: at most 16,384 characters, without HTML and without pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Narrative(String);

/// Why a text is refused, in the words that clients of the old service match on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("This field may not be blank.")]
    Blank,
    #[error("Ensure this field has no more than {0} characters.")]
    TooLong(usize),
    #[error("Images not supported in markdown")]
    Picture,
}

const NAME: usize = 1_024;
const PROSE: usize = 16_384;

impl Name {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Description {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Narrative {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        let text = clean(&text, NAME)?;
        if text.is_empty() { Err(TextError::Blank) } else { Ok(Self(text)) }
    }
}

impl TryFrom<String> for Description {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        clean(&text, PROSE).map(Self)
    }
}

impl TryFrom<String> for Narrative {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        let text = clean(&text, PROSE)?;
        match text.as_str() {
            "" => Err(TextError::Blank),
            text if text.contains("![") => Err(TextError::Picture),
            _ => Ok(Self(text)),
        }
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl From<Description> for String {
    fn from(description: Description) -> Self {
        description.0
    }
}

impl From<Narrative> for String {
    fn from(narrative: Narrative) -> Self {
        narrative.0
    }
}

fn clean(text: &str, max: usize) -> Result<String, TextError> {
    // Counted before the tags go, so that nobody pays for stripping a novel.
    if text.chars().count() > max {
        return Err(TextError::TooLong(max));
    }
    let plain: String = strip_tags(text).chars().filter(|c| is_storable(*c)).collect();
    Ok(plain.trim().to_owned())
}

/// No NUL (PostgreSQL cannot keep it) and no control characters but the layout of prose.
fn is_storable(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\r' | '\t')
}

/// Drops what a browser would take for a tag or a comment; `a < b` stays.
fn strip_tags(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        kept.push_str(before);
        let opens = tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        match tag.find('>') {
            Some(end) if opens => rest = &tag[end + 1..],
            None if opens => rest = "",
            _ => {
                kept.push('<');
                rest = &tag[1..];
            }
        }
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Result<String, TextError> {
        Name::try_from(text.to_owned()).map(String::from)
    }

    #[test]
    fn markup_and_surrounding_space_are_stripped() {
        assert_eq!(name("  <b>Bread</b> & <i class='x'>Baking</i> ").unwrap(), "Bread & Baking");
        assert_eq!(name("1 < 2 > 0").unwrap(), "1 < 2 > 0");
        assert_eq!(name("a<script>alert(1)//").unwrap(), "aalert(1)//");
        assert_eq!(name("a<!-- never closed").unwrap(), "a");
        assert_eq!(name("nul\0l").unwrap(), "null");
    }

    #[test]
    fn a_name_is_neither_blank_nor_endless() {
        assert_eq!(name(" <p></p> "), Err(TextError::Blank));
        assert!(name(&"é".repeat(1_024)).is_ok());
        assert_eq!(name(&"é".repeat(1_025)), Err(TextError::TooLong(1_024)));
    }

    #[test]
    fn a_narrative_has_no_pictures() {
        let narrative = |text: &str| Narrative::try_from(text.to_owned());

        assert!(narrative("**well** [done](https://a.example)").is_ok());
        assert_eq!(narrative("![x](y)"), Err(TextError::Picture));
        assert_eq!(narrative("!<b></b>[x](y)"), Err(TextError::Picture));
    }
}
