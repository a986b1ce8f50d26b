//! The fonts: bundled ones, a template's own, and folders of the operator.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use crate::domain::text::is_invisible;

macro_rules! bundle {
    ($($file:literal)*) => {
        &[$(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/", $file))),*]
    };
}

/// In fallback order: what an earlier file has is never taken from a later one, except that text
/// without serifs prefers families without them.
static BUNDLED: &[&[u8]] = bundle![
    "NotoSerif-Regular.ttf" "NotoSerif-Bold.ttf" "NotoSerif-Italic.ttf"
    "NotoSerifDisplay-Regular.ttf"
    "NotoSans-Regular.ttf" "NotoSans-Bold.ttf"
    "NotoNaskhArabic-Regular.ttf" "NotoNaskhArabic-Bold.ttf"
    "NotoSerifHebrew-Regular.ttf" "NotoSansHebrew-Regular.ttf"
    "NotoSerifDevanagari-Regular.ttf" "NotoSansDevanagari-Regular.ttf"
    "NotoSerifBengali-Regular.ttf" "NotoSerifGurmukhi-Regular.ttf"
    "NotoSerifGujarati-Regular.ttf" "NotoSansOriya-Regular.ttf"
    "NotoSerifTamil-Regular.ttf" "NotoSerifTelugu-Regular.ttf"
    "NotoSerifKannada-Regular.ttf" "NotoSerifMalayalam-Regular.ttf"
    "NotoSerifSinhala-Regular.ttf" "NotoSerifThai-Regular.ttf"
    "NotoSerifLao-Regular.ttf" "NotoSerifKhmer-Regular.ttf"
    "NotoSerifMyanmar-Regular.ttf" "NotoSerifGeorgian-Regular.ttf"
    "NotoSerifArmenian-Regular.ttf" "NotoSerifEthiopic-Regular.ttf"
    "NotoSansThaana-Regular.ttf" "NotoSansNKo-Regular.ttf"
    "NotoSansTifinagh-Regular.ttf" "NotoSansCherokee-Regular.ttf"
    "NotoSansCanadianAboriginal-Regular.ttf" "NotoSansAdlam-Regular.ttf"
    "cjk/NotoSansSC-Han-subset.ttf" "cjk/NotoSansJP-Basic-subset.ttf"
    "cjk/NotoSansKR-Hangul-subset.ttf"
    "NotoSansSymbols-Regular.ttf" "NotoSansMath-Regular.ttf" "NotoEmoji-Regular.ttf"
];

/// The Japanese forms of the Han characters of daily use.
const JAPANESE: &str = "Noto Sans JP Basic";

/// What a text is set in, before fallback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Display,
    Serif,
    Sans,
}

impl Style {
    const fn family(self) -> &'static str {
        match self {
            Self::Display => "Noto Serif Display",
            Self::Serif => "Noto Serif",
            Self::Sans => "Noto Sans",
        }
    }
}

/// Fonts in fallback order, and which characters each has.
pub struct FontSet {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    coverage: Vec<Coverage>,
}

/// Sorted, disjoint, inclusive ranges of code points.
struct Coverage(Vec<(u32, u32)>);

impl FontSet {
    /// The bundled fonts, parsed once a process.
    pub fn bundled() -> Arc<Self> {
        static SET: LazyLock<Arc<FontSet>> = LazyLock::new(|| {
            let fonts = BUNDLED.iter().flat_map(|file| Font::iter(Bytes::new(*file)));
            Arc::new(FontSet::new(fonts.collect()))
        });
        Arc::clone(&SET)
    }

    fn new(fonts: Vec<Font>) -> Self {
        let coverage = fonts.iter().map(Coverage::of).collect();
        Self { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts, coverage }
    }

    /// This set with a template's fonts before it.
    pub fn with_first(&self, files: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let own = files.into_iter().flat_map(|file| Font::iter(Bytes::new(file)));
        Self::new(own.chain(self.fonts.iter().cloned()).collect())
    }

    /// This set with the fonts of folders after it.
    ///
    /// Only TrueType outlines: others break rules of PDF/A. A folder that cannot be read adds
    /// nothing; characters that only it has are then reported as missing.
    pub fn with_folders(&self, folders: &[impl AsRef<Path>]) -> Self {
        let mut files: Vec<_> = folders
            .iter()
            .filter_map(|folder| std::fs::read_dir(folder).ok())
            .flat_map(|entries| entries.filter_map(Result::ok).map(|entry| entry.path()))
            .filter(|path| {
                path.extension().is_some_and(|end| end == "ttf" || end == "ttc" || end == "otf")
            })
            .collect();
        files.sort();
        let more = files
            .iter()
            .filter_map(|path| std::fs::read(path).ok())
            .flat_map(|file| Font::iter(Bytes::new(file)))
            .filter(has_truetype_outlines);
        Self::new(self.fonts.iter().cloned().chain(more).collect())
    }

    pub fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    pub fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    pub fn fonts(&self) -> &[Font] {
        &self.fonts
    }

    /// The characters that no font has, each once, in the order of the text.
    pub fn missing(&self, text: &str) -> Vec<char> {
        let mut missing = Vec::new();
        for character in text.chars().filter(|&character| !is_invisible(character)) {
            let is_covered = self.coverage.iter().any(|ranges| ranges.contains(character));
            if !is_covered && !missing.contains(&character) {
                missing.push(character);
            }
        }
        missing
    }

    /// The families that setting this text needs, best first.
    ///
    /// A short list: each family on it that lacks a character costs a round of shaping.
    pub fn families(&self, style: Style, language: &str, text: &str) -> Vec<String> {
        // Most texts need no other family: then there is nothing to put in order.
        let order = OnceCell::new();
        let mut families = vec![style.family().to_owned()];
        let mut chosen = vec![self.index_of(style.family())];
        for character in text.chars().filter(|&character| !is_invisible(character)) {
            let covers =
                |index: &usize| self.coverage.get(*index).is_some_and(|c| c.contains(character));
            if chosen.iter().flatten().any(covers) {
                continue;
            }
            let order = order.get_or_init(|| self.order(style, is_japanese(language, text)));
            if let Some(&index) = order.iter().find(|index| covers(index)) {
                let family = self.fonts[index].info().family.as_str();
                chosen.push(Some(index));
                families.push(family.to_owned());
            }
        }
        families
    }

    fn order(&self, style: Style, japanese: bool) -> Vec<usize> {
        let mut order: Vec<_> = (0..self.fonts.len()).collect();
        order.sort_by_key(|&index| {
            let family = &self.fonts[index].info().family;
            let other_style = match style {
                Style::Sans => family.contains("Serif"),
                Style::Serif | Style::Display => false,
            };
            (!(japanese && family == JAPANESE), other_style)
        });
        order
    }

    fn index_of(&self, family: &str) -> Option<usize> {
        self.fonts.iter().position(|font| font.info().family == family)
    }
}

impl Coverage {
    fn of(font: &Font) -> Self {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for point in font.info().coverage.iter() {
            match ranges.last_mut() {
                Some((_, end)) if *end + 1 == point => *end = point,
                _ => ranges.push((point, point)),
            }
        }
        Self(ranges)
    }

    fn contains(&self, character: char) -> bool {
        let point = u32::from(character);
        let after = self.0.partition_point(|&(start, _)| start <= point);
        after > 0 && self.0[after - 1].1 >= point
    }
}

/// Kana show a text to be Japanese where its language is not given.
fn is_japanese(language: &str, text: &str) -> bool {
    language == "ja"
        || language.starts_with("ja-")
        || text.chars().any(|character| matches!(character, '\u{3041}'..='\u{30FF}'))
}

fn has_truetype_outlines(font: &Font) -> bool {
    font.data().windows(4).take(4096).any(|tag| tag == b"glyf")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_scripts_are_covered() {
        let names = "Nguyễn Ελένη Наталія فاطمة שירה प्रिया প্রিয়া ਪ੍ਰੀਤ પ્રિયા ପ୍ରିୟା பிரியா ప్రియ ಪ್ರಿಯ പ്രിയ \
                     ප්‍රියා สมชาย ສົມ សុខា မောင် ნინო Անի አበበ 张伟 佐藤さくら 김민준 🎓";
        assert_eq!(FontSet::bundled().missing(names), Vec::<char>::new());
    }

    #[test]
    fn what_no_font_has_is_named_once() {
        assert_eq!(FontSet::bundled().missing("a\u{12000}b\u{12000}"), ['\u{12000}']);
    }

    #[test]
    fn a_family_is_listed_only_where_it_is_needed() {
        let fonts = FontSet::bundled();
        assert_eq!(fonts.families(Style::Serif, "en", "Ada"), ["Noto Serif"]);
        assert_eq!(fonts.families(Style::Sans, "he", "שירה"), ["Noto Sans", "Noto Sans Hebrew"]);
    }

    #[test]
    fn han_characters_take_the_form_of_the_language() {
        let fonts = FontSet::bundled();
        assert!(
            fonts.families(Style::Serif, "zh-Hans", "直").contains(&"Noto Sans SC Han".to_owned())
        );
        assert!(fonts.families(Style::Serif, "ja", "直").contains(&JAPANESE.to_owned()));
        assert!(fonts.families(Style::Serif, "en", "直さくら").contains(&JAPANESE.to_owned()));
    }
}
