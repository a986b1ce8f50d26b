//! Pictures in a request: references to them, and what they refer to.

mod contents;

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::violation::{Code, Report};

pub use contents::{MAX_BYTES, check, media_type};

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
    fn assets_are_found_wherever_they_stand() {
        let hash = "0".repeat(64);
        let request =
            serde_json::json!({"a": [{"b": format!("asset:sha256-{hash}")}], "c": "asset:x"});
        assert_eq!(asset_hashes(&request), [hash]);
    }
}
