//! Whether bytes are a picture at all, whole and within the limits.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use resvg::usvg::{
    self,
    roxmltree::{Document, ParsingOptions},
};
use sha2::{Digest, Sha256};

use crate::domain::violation::Code;

/// The largest picture file.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// The largest picture: width times height.
pub const MAX_PIXELS: u64 = 25_000_000;

/// Pictures whose check is remembered, by digest.
const REMEMBERED: usize = 1024;

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
        Some("image/svg+xml") => check_svg(bytes).ok_or(undecodable)?,
        Some(_) => check_raster(bytes).ok_or(undecodable)?,
        None => Err((Code::BadImage, "is neither PNG, JPEG nor SVG")),
    }
}

fn check_svg(bytes: &[u8]) -> Option<Result<(), (Code, &'static str)>> {
    let text = std::str::from_utf8(bytes).ok()?;
    // Entities can grow without bound; a picture needs none.
    if text.contains("<!ENTITY") {
        return None;
    }
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).ok()?;
    if refers_elsewhere(&document) {
        return Some(Err((Code::BadImage, "refers to something outside itself")));
    }
    usvg::Tree::from_xmltree(&document, &usvg::Options::default()).ok().map(|_| Ok(()))
}

/// Whether a drawing is not whole without something that nobody would load: another picture, or a
/// part of another drawing. Where a link leads does not matter.
fn refers_elsewhere(document: &Document<'_>) -> bool {
    let parts = document.descendants().filter(|node| node.tag_name().name() != "a");
    parts.flat_map(|node| node.attributes()).any(|attribute| {
        let target = attribute.value().trim_start();
        let is_inside = |scheme: &str| {
            target.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
        };
        attribute.name() == "href" && !target.is_empty() && !is_inside("#") && !is_inside("data:")
    })
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
    fn a_picture_that_refers_to_another_place_is_refused() {
        let drawing = |inner: &str| {
            format!(
                "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' \
                 width='9' height='9'>{inner}</svg>"
            )
        };
        for elsewhere in [
            "<image href='https://example.org/a.png' width='9' height='9'/>",
            "<image xlink:href='a.png' width='9' height='9'/>",
            "<image href='file:///etc/passwd' width='9' height='9'/>",
            "<use href='other.svg#part'/>",
            "<filter id='f'><feImage href='//example.org/a.png'/></filter>",
        ] {
            let verdict = check(drawing(elsewhere).as_bytes());
            assert_eq!(verdict.unwrap_err().0, Code::BadImage, "{elsewhere}");
        }
        for inside in [
            "<rect id='r' width='9' height='9'/><use xlink:href='#r'/>",
            "<a href='https://example.org'><rect width='9' height='9'/></a>",
            "<image href='data:image/png;base64,AAAA' width='9' height='9'/>",
        ] {
            assert_eq!(check(drawing(inside).as_bytes()), Ok(()), "{inside}");
        }
    }
}
