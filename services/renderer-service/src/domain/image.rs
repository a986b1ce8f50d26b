//! Pictures in a request: references to them, and whether the bytes are a picture at all.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::violation::{Code, Report};

/// The largest picture file.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// The largest picture: width times height.
pub const MAX_PIXELS: u64 = 25_000_000;

/// Pictures whose check is remembered, by digest.
const REMEMBERED: usize = 1024;

/// Stored pictures by the lower-case hexadecimal SHA-256 of their bytes.
pub type Assets = HashMap<String, Arc<[u8]>>;

/// Where a picture stands on the certificate; the file name under which a template sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// `issuer-logo`, `platform-logo`, `background` or `signature-<n>` from 0.
    pub slot: String,
    pub bytes: Arc<[u8]>,
}

/// A reference in a request, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub enum ImageRef {
    Asset(String),
    Inline(Vec<u8>),
}

impl ImageRef {
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(hash) = text.strip_prefix("asset:sha256-") {
            let is_hash =
                hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            return is_hash.then(|| Self::Asset(hash.to_owned()));
        }
        let (media_type, body) = text.strip_prefix("data:")?.split_once(";base64,")?;
        if !matches!(media_type, "image/png" | "image/jpeg" | "image/svg+xml") {
            return None;
        }
        STANDARD.decode(body).ok().map(Self::Inline)
    }
}

/// The hashes of all assets that a request names, wherever they stand.
///
/// For callers that must fetch them before [`super::RenderRequest::parse`]. Bounded by the size
/// of the request.
pub fn asset_hashes(value: &Value) -> Vec<String> {
    let mut hashes = Vec::new();
    collect(value, 0, &mut hashes);
    hashes.sort();
    hashes.dedup();
    hashes
}

fn collect(value: &Value, depth: usize, hashes: &mut Vec<String>) {
    if depth > 8 {
        return;
    }
    match value {
        Value::String(text) => {
            if let Some(ImageRef::Asset(hash)) =
                text.starts_with("asset:").then(|| ImageRef::parse(text)).flatten()
            {
                hashes.push(hash);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, depth + 1, hashes)),
        Value::Object(members) => {
            members.values().for_each(|member| collect(member, depth + 1, hashes));
        }
        _ => {}
    }
}

/// Resolves the reference at `pointer` to a picture that can be drawn.
pub fn resolve(
    slot: &str,
    text: &str,
    pointer: &str,
    assets: &Assets,
    report: &mut Report,
) -> Option<Picture> {
    let too_long = text.len() > MAX_BYTES / 3 * 4 + 64;
    let bytes: Arc<[u8]> = match ImageRef::parse(text).filter(|_| !too_long) {
        None if too_long => {
            report.add(pointer, Code::TooLong, "a picture has at most 2 MiB");
            return None;
        }
        None => {
            report.add(pointer, Code::BadImageRef, "must be asset:sha256-… or a data: URI");
            return None;
        }
        Some(ImageRef::Inline(bytes)) => bytes.into(),
        Some(ImageRef::Asset(hash)) => {
            let Some(bytes) = assets.get(&hash) else {
                report.add(pointer, Code::UnknownAsset, "there is no such asset");
                return None;
            };
            Arc::clone(bytes)
        }
    };
    if slot == "background" && bytes.starts_with(b"%PDF") {
        report.add(pointer, Code::BadBackground, "a PDF background cannot be converted");
        return None;
    }
    match check(&bytes) {
        Ok(()) => Some(Picture { slot: slot.to_owned(), bytes }),
        Err((code, message)) => {
            report.add(pointer, code, message);
            None
        }
    }
}

/// The media type by the file's first bytes.
pub fn media_type(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Some("image/jpeg")
    } else if std::str::from_utf8(bytes).is_ok_and(|text| text.contains("<svg")) {
        Some("image/svg+xml")
    } else {
        None
    }
}

/// Whether the bytes are a whole PNG, JPEG or SVG within the limits.
///
/// # Errors
///
/// The code and the sentence for the violation.
pub fn check(bytes: &[u8]) -> Result<(), (Code, &'static str)> {
    if bytes.len() > MAX_BYTES {
        return Err((Code::TooLong, "a picture has at most 2 MiB"));
    }
    // The same logo comes with every certificate of a school; decoding it once is enough.
    static KNOWN_GOOD: LazyLock<Mutex<HashSet<[u8; 32]>>> = LazyLock::new(Mutex::default);
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    let known_good = || KNOWN_GOOD.lock().unwrap_or_else(PoisonError::into_inner);
    if known_good().contains(&digest) {
        return Ok(());
    }
    decode(bytes)?;
    let mut known_good = known_good();
    if known_good.len() == REMEMBERED {
        known_good.clear();
    }
    known_good.insert(digest);
    Ok(())
}

fn decode(bytes: &[u8]) -> Result<(), (Code, &'static str)> {
    let undecodable = (Code::BadImage, "is not a picture that can be decoded");
    match media_type(bytes) {
        Some("image/svg+xml") => check_svg(bytes).ok_or(undecodable),
        Some(_) => check_raster(bytes).ok_or(undecodable)?,
        None => Err((Code::BadImage, "is neither PNG, JPEG nor SVG")),
    }
}

fn check_svg(bytes: &[u8]) -> Option<()> {
    let text = std::str::from_utf8(bytes).ok()?;
    // Entities can grow without bound; a picture needs none.
    if text.contains("<!ENTITY") {
        return None;
    }
    resvg::usvg::Tree::from_str(text, &resvg::usvg::Options::default()).ok().map(|_| ())
}

fn check_raster(bytes: &[u8]) -> Option<Result<(), (Code, &'static str)>> {
    let reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().ok()?;
    let (width, height) = reader.into_dimensions().ok()?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Some(Err((Code::BadImage, "has more than 25 megapixels")));
    }
    // Only decoding shows that the file is whole.
    image::load_from_memory(bytes).ok().map(|_| Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_have_two_forms() {
        let hash = "a".repeat(64);
        assert_eq!(
            ImageRef::parse(&format!("asset:sha256-{hash}")),
            Some(ImageRef::Asset(hash.clone()))
        );
        assert_eq!(
            ImageRef::parse("data:image/png;base64,AAEC"),
            Some(ImageRef::Inline(vec![0, 1, 2]))
        );
        for bad in [
            "https://example.org/a.png",
            "file:///etc/passwd",
            "asset:sha256-AB",
            "data:text/html;base64,AA",
        ] {
            assert_eq!(ImageRef::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn half_a_picture_is_no_picture() {
        assert_eq!(check(b"\x89PNG\r\n\x1a\nrest").unwrap_err().0, Code::BadImage);
        assert_eq!(check(b"<svg").unwrap_err().0, Code::BadImage);
        assert_eq!(check(b"GIF89a").unwrap_err().0, Code::BadImage);
        assert!(check(b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>").is_ok());
    }

    #[test]
    fn a_picture_with_entities_is_refused() {
        let bomb = b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>";
        assert!(check(bomb).is_err());
    }

    #[test]
    fn assets_are_found_wherever_they_stand() {
        let hash = "0".repeat(64);
        let request =
            serde_json::json!({"a": [{"b": format!("asset:sha256-{hash}")}], "c": "asset:x"});
        assert_eq!(asset_hashes(&request), [hash]);
    }
}
