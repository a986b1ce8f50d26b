//! The words of the pages in every language that has them, and the choice between languages.
//!
//! Whoever adds a language writes a file in `locales/` and a line in [`LOCALES`]; a missing or
//! misspelt key fails the tests.

mod language;
mod sentence;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

pub use self::language::Language;
pub use self::sentence::Sentence;

/// What every language falls back to.
pub const FALLBACK: &str = "en";

const LOCALES: [(&str, &str); 10] = [
    ("en", include_str!("locales/en.toml")),
    ("es", include_str!("locales/es.toml")),
    ("fr", include_str!("locales/fr.toml")),
    ("de", include_str!("locales/de.toml")),
    ("pt-br", include_str!("locales/pt-br.toml")),
    ("ar", include_str!("locales/ar.toml")),
    ("he", include_str!("locales/he.toml")),
    ("hi", include_str!("locales/hi.toml")),
    ("zh-cn", include_str!("locales/zh-cn.toml")),
    ("vi", include_str!("locales/vi.toml")),
];

/// Names under which a file is found beside its own; the first part of a longer tag counts too.
const ALSO: [(&str, &str); 5] =
    [("pt", "pt-br"), ("zh", "zh-cn"), ("zh-hans", "zh-cn"), ("zh-sg", "zh-cn"), ("iw", "he")];

/// Tags that begin like a language we have and are read by people who would not call it theirs.
const NOT_OURS: [&str; 4] = ["zh-hant", "zh-tw", "zh-hk", "zh-mo"];

#[expect(clippy::expect_used, reason = "the locales are built in and parsed by every test")]
static WORDINGS: LazyLock<BTreeMap<&'static str, Wording>> = LazyLock::new(|| {
    let parse = |source| toml::from_str(source).expect("a built-in locale");
    LOCALES.into_iter().map(|(tag, source)| (tag, parse(source))).collect()
});

/// The words for this tag (lower case, dashes): its own, or those of its language.
fn find(tag: &str) -> Option<&'static Wording> {
    let starts_with = |begin: &str| {
        tag.strip_prefix(begin).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    if NOT_OURS.into_iter().any(starts_with) {
        return None;
    }
    let own = LOCALES.into_iter().map(|(name, _)| (name, name)).chain(ALSO);
    let (_, name) =
        own.filter(|(begin, _)| starts_with(begin)).max_by_key(|(begin, _)| begin.len())?;
    WORDINGS.get(name)
}

/// All words of one language.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    pub credential: CredentialWords,
    pub sheet: SheetWords,
    pub actions: ActionWords,
    pub banner: BannerWords,
    pub check: CheckWords,
    pub badge: BadgeWords,
    pub frame: FrameWords,
    pub notices: NoticeWords,
}

/// What the document is called, by mode.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialWords {
    pub course: String,
    pub verified: String,
    pub honor: String,
    pub professional: String,
    pub masters: String,
    pub program: String,
}

/// What stands on the certificate itself.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SheetWords {
    pub lead: String,
    pub achieved_course: String,
    pub achieved_program: String,
    pub offered_course: Sentence,
    pub offered_program: Sentence,
    pub offered_by_platform: Sentence,
    pub issued: Sentence,
    pub month_and_year: Sentence,
    /// Where the language wants more than the calendar data gives.
    pub full_date: Option<Sentence>,
    pub certificate_id: String,
    pub verify_at: Sentence,
    pub signature_of: Sentence,
    pub hours_of_effort: HoursWords,
}

/// One sentence for each plural form that the language has; `other` for the rest.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HoursWords {
    pub zero: Option<Sentence>,
    pub one: Option<Sentence>,
    pub two: Option<Sentence>,
    pub few: Option<Sentence>,
    pub many: Option<Sentence>,
    pub other: Sentence,
}

/// Print and PDF.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ActionWords {
    pub heading: String,
    pub print: String,
    pub download_pdf: String,
    pub pdf_preparing: String,
    pub pdf_failed: String,
}

/// What only the owner and staff see.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BannerWords {
    pub congratulations: Sentence,
    pub invitation: String,
    pub staff: String,
    pub linkedin: String,
    pub twitter: String,
    pub facebook: String,
    pub share_text: Sentence,
}

/// For the stranger who wants to know whether to believe the page.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CheckWords {
    pub heading: String,
    pub valid: String,
    pub explanation: Sentence,
    pub awarded_to: String,
    pub issued_on: String,
    pub address: String,
}

/// The Open Badge of the same achievement.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BadgeWords {
    pub heading: String,
    pub explanation: String,
    pub view: String,
    pub verify: String,
}

/// Header, footer and the one sentence for search engines and social networks.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FrameWords {
    pub skip: String,
    pub help: String,
    pub terms: String,
    pub privacy: String,
    pub description: Sentence,
}

/// Pages that stand where no certificate can be shown.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeWords {
    pub not_found_title: String,
    pub not_found_text: String,
    pub no_page_title: String,
    pub no_page_text: String,
    pub not_allowed_title: String,
    pub not_allowed_text: String,
    pub revoked_title: String,
    pub revoked_text: String,
    pub unavailable_title: String,
    pub unavailable_text: String,
    pub nameless_title: String,
    pub nameless_text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every key of a wording with its text.
    fn texts(wording: &Wording) -> BTreeMap<String, String> {
        let value = serde_json::to_value(wording).expect("words are strings");
        let groups = value.as_object().expect("a table").clone();
        let flatten = |(group, words): (String, serde_json::Value)| {
            let words = words.as_object().expect("a table").clone();
            let is_text = |(key, text): (String, serde_json::Value)| {
                text.as_str().map(|text| (format!("{group}.{key}"), text.to_owned()))
            };
            words.into_iter().filter_map(is_text).collect::<Vec<_>>()
        };
        groups.into_iter().flat_map(flatten).collect()
    }

    /// The one pattern that may be the same as in English, and may use other blanks.
    const OF_DATES: &str = "sheet.month_and_year";

    fn blanks(text: &str) -> Vec<&str> {
        let mut blanks: Vec<_> =
            text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
        blanks.sort_unstable();
        blanks
    }

    #[test]
    fn every_language_says_everything_with_the_same_blanks() {
        let english = texts(&WORDINGS[FALLBACK]);
        for (tag, wording) in WORDINGS.iter() {
            let own = texts(wording);
            for (key, text) in &english {
                let translated = &own[key];
                assert!(!translated.trim().is_empty(), "{tag} {key}");
                let same_blanks = blanks(translated) == blanks(text);
                assert!(key == OF_DATES || same_blanks, "{tag} {key}");
            }
        }
    }

    #[test]
    fn no_language_leaves_an_english_sentence_standing() {
        let english = texts(&WORDINGS[FALLBACK]);
        for (tag, wording) in WORDINGS.iter().filter(|(tag, _)| **tag != FALLBACK) {
            for (key, text) in texts(wording) {
                assert!(key == OF_DATES || english.get(&key) != Some(&text), "{tag} {key}");
            }
        }
    }

    #[test]
    fn longer_and_older_tags_find_their_language() {
        let lead = |tag| find(tag).map(|wording| wording.sheet.lead.clone());
        assert_eq!(lead("es-419"), lead("es"));
        assert_eq!(lead("pt"), lead("pt-br"));
        assert_eq!(lead("pt-pt"), lead("pt-br"));
        assert_eq!(lead("zh-hans-sg"), lead("zh-cn"));
        assert_eq!(lead("iw"), lead("he"));
        assert_eq!(lead("zh-tw"), None);
        assert_eq!(lead("est"), None);
        assert_eq!(lead("fa"), None);
    }
}
