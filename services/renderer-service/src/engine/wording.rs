//! A template's sentences: found for a locale, their placeholders filled.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use crate::domain::locale::{Direction, lookup_chain};
use crate::domain::record::Warning;

use super::localise::with_script;
use super::package::Package;

/// What a placeholder may name.
pub const PLACEHOLDERS: [&str; 9] =
    ["name", "title", "code", "issuer", "platform", "date", "grade", "hours", "credits"];

/// `locales/<tag>.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locale {
    pub direction: Option<Direction>,
    /// Sentences that all types share.
    #[serde(default)]
    pub labels: Sentences,
    pub types: BTreeMap<String, Sentences>,
}

pub type Sentences = BTreeMap<String, Sentence>;

/// One sentence of the translator.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Sentence {
    Plain(String),
    /// The first whose placeholders all have a value is set.
    Choice(Vec<String>),
    /// By CLDR plural category of the hours.
    Plural(BTreeMap<String, String>),
}

/// The wording a render uses.
pub struct Wording {
    pub locale: Arc<Locale>,
    /// The tag of the file, in which the sentences are.
    pub tag: String,
    pub warning: Option<Warning>,
}

/// Values for placeholders; an absent one drops each sentence that names it.
pub type Values<'a> = BTreeMap<&'a str, String>;

/// The locale files of one package by their tags, each read once.
#[derive(Default)]
pub struct Locales(Mutex<BTreeMap<String, Arc<Locale>>>);

impl Locales {
    /// Finds the wording for a locale: the tag, its shortenings, the same with the language's usual
    /// script, another region of the language, then the template's default with a warning.
    ///
    /// # Errors
    ///
    /// The file that cannot be read, and why.
    pub fn find(&self, package: &Package, locale: &str) -> Result<Wording, String> {
        let tags: Vec<&str> = package
            .files
            .keys()
            .filter_map(|path| path.strip_prefix("locales/")?.strip_suffix(".toml"))
            .collect();
        let chain = lookup_chain(locale);
        let tag_like = |wanted: &String| tags.iter().find(|tag| tag.eq_ignore_ascii_case(wanted));
        let found = chain
            .iter()
            .find_map(tag_like)
            .or_else(|| tag_like(&with_script(locale)?))
            .or_else(|| other_region(&tags, &chain));
        let default = package.manifest.default_locale.as_str();
        let tag = found.copied().unwrap_or(default);
        let warning = found.is_none().then(|| Warning {
            code: "locale_fallback".to_owned(),
            message: format!("the template has no wording for {locale}; {default} is used"),
        });
        Ok(Wording { locale: self.file(package, tag)?, tag: tag.to_owned(), warning })
    }

    fn file(&self, package: &Package, tag: &str) -> Result<Arc<Locale>, String> {
        // No code panics while it holds the lock, and the map is whole between statements.
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(locale) = read.get(tag) {
            return Ok(Arc::clone(locale));
        }
        let locale = Arc::new(read_file(package, tag)?);
        read.insert(tag.to_owned(), Arc::clone(&locale));
        Ok(locale)
    }
}

fn read_file(package: &Package, tag: &str) -> Result<Locale, String> {
    let path = format!("locales/{tag}.toml");
    let file = package.files.get(&path).ok_or_else(|| format!("{path}: is missing"))?;
    let text = std::str::from_utf8(file).map_err(|_| format!("{path}: is not UTF-8"))?;
    toml::from_str(text).map_err(|error| format!("{path}: {}", error.message()))
}

/// `pt` and `pt-PT` read `pt-BR` rather than English, but never another script.
fn other_region<'a>(tags: &'a [&'a str], chain: &[String]) -> Option<&'a &'a str> {
    let language = chain.first()?.split('-').next()?;
    let script = with_script(chain.first()?);
    tags.iter().find(|tag| tag.split('-').next() == Some(language) && with_script(tag) == script)
}

/// A sentence with its placeholders filled; nothing if one of them has no value.
pub fn fill(sentence: &Sentence, plural: &str, values: &Values<'_>) -> Option<String> {
    match sentence {
        Sentence::Plain(text) => fill_text(text, values),
        Sentence::Choice(texts) => texts.iter().find_map(|text| fill_text(text, values)),
        Sentence::Plural(forms) => forms
            .get(plural)
            .or_else(|| forms.get("other"))
            .and_then(|text| fill_text(text, values)),
    }
}

fn fill_text(text: &str, values: &Values<'_>) -> Option<String> {
    let mut filled = String::with_capacity(text.len() + 32);
    for part in parts(text) {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Brace(brace) => filled.push(brace),
            Part::Placeholder(name) => filled.push_str(values.get(name)?),
        }
    }
    Some(filled)
}

/// A piece of a sentence.
#[derive(Debug, PartialEq, Eq)]
pub enum Part<'a> {
    Text(&'a str),
    Placeholder(&'a str),
    Brace(char),
}

/// Takes a sentence apart. A doubled brace is a brace; a lone one is text.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        if at > 0 {
            parts.push(Part::Text(&rest[..at]));
        }
        let found = &rest[at..];
        let brace = if found.starts_with('{') { '{' } else { '}' };
        if found[1..].starts_with(brace) {
            parts.push(Part::Brace(brace));
            rest = &found[2..];
        } else if let Some(end) = found.find('}').filter(|_| brace == '{') {
            parts.push(Part::Placeholder(&found[1..end]));
            rest = &found[end + 1..];
        } else {
            parts.push(Part::Brace(brace));
            rest = &found[1..];
        }
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(locale: &str) -> (String, bool) {
        let wording = Locales::default().find(&Package::classic(), locale).unwrap();
        (wording.tag, wording.warning.is_some())
    }

    #[test]
    fn a_locale_falls_back_step_by_step() {
        assert_eq!(tag("en-GB"), ("en".to_owned(), false));
        assert_eq!(tag("zh-Hans-CN"), ("zh-Hans".to_owned(), false));
        assert_eq!(tag("zh-CN"), ("zh-Hans".to_owned(), false));
        assert_eq!(tag("pt-PT"), ("pt-BR".to_owned(), false));
        assert_eq!(tag("zh-TW"), ("en".to_owned(), true));
        assert_eq!(tag("tlh"), ("en".to_owned(), true));
    }

    #[test]
    fn a_sentence_without_a_value_gives_way_to_the_next() {
        let values = Values::from([("issuer", "Example University".to_owned())]);
        let choice =
            Sentence::Choice(vec!["{issuer} on {platform}".into(), "{issuer} {{x}}".into()]);
        assert_eq!(fill(&choice, "other", &values).unwrap(), "Example University {x}");
        assert_eq!(fill(&Sentence::Plain("{grade}".into()), "other", &values), None);
    }

    #[test]
    fn values_are_never_read_as_placeholders() {
        let values = Values::from([("name", "{title}".to_owned())]);
        assert_eq!(fill(&Sentence::Plain("{name}".into()), "other", &values).unwrap(), "{title}");
    }

    #[test]
    fn every_locale_words_what_the_default_words_and_knows_its_placeholders() {
        let package = Package::classic();
        let locales = Locales::default();
        let default = locales.find(&package, "en").unwrap().locale;
        for path in package.files.keys().filter(|path| path.starts_with("locales/")) {
            let tag = path.trim_start_matches("locales/").trim_end_matches(".toml");
            let locale = locales.find(&package, tag).unwrap().locale;
            assert!(locale.labels.keys().eq(default.labels.keys()), "{path}: labels");
            for kind in &package.manifest.types {
                let have = &locale.types[kind];
                assert!(have.keys().eq(default.types[kind].keys()), "{path}: {kind}");
            }
            let sentences =
                locale.labels.values().chain(locale.types.values().flat_map(|t| t.values()));
            for sentence in sentences {
                let texts: Vec<_> = match sentence {
                    Sentence::Plain(text) => vec![text],
                    Sentence::Choice(texts) => texts.iter().collect(),
                    Sentence::Plural(forms) => forms.values().collect(),
                };
                for part in texts.iter().flat_map(|text| parts(text)) {
                    if let Part::Placeholder(name) = part {
                        assert!(PLACEHOLDERS.contains(&name), "{path}: {name}");
                    }
                }
            }
        }
    }
}
