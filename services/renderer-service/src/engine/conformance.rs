//! Which PDF standards a document promises to keep.

use serde::{Deserialize, Serialize};
use typst_pdf::{PdfStandard, PdfStandards};

/// `pdf.conformance`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Conformance {
    /// PDF/UA-1 and PDF/A-2a at once.
    #[default]
    #[serde(rename = "ua1+a2a")]
    Ua1A2a,
    #[serde(rename = "ua1")]
    Ua1,
    #[serde(rename = "a2a")]
    A2a,
    #[serde(rename = "a2u")]
    A2u,
    #[serde(rename = "a2b")]
    A2b,
    #[serde(rename = "none")]
    None,
}

impl Conformance {
    /// What the exporter has to keep. An attachment needs part 3 of PDF/A instead of part 2.
    #[expect(clippy::expect_used, reason = "the lists are fixed, and a test tries each")]
    pub fn standards(self, has_attachment: bool) -> PdfStandards {
        use PdfStandard::{A_2a, A_2b, A_2u, A_3a, A_3b, A_3u, Ua_1};

        let list: &[PdfStandard] = match (self, has_attachment) {
            (Self::Ua1A2a, false) => &[A_2a, Ua_1],
            (Self::Ua1A2a, true) => &[A_3a, Ua_1],
            (Self::Ua1, _) => &[Ua_1],
            (Self::A2a, false) => &[A_2a],
            (Self::A2a, true) => &[A_3a],
            (Self::A2u, false) => &[A_2u],
            (Self::A2u, true) => &[A_3u],
            (Self::A2b, false) => &[A_2b],
            (Self::A2b, true) => &[A_3b],
            (Self::None, _) => &[PdfStandard::V_1_7],
        };
        PdfStandards::new(list).expect("each list holds standards that go together")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_can_be_promised_with_and_without_an_attachment() {
        use Conformance::{A2a, A2b, A2u, None, Ua1, Ua1A2a};

        for level in [Ua1A2a, Ua1, A2a, A2u, A2b, None] {
            for has_attachment in [false, true] {
                level.standards(has_attachment);
            }
        }
    }
}
