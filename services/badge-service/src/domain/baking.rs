//! Writing an assertion into its picture, and reading it back.
//!
//! Contract badges §5. A baked picture is a convenience: verifiers of a hosted badge fetch the
//! document that it names, so nothing here is trusted.

pub mod png;
pub mod svg;

use crate::domain::image::BadgeImage;

/// The two places for badge data in a picture. One picture may carry both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// Open Badges 1 and 2.
    OpenBadges,
    /// Open Badges 3.
    OpenBadgeCredential,
}

/// What was found in a picture: a JSON document, a compact JWS, or (oldest) an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unbaked {
    pub slot: Slot,
    pub text: String,
}

/// Why a picture cannot be baked or unbaked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BakingError {
    #[error("the picture is not a well-formed PNG")]
    BrokenPng,
    #[error("the picture is not a well-formed SVG")]
    BrokenSvg,
    #[error("the picture or its badge data is too large")]
    TooLarge,
}

/// The most badge data read or written: a long JSON-LD credential has some 50 KB.
pub const MAX_TEXT_BYTES: usize = 1 << 20;

/// The largest picture looked into.
pub const MAX_IMAGE_BYTES: usize = 16 << 20;

impl Slot {
    /// The keyword of the PNG chunk.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::OpenBadges => "openbadges",
            Self::OpenBadgeCredential => "openbadgecredential",
        }
    }

    /// The XML namespace of the SVG element.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::OpenBadges => "http://openbadges.org",
            Self::OpenBadgeCredential => "https://purl.imsglobal.org/ob/v3p0",
        }
    }
}

/// Writes a hosted Open Badges 2 assertion into a picture, in place of any older one.
///
/// `verify` is the assertion's address; a PNG has no place for it beside the document.
pub fn bake(image: &BadgeImage, json: &str, verify: &str) -> Result<BadgeImage, BakingError> {
    match image {
        BadgeImage::Png(bytes) => png::bake(bytes, Slot::OpenBadges, json).map(BadgeImage::Png),
        BadgeImage::Svg(text) => svg::bake(text, json, verify).map(BadgeImage::Svg),
    }
}

/// All badge data in a PNG or SVG, Open Badges 3 last.
pub fn unbake(bytes: &[u8]) -> Result<Vec<Unbaked>, BakingError> {
    if bytes.len() > MAX_IMAGE_BYTES {
        return Err(BakingError::TooLarge);
    }
    let mut found = if bytes.starts_with(png::SIGNATURE) {
        png::unbake(bytes)?
    } else {
        svg::unbake(std::str::from_utf8(bytes).map_err(|_| BakingError::BrokenSvg)?)?
    };
    found.sort_by_key(|unbaked| unbaked.slot == Slot::OpenBadgeCredential);
    Ok(found)
}
