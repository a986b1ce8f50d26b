//! Ids that know what they identify: an `Id<Award>` is no `Id<Badge>`.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use database::{portable_type, types::Uid};
use diesel::{deserialize::FromSqlRow, expression::AsExpression};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The UUID of one `T`. Shown with dashes, read with or without.
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = Uid)]
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// A new id, later than all before it (UUIDv7).
    pub fn fresh() -> Self {
        Uuid::now_v7().into()
    }

    /// The UUID itself.
    pub fn uuid(self) -> Uuid {
        self.0
    }

    /// 32 lower-case hexadecimal digits, as public links show it.
    pub fn hex(self) -> String {
        self.0.simple().to_string()
    }
}

impl<T> From<Uuid> for Id<T> {
    fn from(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }
}

impl<T> FromStr for Id<T> {
    type Err = uuid::Error;

    /// Takes 32 hexadecimal digits, or the same with dashes; no braces, no `urn:`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.len() {
            32 => text.parse::<uuid::fmt::Simple>().map(|id| id.into_uuid().into()),
            _ => text.parse::<uuid::fmt::Hyphenated>().map(|id| id.into_uuid().into()),
        }
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Id<T> {}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl<T> schemars::JsonSchema for Id<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Uuid::json_schema(generator)
    }
}

impl<T> utoipa::PartialSchema for Id<T> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let format = utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Uuid);
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(format))
            .into()
    }
}

impl<T> utoipa::ToSchema for Id<T> {}

portable_type!(@[T] Id<T> as Uid, pg: diesel::sql_types::Uuid as Uuid,
    wrap: |raw| Self(raw, PhantomData), unwrap: |this| &this.0,
    text: |v| v.hyphenated().to_string(), |s| Uuid::parse_str(s));

#[cfg(test)]
mod tests {
    use super::Id;

    struct Thing;

    #[test]
    fn an_id_is_read_with_and_without_dashes_and_in_no_other_form() {
        let dashed = "01890a5d-ac96-774b-bcce-b302099a8057";
        let id: Id<Thing> = dashed.parse().unwrap();

        assert_eq!(id.to_string(), dashed);
        assert_eq!(id.hex().parse::<Id<Thing>>().unwrap(), id);
        for wrong in ["", "abc", "{01890a5d-ac96-774b-bcce-b302099a8057}", "urn:uuid:01890a5d"] {
            assert!(wrong.parse::<Id<Thing>>().is_err(), "{wrong}");
        }
    }
}
