//! The words of the pages, in the languages that the bundled templates speak.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::domain::dates::Day;
use crate::domain::locale::{Direction, direction_of_language, lookup_chain};
use crate::engine::localise::{Localiser, with_script};

/// The language of those for whom there are no words.
const FALLBACK: &str = "en";

macro_rules! languages {
    ($($tag:literal)*) => {
        [$(($tag, include_str!(concat!("locales/", $tag, ".toml")))),*]
    };
}

static LANGUAGES: [(&str, &str); 12] =
    languages!["ar" "de" "en" "es" "fr" "he" "hi" "ja" "pt-BR" "ru" "vi" "zh-Hans"];

/// What a page says in one language.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wording {
    pub service: String,
    pub skip: String,
    pub valid: String,
    pub valid_sentence: String,
    pub expired: String,
    pub expired_sentence: String,
    pub revoked: String,
    pub revoked_sentence: String,
    pub revoked_on: String,
    pub reason: String,
    pub superseded: String,
    pub superseded_sentence: String,
    pub shown_elsewhere: String,
    pub shown_elsewhere_sentence: String,
    pub current: String,
    pub name: String,
    pub title: String,
    pub code: String,
    pub issuer: String,
    pub issued: String,
    pub expires: String,
    pub number: String,
    pub elsewhere: String,
    pub document: String,
    pub open: String,
    pub compare: String,
    pub checked: String,
    pub missing: String,
    pub missing_sentence: String,
    pub missing_advice: String,
}

#[expect(clippy::expect_used, reason = "the words are built in and read by every test")]
static WORDINGS: LazyLock<Vec<(&str, Wording)>> = LazyLock::new(|| {
    let read = |text| toml::from_str(text).expect("built-in words");
    LANGUAGES.iter().map(|(tag, text)| (*tag, read(text))).collect()
});

/// The language of one page.
#[derive(Clone, Debug)]
pub struct Language {
    tag: String,
    wording: &'static Wording,
}

impl Language {
    /// The first of these tags for which there are words, else English.
    #[expect(clippy::expect_used, reason = "English is built in")]
    pub fn choose<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        tags.into_iter().find_map(Self::of).or_else(|| Self::of(FALLBACK)).expect("English")
    }

    /// The tag, its shortenings, the usual script of the language, then another region of it.
    fn of(tag: &str) -> Option<Self> {
        let mut chain = lookup_chain(tag);
        chain.extend(with_script(tag));
        let named =
            |wanted: &String| WORDINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(wanted));
        let script = with_script(tag);
        let other_region =
            || WORDINGS.iter().find(|(known, _)| script.is_some() && with_script(known) == script);
        let (_, wording) = chain.iter().find_map(named).or_else(other_region)?;
        Some(Self { tag: tag.to_owned(), wording })
    }

    pub(super) fn words(&self) -> &'static Wording {
        self.wording
    }

    /// For the attribute `lang`.
    pub(super) fn tag(&self) -> &str {
        &self.tag
    }

    /// For the attribute `dir`.
    pub(super) fn direction(&self) -> &'static str {
        match direction_of_language(&self.tag) {
            Direction::Ltr => "ltr",
            Direction::Rtl => "rtl",
        }
    }

    pub(super) fn date(&self, day: Day) -> String {
        Localiser::new(&self.tag).date(day).unwrap_or_else(|| day.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(tags: &[&str]) -> (String, &'static str) {
        let language = Language::choose(tags.iter().copied());
        (language.tag().to_owned(), language.words().valid.as_str())
    }

    #[test]
    fn a_language_is_found_by_its_tag_or_a_shorter_one() {
        assert_eq!(chosen(&["de-AT"]), ("de-AT".to_owned(), "Gültig"));
        assert_eq!(chosen(&["zh-CN"]), ("zh-CN".to_owned(), "有效"));
        assert_eq!(chosen(&["pt-PT"]), ("pt-PT".to_owned(), "Válido"));
        assert_eq!(chosen(&["tlh", "fr"]), ("fr".to_owned(), "Valide"));
        assert_eq!(chosen(&["zh-TW", ""]), ("en".to_owned(), "Valid"));
    }

    #[test]
    fn every_language_says_everything_in_its_own_words() {
        let english = Language::choose(["en"]).words();
        for (tag, wording) in WORDINGS.iter().filter(|(tag, _)| *tag != "en") {
            let (theirs, ours) =
                (serde_json::to_value(wording).unwrap(), serde_json::to_value(english).unwrap());
            for (key, words) in theirs.as_object().unwrap() {
                let words = words.as_str().unwrap();
                assert!(!words.trim().is_empty(), "{tag}: {key}");
                let may_be_alike = ["code"].contains(&key.as_str());
                assert!(may_be_alike || ours[key] != words, "{tag}: {key}");
            }
        }
    }
}
