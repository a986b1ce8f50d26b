//! How instants are written in public documents, and read from requests.

use chrono::{DateTime, Months, NaiveDateTime, SecondsFormat, TimeDelta, Utc};
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// `2021-05-21T13:37:37.123456+00:00`, as public JSON-LD shows instants; no empty fraction.
///
/// The API's own form of the same instant is [`Timestamp::precise`], which ends in `Z`.
pub fn json_ld(instant: Timestamp) -> String {
    let utc = instant.utc();
    let whole = utc.timestamp_subsec_micros() == 0;
    let format = if whole { SecondsFormat::Secs } else { SecondsFormat::Micros };
    utc.to_rfc3339_opts(format, false)
}

/// An instant from a request: ISO 8601; without a zone it is read as UTC.
pub fn parse(text: &str) -> Option<Timestamp> {
    if let Ok(zoned) = DateTime::parse_from_rfc3339(text) {
        return Some(zoned.with_timezone(&Utc).into());
    }
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .map(|naive| naive.and_utc().into())
}

/// How long awards of a badge class stay valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// At least 1.
    pub amount: u32,
    pub duration: Unit,
}

/// What [`Validity::amount`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Days,
    Weeks,
    Months,
    Years,
}

impl Validity {
    /// The end of what begins at `start`; `None` if the calendar ends before.
    ///
    /// Months and years clamp to the last day of the month: 29 August and six months is the
    /// last of February.
    pub fn end(self, start: Timestamp) -> Option<Timestamp> {
        let start = start.utc();
        let amount = self.amount;
        let end = match self.duration {
            Unit::Days => start.checked_add_signed(TimeDelta::try_days(amount.into())?),
            Unit::Weeks => start.checked_add_signed(TimeDelta::try_weeks(amount.into())?),
            Unit::Months => start.checked_add_months(Months::new(amount)),
            Unit::Years => start.checked_add_months(Months::new(amount.checked_mul(12)?)),
        };
        end.map(Timestamp::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_ld_keeps_microseconds_only_when_there_are_some() {
        let with = parse("2019-05-21T13:37:37.123456Z").unwrap();
        let without = parse("2019-05-21T13:37:37.000Z").unwrap();

        assert_eq!(json_ld(with), "2019-05-21T13:37:37.123456+00:00");
        assert_eq!(json_ld(without), "2019-05-21T13:37:37+00:00");
        assert_eq!(with.precise(), "2019-05-21T13:37:37.123456Z");
    }

    #[test]
    fn an_instant_without_a_zone_is_utc() {
        for same in ["2020-01-02T03:04:05Z", "2020-01-02T03:04:05", "2020-01-02T04:04:05+01:00"] {
            assert_eq!(parse(same).unwrap().precise(), "2020-01-02T03:04:05Z");
        }
        assert_eq!(parse("2020-01-02"), None);
        assert_eq!(parse("tomorrow"), None);
    }

    #[test]
    fn months_and_years_clamp_to_the_last_day_of_the_month() {
        let end = |start: &str, amount, duration| {
            Validity { amount, duration }.end(parse(start).unwrap()).map(json_ld)
        };

        let clamped = Some("2024-02-29T12:00:00+00:00".to_owned());
        assert_eq!(end("2023-08-29T12:00:00Z", 6, Unit::Months), clamped);
        assert_eq!(end("2023-08-31T12:00:00Z", 6, Unit::Months), clamped);
        assert_eq!(
            end("2024-02-29T12:00:00Z", 1, Unit::Years).unwrap(),
            "2025-02-28T12:00:00+00:00"
        );
        assert_eq!(end("2024-02-28T12:00:00Z", 1, Unit::Days), clamped);
        assert_eq!(end("2024-02-28T12:00:00Z", u32::MAX, Unit::Years), None);
        assert_eq!(end("2024-02-28T12:00:00Z", u32::MAX, Unit::Weeks), None);
    }
}
