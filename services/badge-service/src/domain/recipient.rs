//! Whom an assertion is for, and how that is published without giving the address away.

use std::fmt;

use model::Email;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

/// The kinds of identifier that can earn a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RecipientType {
    #[serde(rename = "email")]
    Email,
    #[serde(rename = "url")]
    Url,
    #[serde(rename = "telephone")]
    Telephone,
    /// The earner's own Open Badges profile.
    #[serde(rename = "openBadgeId")]
    OpenBadgeId,
}

impl RecipientType {
    /// Whether the identity is hidden unless somebody asks otherwise.
    pub fn is_hashed_by_default(self) -> bool {
        matches!(self, Self::Email | Self::Telephone)
    }

    /// The word in Open Badges 2.0 documents, which know no `openBadgeId`.
    pub fn in_open_badges(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Url => "url",
            Self::Telephone => "telephone",
            Self::OpenBadgeId => "id",
        }
    }
}

/// A normalised identifier: what is stored, matched and hashed.
///
/// `Debug` hides the identity, since logs carry no personal data.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Recipient {
    kind: RecipientType,
    identity: String,
}

/// Why an identity is refused, in the words of the old service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRecipient {
    #[error("Enter a valid email address.")]
    Email,
    #[error("Enter a valid URL.")]
    Url,
    #[error("Telephone number does not conform to E.164")]
    Telephone,
}

impl Recipient {
    /// Normalises an identity as somebody wrote it.
    ///
    /// E-mail addresses are lower-cased, scheme and host of URLs too, telephone numbers get
    /// their leading `+`.
    pub fn new(kind: RecipientType, identity: &str) -> Result<Self, InvalidRecipient> {
        let identity = match kind {
            RecipientType::Email => email(identity)?,
            RecipientType::Url | RecipientType::OpenBadgeId => absolute_url(identity)?,
            RecipientType::Telephone => telephone(identity)?,
        };
        Ok(Self { kind, identity })
    }

    pub fn kind(&self) -> RecipientType {
        self.kind
    }

    /// The plain identity: for staff and for hashing, never for the public when hashed.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The published form of the identity: `sha256$` and the hash of identity and salt.
    pub fn hashed_with(&self, salt: &Salt) -> String {
        let hash =
            Sha256::new().chain_update(&self.identity).chain_update(salt.as_str()).finalize();
        let mut text = String::with_capacity(7 + 64);
        text.push_str("sha256$");
        for byte in hash {
            for nibble in [byte >> 4, byte & 0xf] {
                text.push(char::from_digit(nibble.into(), 16).unwrap_or_default());
            }
        }
        text
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({:?}, …)", self.kind)
    }
}

/// What keeps a hashed identity from being looked up in a table: 32 hexadecimal digits, one
/// salt an assertion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Salt(String);

impl Salt {
    /// Takes back a salt that was stored, of whatever form: imported ones are older than ours.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Uuid> for Salt {
    fn from(random: Uuid) -> Self {
        Self(random.simple().to_string())
    }
}

fn email(text: &str) -> Result<String, InvalidRecipient> {
    let email = Email::try_from(text.to_owned()).map_err(|_| InvalidRecipient::Email)?;
    Ok(email.normalised())
}

fn absolute_url(text: &str) -> Result<String, InvalidRecipient> {
    let text = text.trim();
    let url = Url::parse(text).map_err(|_| InvalidRecipient::Url)?;
    if !url.has_host() || text.len() > 2_048 {
        return Err(InvalidRecipient::Url);
    }
    // Url would also give the path its canonical escapes; only scheme and host may change.
    let authority = text.find("://").map_or(0, |scheme| scheme + 3);
    let end = text[authority..].find(['/', '?', '#']).map_or(text.len(), |path| authority + path);
    let start = text[authority..end].rfind('@').map_or(authority, |at| authority + at + 1);
    let scheme = text[..authority].to_lowercase();
    let host = text[start..end].to_lowercase();
    Ok(format!("{scheme}{}{host}{}", &text[authority..start], &text[end..]))
}

fn telephone(text: &str) -> Result<String, InvalidRecipient> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let fits = (2..=15).contains(&digits.len()) && !digits.starts_with('0');
    if fits && digits.bytes().all(|b| b.is_ascii_digit()) {
        Ok(format!("+{digits}"))
    } else {
        Err(InvalidRecipient::Telephone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_identity_then_salt() {
        let learner = Recipient::new(RecipientType::Email, "Learner@Example.org").unwrap();

        assert_eq!(
            learner.hashed_with(&Salt::stored("d34db33f".to_owned())),
            "sha256$049299a38cba17643aba48a3bb7b7921c7e587ffe11fb49a4c2ee0e3e4e845a5"
        );
        assert_eq!(Salt::from(Uuid::from_u128(255)).as_str().len(), 32);
    }

    #[test]
    fn identities_are_normalised_by_their_kind() {
        use RecipientType::{Email, OpenBadgeId, Telephone, Url};

        for (kind, written, kept) in [
            (Email, " Pat.Doe@School.Example ", "pat.doe@school.example"),
            (Url, "HTTPS://Pat.Example/People/Pat?Q=A", "https://pat.example/People/Pat?Q=A"),
            (OpenBadgeId, "https://Me:Secret@B.example", "https://Me:Secret@b.example"),
            (Telephone, "4915112345678", "+4915112345678"),
            (Telephone, "+4915112345678", "+4915112345678"),
        ] {
            assert_eq!(Recipient::new(kind, written).unwrap().identity(), kept, "{written}");
        }
    }

    #[test]
    fn what_is_no_identifier_is_refused_in_the_words_of_its_kind() {
        use RecipientType::{Email, Telephone, Url};

        for (kind, written, error) in [
            (Email, "pat", InvalidRecipient::Email),
            (Url, "/people/pat", InvalidRecipient::Url),
            (Url, "mailto:pat@school.example", InvalidRecipient::Url),
            (Telephone, "0151 123", InvalidRecipient::Telephone),
            (Telephone, "+", InvalidRecipient::Telephone),
            (Telephone, "1234567890123456", InvalidRecipient::Telephone),
        ] {
            assert_eq!(Recipient::new(kind, written), Err(error), "{written}");
        }
    }

    #[test]
    fn a_log_line_never_shows_whom_it_is_about() {
        let learner = Recipient::new(RecipientType::Email, "pat@school.example").unwrap();

        assert!(!format!("{learner:?}").contains("pat"));
    }
}
