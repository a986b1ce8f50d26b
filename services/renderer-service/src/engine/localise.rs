//! Dates, numbers and plural forms as CLDR has them.

use icu_calendar::Date;
use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::YMD;
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale::{Locale, LocaleExpander};
use icu_plurals::{PluralCategory, PluralOperands, PluralRules};
use serde_json::Number;

use crate::domain::dates::Day;

/// Enough for a quarter of an hour; more is the noise of a division.
const MOST_DECIMALS: i16 = 2;

/// Writes values the way one locale does.
pub struct Localiser {
    locale: Locale,
}

impl Localiser {
    /// For a well-formed tag; what CLDR does not know is written as in its root locale.
    pub fn new(tag: &str) -> Self {
        let locale = Locale::try_from_str(tag)
            .or_else(|_| Locale::try_from_str(tag.split('-').next().unwrap_or("und")))
            .unwrap_or(Locale::UNKNOWN);
        Self { locale }
    }

    /// The long form: `March 14, 2026`.
    pub fn date(&self, day: Day) -> Option<String> {
        let (year, month, day) = day.parts();
        let date = Date::try_new_iso(year, month, day).ok()?;
        let formatter = DateTimeFormatter::try_new((&self.locale).into(), YMD::long()).ok()?;
        Some(formatter.format(&date).to_string())
    }

    /// With two decimals at most, and none that say nothing: 40, and 1.5.
    pub fn number(&self, number: &Number) -> String {
        let formatter = DecimalFormatter::try_new((&self.locale).into(), Default::default()).ok();
        match (shown(number), formatter) {
            (Some(decimal), Some(formatter)) => formatter.format(&decimal).to_string(),
            _ => number.to_string(),
        }
    }

    /// The CLDR plural category of a number as it is shown: `one`, `few`, `other`, …
    pub fn plural(&self, number: &Number) -> &'static str {
        let operands = shown(number).map(|decimal| PluralOperands::from(&decimal));
        let rules = PluralRules::try_new_cardinal((&self.locale).into()).ok();
        let category = operands.zip(rules).map(|(operands, rules)| rules.category_for(operands));
        match category.unwrap_or(PluralCategory::Other) {
            PluralCategory::Zero => "zero",
            PluralCategory::One => "one",
            PluralCategory::Two => "two",
            PluralCategory::Few => "few",
            PluralCategory::Many => "many",
            PluralCategory::Other => "other",
        }
    }
}

/// The number that is printed. 40 and 40.0 are one number, so they look alike.
fn shown(number: &Number) -> Option<Decimal> {
    let mut decimal = number.to_string().parse::<Decimal>().ok()?;
    decimal.round(-MOST_DECIMALS);
    decimal.trim_end();
    Some(decimal)
}

/// The script in which a tag's language is written, where the tag does not say: `zh-CN` is
/// `zh-Hans-CN`.
pub fn with_script(tag: &str) -> Option<String> {
    let mut id = Locale::try_from_str(tag).ok()?.id;
    LocaleExpander::new_common().maximize(&mut id);
    let script = id.script?;
    Some(format!("{}-{script}", id.language))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(tag: &str) -> String {
        Localiser::new(tag).date(Day::parse("2026-03-14").unwrap()).unwrap()
    }

    #[test]
    fn dates_take_the_long_form_of_the_locale() {
        assert_eq!(date("en"), "March 14, 2026");
        assert_eq!(date("en-GB"), "14 March 2026");
        assert_eq!(date("de"), "14. März 2026");
        assert_eq!(date("fr"), "14 mars 2026");
        assert_eq!(date("es"), "14 de marzo de 2026");
        assert_eq!(date("ja"), "2026年3月14日");
        assert_eq!(date("zh-Hans"), "2026年3月14日");
    }

    #[test]
    fn the_extension_forces_latin_digits() {
        assert_eq!(date("ar-EG-u-nu-latn").chars().filter(char::is_ascii_digit).count(), 6);
        assert_eq!(date("ar-EG").chars().filter(char::is_ascii_digit).count(), 0);
    }

    #[test]
    fn plural_categories_are_those_of_the_language() {
        let plural = |tag, n: i64| Localiser::new(tag).plural(&Number::from(n));
        assert_eq!((plural("en", 1), plural("en", 40)), ("one", "other"));
        assert_eq!((plural("ru", 21), plural("ru", 3), plural("ru", 40)), ("one", "few", "many"));
        assert_eq!(plural("ja", 1), "other");
    }

    #[test]
    fn a_number_has_two_decimals_at_most_and_the_signs_of_the_locale() {
        let number =
            |tag, value: f64| Localiser::new(tag).number(&Number::from_f64(value).unwrap());
        for (value, shown) in [
            (40.0, "40"),
            (1.5, "1.5"),
            (40.333_333_333_333_336, "40.33"),
            (0.1 + 0.2, "0.3"),
            (99_999.999, "100,000"),
            (1e5, "100,000"),
            (1e-7, "0"),
        ] {
            assert_eq!(number("en", value), shown, "{value}");
        }
        assert_eq!(number("de", 12_345.678), "12.345,68");
        assert_eq!(number("fr", 2.0 / 3.0), "0,67");
        assert_eq!(number("hi", 123_456.0), "1,23,456");
        assert_eq!(number("ar-EG", 1.25), "١٫٢٥");
    }

    #[test]
    fn the_plural_is_that_of_the_number_as_it_is_shown() {
        let plural =
            |tag, value: f64| Localiser::new(tag).plural(&Number::from_f64(value).unwrap());
        assert_eq!(
            (plural("en", 1.0), plural("en", 1.001), plural("en", 1.5)),
            ("one", "one", "other")
        );
        assert_eq!((plural("ru", 21.0), plural("ru", 1.5)), ("one", "other"));
    }

    #[test]
    fn a_script_is_found_for_a_region() {
        assert_eq!(with_script("zh-CN").as_deref(), Some("zh-Hans"));
        assert_eq!(with_script("zh-TW").as_deref(), Some("zh-Hant"));
    }
}
