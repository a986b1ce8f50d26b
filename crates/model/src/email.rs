//! E-mail addresses: kept as written, compared without case.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One address: a local part, an `@`, a domain; at most 254 characters.
///
/// `Debug` hides it, since logs carry no personal data.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// The text is no e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Enter a valid email address.")]
pub struct InvalidEmail;

impl Email {
    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which addresses are compared and hashed.
    pub fn normalised(&self) -> String {
        self.0.to_lowercase()
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;

    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        let plain = |part: &str| {
            !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control())
        };
        let dotted = domain == "localhost"
            || (domain.contains('.') && domain.split('.').all(|label| !label.is_empty()));
        let fits = text.chars().count() <= 254;
        if plain(local) && plain(domain) && !local.contains('@') && dotted && fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidEmail)
        }
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn an_address_needs_both_parts_and_a_dotted_domain() {
        for good in ["a@b.example", "Ä.ö+tag@uni.example.org", " pat@school.example "] {
            assert!(Email::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "a", "@b.example", "a@", "a b@c.example", "a@b", "a@b..example", "a@b@c.d"]
        {
            assert!(Email::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
