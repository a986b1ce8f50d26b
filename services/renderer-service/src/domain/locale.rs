//! Language tags and the direction they are written in.

use language_tags::LanguageTag;
use serde::{Deserialize, Serialize};

/// Which way a text runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Ltr,
    Rtl,
}

/// A well-formed BCP 47 tag in its usual letter case (`zh-Hans`, `en-GB`).
pub fn parse_tag(text: &str) -> Option<String> {
    if text.len() > 64 {
        return None;
    }
    let tag = LanguageTag::parse(text).ok()?;
    Some(tag.into_string())
}

/// The tag and its shortenings, longest first: `zh-Hans-CN`, `zh-Hans`, `zh`.
///
/// Extensions (`-u-nu-latn`) say how to write, not in which language, and are left out.
pub fn lookup_chain(tag: &str) -> Vec<String> {
    let language_part = ["-u-", "-x-", "-t-"]
        .iter()
        .filter_map(|mark| tag.find(mark))
        .min()
        .map_or(tag, |end| &tag[..end]);
    let mut chain = vec![language_part.to_owned()];
    let mut rest = language_part;
    while let Some((shorter, _)) = rest.rsplit_once('-') {
        chain.push(shorter.to_owned());
        rest = shorter;
    }
    chain
}

/// The direction of a language, by the first part of its tag.
pub fn direction_of_language(tag: &str) -> Direction {
    match tag.split('-').next().unwrap_or_default() {
        "ar" | "arc" | "ckb" | "dv" | "fa" | "he" | "ks" | "ps" | "sd" | "syr" | "ug" | "ur"
        | "yi" => Direction::Rtl,
        _ => Direction::Ltr,
    }
}

/// The direction of the first strong character; the page's where there is none.
pub fn direction_of(text: &str, page: Direction) -> Direction {
    text.chars().find_map(strong_direction).unwrap_or(page)
}

/// Letters of the scripts that run right to left lie in these blocks; all other letters run left
/// to right. Digits and signs have no direction of their own.
fn strong_direction(character: char) -> Option<Direction> {
    match u32::from(character) {
        0x200E => Some(Direction::Ltr),
        0x200F
        | 0x5BE..=0x5F4
        | 0x608..=0x65F
        | 0x66D..=0x6EF
        | 0x6FA..=0x8FF
        | 0xFB1D..=0xFDFF
        | 0xFE70..=0xFEFC
        | 0x10800..=0x10FFF
        | 0x1E800..=0x1EFFF => Some(Direction::Rtl),
        _ if character.is_alphabetic() => Some(Direction::Ltr),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_checked_and_cased() {
        assert_eq!(parse_tag("ZH-hans").as_deref(), Some("zh-Hans"));
        assert_eq!(parse_tag("en_US"), None);
        assert_eq!(parse_tag(""), None);
        assert_eq!(parse_tag("not a tag"), None);
    }

    #[test]
    fn a_tag_is_shortened_step_by_step() {
        assert_eq!(lookup_chain("zh-Hans-CN"), ["zh-Hans-CN", "zh-Hans", "zh"]);
        assert_eq!(lookup_chain("ar-EG-u-nu-latn"), ["ar-EG", "ar"]);
    }

    #[test]
    fn a_language_has_a_direction() {
        assert_eq!(direction_of_language("ar-EG"), Direction::Rtl);
        assert_eq!(direction_of_language("zh-Hans"), Direction::Ltr);
    }

    #[test]
    fn a_name_runs_as_its_first_strong_letter() {
        assert_eq!(direction_of("123 فاطمة", Direction::Ltr), Direction::Rtl);
        assert_eq!(direction_of("Ada فاطمة", Direction::Rtl), Direction::Ltr);
        assert_eq!(direction_of("42", Direction::Rtl), Direction::Rtl);
    }
}
