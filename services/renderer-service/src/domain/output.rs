//! What can be asked for: the kinds of artefact a certificate has.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// One artefact of a certificate. The order is the order of a record's artefacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    Pdf,
    Sig,
    Png,
    Svg,
    Card,
}

/// Never empty; a name given twice counts once.
pub type Outputs = BTreeSet<Output>;

impl Output {
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "pdf" => Self::Pdf,
            "sig" => Self::Sig,
            "png" => Self::Png,
            "svg" => Self::Svg,
            "card" => Self::Card,
            _ => return None,
        })
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Sig => "sig",
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Card => "card",
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Sig => "application/pgp-signature",
            Self::Png | Self::Card => "image/png",
            Self::Svg => "image/svg+xml",
        }
    }

    /// The name an artefact is served under; `pdf_filename` is the operator's choice.
    pub fn filename(self, pdf_filename: &str) -> String {
        match self {
            Self::Pdf => pdf_filename.to_owned(),
            Self::Sig => format!("{pdf_filename}.sig"),
            Self::Png => "preview.png".to_owned(),
            Self::Svg => "preview.svg".to_owned(),
            Self::Card => "card.png".to_owned(),
        }
    }
}
