//! The definition of one achievement.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{
    entity_id::EntityId,
    issuer::{Extensions, ImageName, WebUrl},
    text::{Description, Name, Narrative},
    time::Validity,
};

/// What an issuer awards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadgeClass {
    pub id: EntityId,
    pub issuer_id: EntityId,
    pub name: Name,
    pub description: Description,
    pub image: ImageName,
    pub criteria: Criteria,
    pub alignments: Vec<Alignment>,
    pub tags: Vec<String>,
    /// How long its awards stay valid, unless an award says otherwise.
    pub expires: Option<Validity>,
    pub extensions: Extensions,
    pub created_at: Timestamp,
}

/// What has to be done for the badge: an address, a text, both, or (old clients) neither.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criteria {
    pub url: Option<WebUrl>,
    pub narrative: Option<Narrative>,
}

/// An entry of somebody's skills framework that the badge speaks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alignment {
    pub target_name: String,
    pub target_url: WebUrl,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_framework: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_code: Option<String>,
}

impl BadgeClass {
    /// What an award made at `issued_on` expires at when the award itself says nothing.
    pub fn expiry_of_award(&self, issued_on: Timestamp) -> Option<Timestamp> {
        self.expires.and_then(|validity| validity.end(issued_on))
    }

    /// The text that says what the badge takes; the standards forbid to have none.
    pub fn criteria_narrative(&self) -> Option<&str> {
        match &self.criteria {
            Criteria { narrative: Some(narrative), .. } => Some(narrative.as_str()),
            Criteria { url: Some(_), narrative: None } => None,
            Criteria { .. } if self.description.is_empty() => Some(self.name.as_str()),
            Criteria { .. } => Some(self.description.as_str()),
        }
    }
}
