//! Instants at the precision that both databases keep.

use std::fmt;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use database::{
    portable_type,
    types::{Instant, instant_from_text, instant_to_text},
};
use diesel::{deserialize::FromSqlRow, expression::AsExpression};
use serde::{Deserialize, Serialize};

/// An instant in UTC, cut to microseconds, so that what is read back equals what was stored.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    AsExpression,
    FromSqlRow,
    schemars::JsonSchema,
)]
#[serde(from = "DateTime<Utc>", into = "DateTime<Utc>")]
#[schemars(with = "DateTime<Utc>")]
#[diesel(sql_type = Instant)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// Before anything that a service does: what waits since then is due by every clock.
    pub const EPOCH: Self = Self(DateTime::UNIX_EPOCH);

    /// The computer's clock. Only a service's `Clock` should ask.
    pub fn now() -> Self {
        Utc::now().into()
    }

    /// The instant as chrono's type, for calendar arithmetic and formatting.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// `2026-03-14T10:00:00Z`: whole seconds, as the old APIs show instants.
    pub fn seconds(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// `2026-03-14T10:00:00.123456Z`; without a fraction when it is zero.
    pub fn precise(self) -> String {
        let zero = self.0.timestamp_subsec_micros() == 0;
        let format = if zero { SecondsFormat::Secs } else { SecondsFormat::Micros };
        self.0.to_rfc3339_opts(format, true)
    }

    /// This much later; the same instant if the calendar ends before.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.checked_add_signed(duration).unwrap_or(self.0))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(instant: DateTime<Utc>) -> Self {
        let micros = instant.timestamp_micros();
        Self(DateTime::from_timestamp_micros(micros).unwrap_or(instant))
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.precise())
    }
}

impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let format =
            utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime);
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(format))
            .into()
    }
}

impl utoipa::ToSchema for Timestamp {}

portable_type!(Timestamp as Instant, pg: diesel::sql_types::Timestamptz as DateTime<Utc>,
    wrap: |raw| Self::from(raw), unwrap: |this| &this.0,
    text: |v| instant_to_text(v), |s| instant_from_text(s));

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::Timestamp;

    #[test]
    fn a_timestamp_is_cut_to_microseconds_and_shown_without_an_empty_fraction() {
        let nanos = DateTime::from_timestamp(1_700_000_000, 123_456_789).unwrap();

        assert_eq!(Timestamp::from(nanos).precise(), "2023-11-14T22:13:20.123456Z");
        assert_eq!(Timestamp::from(nanos).seconds(), "2023-11-14T22:13:20Z");
        let whole = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        assert_eq!(Timestamp::from(whole).precise(), "2023-11-14T22:13:20Z");
    }
}
