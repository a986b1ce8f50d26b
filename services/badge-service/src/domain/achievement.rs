//! What a credential's achievement is as a badge class.

use events::credentials::Achievement;
use model::Timestamp;
use serde_json::Map;

use crate::domain::{
    badge_class::{BadgeClass, Criteria},
    entity_id::EntityId,
    issuer::{ImageName, WebUrl},
    key::{InvalidKey, Key},
    origin::{Kind, Origin},
    text::Description,
};

/// The longest part of a foreign description that is kept, in characters.
const LONGEST_DESCRIPTION: usize = 16_384;

/// The badge class of an achievement that was never awarded before.
///
/// # Errors
///
/// If the achievement's key cannot be one.
pub fn badge_class(
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
        name: key.name(&achievement.title)?,
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
