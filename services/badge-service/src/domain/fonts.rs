//! The fonts that badges are drawn with: bold Noto of many scripts, built into the program.
//!
//! Chinese, Japanese and Korean come in the characters of their basic standards. What no font
//! has is never drawn as empty boxes: the drawing then does without text.

use std::{fmt, sync::Arc};

use resvg::usvg::fontdb::{Database, Source};

/// Fonts to measure and draw text with. Cheap to clone.
#[derive(Clone)]
pub struct Fonts(Arc<Database>);

/// The family that text is set in first; the others fill in what it lacks.
pub const FAMILY: &str = "Noto Sans";

macro_rules! bundled {
    ($($file:literal),+ $(,)?) => {
        [$(include_bytes!(concat!("../../fonts/", $file)).as_slice()),+]
    };
}

impl Fonts {
    /// The fonts in the program itself.
    pub fn bundled() -> Self {
        let mut fonts = Database::new();
        for font in bundled!(
            "NotoSans-Bold-subset.ttf",
            "NotoSansArabic-Bold.ttf",
            "NotoSansHebrew-Bold.ttf",
            "NotoSansDevanagari-Bold.ttf",
            "NotoSansArmenian-Bold.ttf",
            "NotoSansBengali-Bold.ttf",
            "NotoSansEthiopic-Bold.ttf",
            "NotoSansGeorgian-Bold.ttf",
            "NotoSansGujarati-Bold.ttf",
            "NotoSansGurmukhi-Bold.ttf",
            "NotoSansKannada-Bold.ttf",
            "NotoSansKhmer-Bold.ttf",
            "NotoSansLao-Bold.ttf",
            "NotoSansMalayalam-Bold.ttf",
            "NotoSansMyanmar-Bold.ttf",
            "NotoSansSinhala-Bold.ttf",
            "NotoSansTamil-Bold.ttf",
            "NotoSansTelugu-Bold.ttf",
            "NotoSansThai-Bold.ttf",
            "NotoSansSC-Common-subset.ttf",
            "NotoSansJP-Kana-subset.ttf",
            "NotoSansKR-Common-subset.ttf",
        ) {
            fonts.load_font_source(Source::Binary(Arc::new(font)));
        }
        Self(Arc::new(fonts))
    }

    /// These and one more file, which is asked last; what is no font changes nothing.
    #[must_use]
    pub fn with(mut self, font: Vec<u8>) -> Self {
        Arc::make_mut(&mut self.0).load_font_source(Source::Binary(Arc::new(font)));
        self
    }

    /// No fonts at all.
    pub fn none() -> Self {
        Self(Arc::new(Database::new()))
    }

    pub(super) fn database(&self) -> Arc<Database> {
        Arc::clone(&self.0)
    }
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fonts({} faces)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_file_is_a_font_and_rubbish_is_none() {
        assert_eq!(Fonts::bundled().0.len(), 22);
        assert_eq!(Fonts::none().with(b"rubbish".to_vec()).0.len(), 0);
    }
}
