//! How imports and events name an issuer or a badge class.

use uuid::Uuid;

use crate::domain::{
    entity_id::EntityId,
    origin::{Kind, Origin},
    text::Name,
};

/// A name in somebody else's books: 1 to 255 characters, none of them control.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

/// The text cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key has 1 to 255 characters, none of them control")]
pub struct InvalidKey;

/// The longest part of a foreign name that is kept, in characters.
const LONGEST_NAME: usize = 1_024;

impl Key {
    /// The key of the issuer of credentials that name no organization.
    pub fn nobody() -> Self {
        Self("(no organization)".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of what has this key: whoever makes it first, on whichever machine, makes it so.
    pub fn entity_id(&self, origin: &Origin, kind: Kind) -> EntityId {
        let name = format!("{}/{}/by-key/{}", origin.as_str(), kind.segment(), self.0);
        Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).into()
    }

    /// The name of what has this key: the text, cut to what fits, or the key where it is none.
    ///
    /// # Errors
    ///
    /// If the key is no name either.
    pub fn name(&self, text: &str) -> Result<Name, InvalidKey> {
        let text = text.chars().take(LONGEST_NAME).collect::<String>();
        Name::try_from(text).or_else(|_| Name::try_from(self.0.clone())).map_err(|_| InvalidKey)
    }
}

impl TryFrom<String> for Key {
    type Error = InvalidKey;

    fn try_from(text: String) -> Result<Self, InvalidKey> {
        let fits = (1..=255).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) { Ok(Self(text)) } else { Err(InvalidKey) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::open_badges::samples;

    fn key(text: &str) -> Key {
        Key::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn a_key_gives_the_same_id_everywhere_and_different_things_different_ids() {
        let key = key("course/1");
        let (origin, other) = (samples::origin(), "https://other.example".to_owned());

        let id = key.entity_id(&origin, Kind::BadgeClass);
        assert_eq!(id, key.entity_id(&origin, Kind::BadgeClass));
        assert_ne!(id, key.entity_id(&origin, Kind::Issuer));
        assert_ne!(id, key.entity_id(&Origin::try_from(other).unwrap(), Kind::BadgeClass));
    }

    #[test]
    fn a_key_is_not_empty_not_long_and_has_no_controls() {
        for wrong in ["", "a\0b", &"x".repeat(256)] {
            assert_eq!(Key::try_from(wrong.to_owned()), Err(InvalidKey), "{wrong:?}");
        }
    }

    #[test]
    fn what_has_no_name_is_called_by_its_key() {
        assert_eq!(key("hu").name(" Hanseatic ").unwrap().as_str(), "Hanseatic");
        assert_eq!(key("hu").name(&"x".repeat(2_000)).unwrap().as_str().len(), 1_024);
        assert_eq!(key("hu").name(" ").unwrap().as_str(), "hu");
        assert_eq!(key(" ").name(""), Err(InvalidKey));
    }
}
