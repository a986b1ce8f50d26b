//! The public, opaque name of every object: 16 bytes, written as 22 characters.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// 16 bytes in base64url without padding. May begin with `-` or `_`.
///
/// The bytes come in as a UUID, since whoever makes an id has one already: random (version 4)
/// for most objects, derived (version 5) where a second attempt must meet the first one's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntityId([u8; 16]);

/// The text is no entity id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an entity id has 22 characters of A-Z, a-z, 0-9, '-' and '_'")]
pub struct InvalidEntityId;

impl EntityId {
    /// The same 16 bytes as a UUID.
    pub fn uuid(self) -> Uuid {
        Uuid::from_bytes(self.0)
    }
}

impl From<Uuid> for EntityId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid.into_bytes())
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl From<EntityId> for String {
    fn from(id: EntityId) -> Self {
        id.to_string()
    }
}

impl FromStr for EntityId {
    type Err = InvalidEntityId;

    /// One object has one spelling: padding and stray trailing bits are refused.
    fn from_str(text: &str) -> Result<Self, InvalidEntityId> {
        let mut bytes = [0; 16];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).map_err(|_| InvalidEntityId)?;
        if length == 16 { Ok(Self(bytes)) } else { Err(InvalidEntityId) }
    }
}

impl TryFrom<String> for EntityId {
    type Error = InvalidEntityId;

    fn try_from(text: String) -> Result<Self, InvalidEntityId> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_id_has_22_characters_and_reads_back() {
        for bytes in [0, 1, u128::MAX, 0x0189_0a5d_ac96_774b_bcce_b302_099a_8057] {
            let id = EntityId::from(Uuid::from_u128(bytes));

            assert_eq!(id.to_string().len(), 22);
            assert_eq!(id.to_string().parse(), Ok(id));
            assert_eq!(id.uuid().as_u128(), bytes);
        }
        assert_eq!(EntityId::from(Uuid::max()).to_string(), "_____________________w");
    }

    #[test]
    fn other_spellings_are_refused() {
        let long = "A".repeat(4_000);
        for wrong in [
            "",
            "AAAA",
            "AAAAAAAAAAAAAAAAAAAAAA==",
            "AAAAAAAAAAAAAAAAAAAAAB",
            "AAAAAAAAAAAAAAAAAAAA+/",
            "é",
            &long,
        ] {
            assert_eq!(wrong.parse::<EntityId>(), Err(InvalidEntityId), "{wrong}");
        }
    }
}
