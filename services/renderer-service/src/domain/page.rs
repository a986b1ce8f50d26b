//! The four sheets a certificate is set on.

use serde::{Deserialize, Serialize};

/// Paper size and orientation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageFormat {
    A4Landscape,
    LetterLandscape,
    A4Portrait,
    LetterPortrait,
}

impl PageFormat {
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "a4-landscape" => Self::A4Landscape,
            "letter-landscape" => Self::LetterLandscape,
            "a4-portrait" => Self::A4Portrait,
            "letter-portrait" => Self::LetterPortrait,
            _ => return None,
        })
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A4Landscape => "a4-landscape",
            Self::LetterLandscape => "letter-landscape",
            Self::A4Portrait => "a4-portrait",
            Self::LetterPortrait => "letter-portrait",
        }
    }

    /// Width and height in millimetres.
    pub const fn size_mm(self) -> (f64, f64) {
        match self {
            Self::A4Landscape => (297.0, 210.0),
            Self::A4Portrait => (210.0, 297.0),
            Self::LetterLandscape => (279.4, 215.9),
            Self::LetterPortrait => (215.9, 279.4),
        }
    }
}
