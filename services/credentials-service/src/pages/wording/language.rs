//! A chosen language: its words, its direction, and how it writes dates, numbers and lists.

use ::web::html::escape;
use chrono::{Datelike, NaiveDate};
use icu_calendar::{Date, Gregorian};
use icu_datetime::{FixedCalendarDateTimeFormatter, fieldsets};
use icu_decimal::{DecimalFormatter, input::Decimal, options::GroupingStrategy};
use icu_list::{ListFormatter, options::ListFormatterOptions};
use icu_locale::{Direction, Locale, LocaleDirectionality};
use icu_plurals::{PluralCategory, PluralRules};
use minijinja::Value;

use super::sentence::isolate;
use super::{FALLBACK, Sentence, Wording, find};

/// The language of one page.
#[derive(Debug, Clone)]
pub struct Language {
    locale: Locale,
    wording: &'static Wording,
}

impl Language {
    /// The configuration's language if there are words for it, else the installation's, else
    /// English. What the viewer's browser asks for does not count: a certificate is a document.
    #[expect(clippy::expect_used, reason = "English is built in")]
    pub fn choose(configured: Option<&str>, default: &str) -> Self {
        configured
            .and_then(Self::of)
            .or_else(|| Self::of(default))
            .or_else(|| Self::of(FALLBACK))
            .expect("a built-in language")
    }

    /// The language of a tag in any spelling: `es_419`, `PT-br`, `zh-Hans`.
    fn of(tag: &str) -> Option<Self> {
        let tag = tag.trim().replace('_', "-").to_ascii_lowercase();
        let wording = find(&tag)?;
        let tag = tag.strip_prefix("iw").map_or(tag.clone(), |rest| format!("he{rest}"));
        Some(Self { locale: Locale::try_from_str(&tag).ok()?, wording })
    }

    pub fn words(&self) -> &'static Wording {
        self.wording
    }

    /// For the attribute `lang`: `es-419`, `pt-BR`.
    pub fn tag(&self) -> String {
        self.locale.to_string()
    }

    /// For Open Graph, which writes `pt_BR`.
    pub fn open_graph_tag(&self) -> String {
        self.tag().replace('-', "_")
    }

    /// For the attribute `dir`: `ltr` or `rtl`.
    pub fn direction(&self) -> &'static str {
        direction(&self.tag())
    }

    /// `March 2025`, `marzo de 2025`: as the language writes it inside a sentence.
    ///
    /// Month and year are put together here: the field set for both panics on Portuguese in
    /// `icu_datetime` 2.4.
    pub fn month_and_year(&self, date: NaiveDate) -> String {
        self.date(date, &self.wording.sheet.month_and_year)
    }

    /// `March 14, 2025`, `14 de marzo de 2025`.
    pub fn full_date(&self, date: NaiveDate) -> String {
        if let Some(sentence) = &self.wording.sheet.full_date {
            return self.date(date, sentence);
        }
        let formatter = FixedCalendarDateTimeFormatter::<Gregorian, _>::try_new(
            self.locale.clone().into(),
            fieldsets::YMD::long(),
        );
        match (formatter, gregorian(date)) {
            (Ok(formatter), Some(day)) => formatter.format(&day).to_string(),
            _ => date.to_string(),
        }
    }

    /// The year alone, in the language's digits.
    pub fn year(&self, date: NaiveDate) -> String {
        self.number(date.year().unsigned_abs())
    }

    fn date(&self, date: NaiveDate, pattern: &Sentence) -> String {
        pattern.text(&[
            ("day", &self.number(date.day())),
            ("month", &self.month(date)),
            ("month_number", &self.number(date.month())),
            ("year", &self.year(date)),
        ])
    }

    fn month(&self, date: NaiveDate) -> String {
        let formatter = FixedCalendarDateTimeFormatter::<Gregorian, _>::try_new(
            self.locale.clone().into(),
            fieldsets::M::long(),
        );
        match (formatter, gregorian(date)) {
            (Ok(formatter), Some(day)) => formatter.format(&day).to_string(),
            _ => date.month().to_string(),
        }
    }

    /// The number in the language's digits, without separators.
    pub fn number(&self, number: u32) -> String {
        let formatter =
            DecimalFormatter::try_new(self.locale.clone().into(), GroupingStrategy::Never.into());
        formatter.map_or_else(
            |_| number.to_string(),
            |formatter| formatter.format(&Decimal::from(number)).to_string(),
        )
    }

    /// `8 hours of effort`, in the plural form that the number takes.
    pub fn hours_of_effort(&self, hours: u32) -> String {
        let words = &self.wording.sheet.hours_of_effort;
        let rules = PluralRules::try_new_cardinal(self.locale.clone().into());
        let category = rules.map_or(PluralCategory::Other, |rules| rules.category_for(hours));
        let form = match category {
            PluralCategory::Zero => &words.zero,
            PluralCategory::One => &words.one,
            PluralCategory::Two => &words.two,
            PluralCategory::Few => &words.few,
            PluralCategory::Many => &words.many,
            PluralCategory::Other => &None,
        };
        let sentence: &Sentence = form.as_ref().unwrap_or(&words.other);
        sentence.text(&[("hours", &self.number(hours))])
    }

    /// `A`, `A and B`, `A, B, and C`.
    pub fn list(&self, names: &[&str]) -> String {
        let formatter =
            ListFormatter::try_new_and(self.locale.clone().into(), ListFormatterOptions::default());
        formatter.map_or_else(
            |_| names.join(", "),
            |formatter| formatter.format(names.iter()).to_string(),
        )
    }

    /// The same list as HTML, each name set apart from the direction of the sentence.
    pub fn html_list(&self, names: &[&str]) -> Value {
        let joined = self.list(names);
        let mut html = String::with_capacity(joined.len() * 2);
        let mut rest = joined.as_str();
        for name in names {
            let Some(start) = rest.find(name) else { continue };
            html.push_str(&escape(&rest[..start]));
            html.push_str(&isolate(name));
            rest = &rest[start + name.len()..];
        }
        html.push_str(&escape(rest));
        Value::from_safe_string(html)
    }
}

/// `rtl` for a language written from right to left, else `ltr`.
pub fn direction(tag: &str) -> &'static str {
    let right_to_left = Locale::try_from_str(tag).is_ok_and(|locale| {
        let direction = LocaleDirectionality::new_common().get(&locale.id);
        matches!(direction, Some(Direction::RightToLeft))
    });
    if right_to_left { "rtl" } else { "ltr" }
}

/// Certificates are dated in the Gregorian calendar whatever the language's own calendar is.
fn gregorian(date: NaiveDate) -> Option<Date<Gregorian>> {
    let (month, day) = (u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    Date::try_new_gregorian(date.year(), month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(tag: &str) -> Language {
        Language::choose(Some(tag), "en")
    }

    #[test]
    fn a_tag_is_understood_in_any_spelling() {
        assert_eq!(language("es_419").tag(), "es-419");
        assert_eq!(language("PT-br").tag(), "pt-BR");
        assert_eq!(language("zh_cn").tag(), "zh-CN");
        assert_eq!(language("zh-hans").tag(), "zh-Hans");
        assert_eq!(language("iw").tag(), "he");
    }

    #[test]
    fn an_unknown_language_gives_the_default_and_then_english() {
        assert_eq!(Language::choose(Some("tlh"), "de").tag(), "de");
        assert_eq!(Language::choose(Some("<script>"), "de").tag(), "de");
        assert_eq!(Language::choose(None, "fr").tag(), "fr");
        assert_eq!(Language::choose(Some(""), "nowhere").tag(), "en");
    }

    #[test]
    fn arabic_hebrew_persian_and_urdu_run_from_right_to_left() {
        for tag in ["ar", "he", "fa", "ur", "ar-EG"] {
            assert_eq!(direction(tag), "rtl", "{tag}");
        }
        for tag in ["en", "es-419", "zh-Hans", "hi", "vi", "", "<"] {
            assert_eq!(direction(tag), "ltr", "{tag}");
        }
    }

    #[test]
    fn months_are_written_as_each_language_writes_them() {
        let day = NaiveDate::from_ymd_opt(2025, 3, 4).expect("a date of the calendar");
        let written = [
            ("en", "March 2025", "March 4, 2025"),
            ("es", "marzo de 2025", "4 de marzo de 2025"),
            ("es-419", "marzo de 2025", "4 de marzo de 2025"),
            ("fr", "mars 2025", "4 mars 2025"),
            ("de", "März 2025", "4. März 2025"),
            ("pt-br", "março de 2025", "4 de março de 2025"),
            ("ar", "مارس 2025", "4 مارس 2025"),
            ("ar-eg", "مارس ٢٠٢٥", "٤ مارس ٢٠٢٥"),
            ("he", "מרץ 2025", "4 במרץ 2025"),
            ("hi", "मार्च 2025", "4 मार्च, 2025"),
            ("zh-cn", "2025年3月", "2025年3月4日"),
            ("vi", "tháng 3 năm 2025", "ngày 4 tháng 3 năm 2025"),
        ];
        for (tag, month, date) in written {
            assert_eq!(language(tag).month_and_year(day), month, "{tag}");
            assert_eq!(language(tag).full_date(day), date, "{tag}");
        }
    }

    #[test]
    fn hours_take_the_plural_of_their_language() {
        assert_eq!(language("en").hours_of_effort(1), "1 hour of effort");
        assert_eq!(language("en").hours_of_effort(1200), "1200 hours of effort");
        assert_eq!(language("ar").hours_of_effort(2), "ساعتان من الدراسة");
        assert_eq!(language("ar").hours_of_effort(3), "3 ساعات من الدراسة");
        assert_eq!(language("ar").hours_of_effort(11), "11 ساعة من الدراسة");
        assert_eq!(language("he").hours_of_effort(2), "שעתיים של לימוד");
    }

    #[test]
    fn organizations_are_joined_as_a_sentence() {
        let english = language("en");
        assert_eq!(english.list(&["A"]), "A");
        assert_eq!(english.list(&["A", "B"]), "A and B");
        assert_eq!(english.list(&["A", "B", "C"]), "A, B, and C");
        assert_eq!(language("es").list(&["A", "B", "C"]), "A, B y C");
        assert_eq!(language("zh-cn").list(&["甲", "乙", "丙"]), "甲、乙和丙");
    }

    #[test]
    fn each_name_of_a_list_is_escaped_and_set_apart() {
        let html = language("en").html_list(&["A&B", "<i>"]).to_string();
        assert_eq!(html, "<bdi>A&amp;B</bdi> and <bdi>&lt;i&gt;</bdi>");
    }
}
