//! How issuers, badge classes and assertions are kept: the only diesel of this service.

pub mod assertions;
pub mod badge_classes;
pub mod change_counts;
pub mod credential_states;
pub mod issuers;
mod schema;

use database::{Error, Json};
use model::Id;
use serde::{Serialize, de::DeserializeOwned};

use crate::domain::entity_id::EntityId;

/// The entity id as a column.
fn column<T>(id: EntityId) -> Id<T> {
    id.uuid().into()
}

/// The column as an entity id.
fn entity<T>(id: Id<T>) -> EntityId {
    id.uuid().into()
}

/// A value as a JSON column.
fn json(table: &'static str, id: EntityId, value: &impl Serialize) -> Result<Json, Error> {
    let value = serde_json::to_value(value).map_err(|error| Error::corrupt(table, id, error))?;
    Ok(Json(value))
}

/// What a JSON column holds.
fn from_json<T: DeserializeOwned>(
    table: &'static str,
    id: EntityId,
    json: Json,
) -> Result<T, Error> {
    serde_json::from_value(json.0).map_err(|error| Error::corrupt(table, id, error))
}

/// A text of a row, as the type that it had when it was written.
fn parsed<T>(table: &'static str, id: EntityId, text: String) -> Result<T, Error>
where
    T: TryFrom<String>,
    T::Error: std::fmt::Display,
{
    T::try_from(text).map_err(|error| Error::corrupt(table, id, error))
}
