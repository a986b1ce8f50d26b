//! Calendar days as certificates carry them.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// An ISO day; between 1900 and 2200 where it comes from a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Day(NaiveDate);

impl Day {
    /// Only the form `YYYY-MM-DD`, and only days that exist.
    pub fn parse(text: &str) -> Option<Self> {
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(index, byte)| match index {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| shape)?;
        (1900..=2200).contains(&day.year()).then_some(Self(day))
    }

    /// The day of an instant, in UTC.
    pub fn of(instant: DateTime<Utc>) -> Self {
        Self(instant.date_naive())
    }

    /// Year, month from 1, day from 1.
    pub fn parts(self) -> (i32, u8, u8) {
        let small = |number: u32| u8::try_from(number).unwrap_or(1);
        (self.0.year(), small(self.0.month()), small(self.0.day()))
    }
}

/// `YYYY-MM-DD`
impl std::fmt::Display for Day {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_in_the_one_form_are_days() {
        assert!(Day::parse("2024-02-29").is_some());
        for bad in ["2023-02-29", "2024-2-09", "1899-12-31", "2201-01-01", "+2024-02-2", "ROLLING"]
        {
            assert!(Day::parse(bad).is_none(), "{bad}");
        }
    }
}
