//! What others say of an issuer: import files and credentials.

use events::credentials::Achievement;
use model::{Email, Timestamp, catalog::Organization};
use serde_json::Map;

use crate::domain::{
    entity_id::EntityId,
    issuer::{ImageName, Issuer, WebUrl},
    key::{InvalidKey, Key},
    text::{Description, Name},
};

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
        let name = key.name(&organization.name)?;
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
                key: Key::nobody(),
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
}
