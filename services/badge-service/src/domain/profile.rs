//! What others say of issuers and badge classes: import files and credentials.

use events::credentials::Achievement;
use model::{Email, Timestamp, catalog::Organization};
use serde_json::Map;
use uuid::Uuid;

use crate::domain::{
    badge_class::{BadgeClass, Criteria},
    entity_id::EntityId,
    issuer::{ImageName, Issuer, WebUrl},
    origin::{Kind, Origin},
    text::{Description, Name},
};

/// How imports and events name an issuer or a badge class: 1 to 255 characters, none of them
/// control.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

/// The text cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key has 1 to 255 characters, none of them control")]
pub struct InvalidKey;

/// What an issuer has when nobody says otherwise.
#[derive(Debug, Clone)]
pub struct Defaults {
    pub name: Name,
    pub url: WebUrl,
    pub email: Email,
}

/// What somebody says of an issuer. What is left out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerProfile {
    pub key: Key,
    pub name: Name,
    pub url: Option<WebUrl>,
    pub email: Option<Email>,
    pub description: Option<Description>,
    pub image: Option<ImageName>,
}

/// The key of the issuer of credentials that name no organization.
const NOBODY: &str = "(no organization)";

/// The longest parts of foreign texts that are kept, in characters.
const LONGEST_NAME: usize = 1_024;
const LONGEST_DESCRIPTION: usize = 16_384;

impl Key {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of what has this key: whoever makes it first, on whichever machine, makes it so.
    pub fn entity_id(&self, origin: &Origin, kind: Kind) -> EntityId {
        let name = format!("{}/{}/by-key/{}", origin.as_str(), kind.segment(), self.0);
        Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).into()
    }
}

impl TryFrom<String> for Key {
    type Error = InvalidKey;

    fn try_from(text: String) -> Result<Self, InvalidKey> {
        let fits = (1..=255).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) { Ok(Self(text)) } else { Err(InvalidKey) }
    }
}

impl IssuerProfile {
    /// What an organization says of itself. An address that is none counts as not said.
    ///
    /// # Errors
    ///
    /// If its key cannot be one.
    pub fn of_organization(organization: &Organization) -> Result<Self, InvalidKey> {
        let url = organization.url.clone().and_then(|url| WebUrl::try_from(url).ok());
        let email = organization.email.clone().and_then(|email| Email::try_from(email).ok());
        let key = Key::try_from(organization.key.clone())?;
        let name = name_of(&organization.name, &key)?;
        Ok(Self { key, name, url, email, description: None, image: None })
    }

    /// The issuer of an achievement: its first organization, or the service itself.
    ///
    /// # Errors
    ///
    /// If the organization's key cannot be one.
    pub fn of_achievement(
        achievement: &Achievement,
        defaults: &Defaults,
    ) -> Result<Self, InvalidKey> {
        match achievement.organizations.first() {
            Some(organization) => Self::of_organization(organization),
            None => Ok(Self {
                key: Key(NOBODY.to_owned()),
                name: defaults.name.clone(),
                url: None,
                email: None,
                description: None,
                image: None,
            }),
        }
    }

    /// A new issuer of this profile.
    pub fn issuer(&self, id: EntityId, defaults: &Defaults, now: Timestamp) -> Issuer {
        Issuer {
            id,
            name: self.name.clone(),
            url: self.url.clone().unwrap_or_else(|| defaults.url.clone()),
            email: self.email.clone().unwrap_or_else(|| defaults.email.clone()),
            description: self.description.clone().unwrap_or_default(),
            image: self.image.clone(),
            extensions: Map::new(),
            created_at: now,
        }
    }

    /// The issuer as it is after this was said of it.
    pub fn applied_to(&self, issuer: &Issuer) -> Issuer {
        let known = issuer.clone();
        Issuer {
            name: self.name.clone(),
            url: self.url.clone().unwrap_or(known.url),
            email: self.email.clone().unwrap_or(known.email),
            description: self.description.clone().unwrap_or(known.description),
            image: self.image.clone().or(known.image),
            ..known
        }
    }
}

/// The badge class of an achievement that was never awarded before.
///
/// # Errors
///
/// If the achievement's key cannot be one.
pub fn badge_class_of(
    achievement: &Achievement,
    issuer_id: EntityId,
    image: ImageName,
    origin: &Origin,
    now: Timestamp,
) -> Result<BadgeClass, InvalidKey> {
    let key = Key::try_from(achievement.key.clone())?;
    let description: String = achievement.description.chars().take(LONGEST_DESCRIPTION).collect();
    Ok(BadgeClass {
        id: key.entity_id(origin, Kind::BadgeClass),
        issuer_id,
        name: name_of(&achievement.title, &key)?,
        description: Description::try_from(description).unwrap_or_default(),
        image,
        criteria: Criteria {
            url: achievement.url.clone().and_then(|url| WebUrl::try_from(url).ok()),
            narrative: None,
        },
        alignments: Vec::new(),
        tags: Vec::new(),
        expires: None,
        extensions: Map::new(),
        created_at: now,
    })
}

/// The name, cut to what fits; the key where there is none.
///
/// # Errors
///
/// If the key is no name either.
pub fn name_of(text: &str, key: &Key) -> Result<Name, InvalidKey> {
    let text = text.chars().take(LONGEST_NAME).collect::<String>();
    Name::try_from(text).or_else(|_| Name::try_from(key.0.clone())).map_err(|_| InvalidKey)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{open_badges::samples, time::parse};

    fn organization(key: &str, name: &str) -> Organization {
        Organization {
            key: key.to_owned(),
            name: name.to_owned(),
            discovery_uuid: None,
            logo: None,
            url: Some("not an address".to_owned()),
            email: Some("badges@school.example".to_owned()),
        }
    }

    fn defaults() -> Defaults {
        Defaults {
            name: Name::try_from("Testamur".to_owned()).unwrap(),
            url: samples::url("https://badges.example"),
            email: Email::try_from("badges@badges.example".to_owned()).unwrap(),
        }
    }

    #[test]
    fn what_an_organization_does_not_say_comes_from_the_defaults_and_later_stays() {
        let profile = IssuerProfile::of_organization(&organization("hu", " ")).unwrap();
        let now = parse("2024-01-01T00:00:00Z").unwrap();

        let made = profile.issuer(samples::id(1), &defaults(), now);
        assert_eq!(made.name.as_str(), "hu");
        assert_eq!(made.url.as_str(), "https://badges.example");
        assert_eq!(made.email.as_str(), "badges@school.example");

        let known = samples::issuer();
        let changed = profile.applied_to(&known);
        assert_eq!((changed.url, changed.description), (known.url, known.description));
    }

    #[test]
    fn a_key_gives_the_same_id_everywhere_and_different_things_different_ids() {
        let key = Key::try_from("course/1".to_owned()).unwrap();
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
}
