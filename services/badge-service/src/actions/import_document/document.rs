//! The import file.

use model::{Email, catalog::Catalog};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    domain::{
        badge_class::Alignment,
        issuer::WebUrl,
        key::Key,
        profile::IssuerProfile,
        text::{Description, Name, Narrative},
        time::Validity,
    },
    error::Error,
};

/// What a file holds: issuers and badge classes of its own, and a catalog's organizations.
pub(super) struct Document {
    /// Each with its picture, if it has one that can be used.
    pub issuers: Vec<(IssuerProfile, Picture)>,
    pub badge_classes: Vec<ClassItem>,
}

/// Where a picture comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Picture {
    None,
    /// A `data:` URI that must be a PNG or SVG.
    Needed(String),
    /// One that is left out when it is something else.
    Welcome(String),
}

/// An issuer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuerItem {
    key: String,
    name: Name,
    #[serde(default)]
    url: Option<WebUrl>,
    #[serde(default)]
    email: Option<Email>,
    #[serde(default)]
    description: Option<Description>,
    /// `data:` URI of a PNG or SVG.
    #[serde(default)]
    image: Option<String>,
}

/// A badge class.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassItem {
    pub key: String,
    /// The issuer's key: of this file, or of one imported before.
    pub issuer: String,
    pub name: Name,
    #[serde(default)]
    pub description: Description,
    #[serde(default)]
    pub criteria_url: Option<WebUrl>,
    #[serde(default)]
    pub criteria_narrative: Option<Narrative>,
    #[serde(default)]
    pub alignments: Vec<Alignment>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub expires: Option<Validity>,
    /// `data:` URI of a PNG or SVG; drawn from the name when there is none.
    #[serde(default)]
    pub image: Option<String>,
}

impl Document {
    /// # Errors
    ///
    /// What is wrong, and where.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let wrong = |error: serde_json::Error| super::wrong("the document", error);
        let mut members: Map<String, Value> = serde_json::from_str(text).map_err(wrong)?;
        let issuers: Vec<IssuerItem> = items(&mut members, "issuers")?;
        let badge_classes: Vec<ClassItem> = items(&mut members, "badge_classes")?;
        let catalog: Catalog = serde_json::from_value(Value::Object(members)).map_err(wrong)?;
        let mut profiles = Vec::new();
        for (n, organization) in catalog.organizations.iter().enumerate() {
            let profile = IssuerProfile::of_organization(organization)
                .map_err(|error| super::wrong(&format!("organizations[{n}]"), error))?;
            let data = organization.logo.clone().filter(|logo| logo.starts_with("data:"));
            profiles.push((profile, data.map_or(Picture::None, Picture::Welcome)));
        }
        for (n, item) in issuers.into_iter().enumerate() {
            let key = Key::try_from(item.key)
                .map_err(|error| super::wrong(&format!("issuers[{n}].key"), error))?;
            let profile = IssuerProfile {
                key,
                name: item.name,
                url: item.url,
                email: item.email,
                description: item.description,
                image: None,
            };
            profiles.push((profile, item.image.map_or(Picture::None, Picture::Needed)));
        }
        Ok(Self { issuers: profiles, badge_classes })
    }
}

/// Takes a list out of the document, and reads it item by item, so that an error names its place.
fn items<T: DeserializeOwned>(
    members: &mut Map<String, Value>,
    name: &str,
) -> Result<Vec<T>, Error> {
    match members.remove(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .into_iter()
            .enumerate()
            .map(|(n, item)| {
                let place = format!("{name}[{n}]");
                serde_json::from_value(item).map_err(|error| super::wrong(&place, error))
            })
            .collect(),
        Some(_) => Err(super::wrong(name, "it is no list")),
    }
}
