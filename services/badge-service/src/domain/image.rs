//! Pictures that come from outside: PNG or SVG by content, within limits, and harmless.

mod clean;

use std::io::Cursor;

use ::image::{
    DynamicImage, ImageFormat, ImageReader, Limits, Rgba, RgbaImage, imageops, imageops::FilterType,
};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::domain::{baking::png::SIGNATURE, picture};

/// A picture that may be stored and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadgeImage {
    Png(Vec<u8>),
    Svg(String),
}

/// Why a picture is refused; the first two in the words of the old service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    #[error("Invalid image.")]
    Unreadable,
    #[error("Invalid PNG")]
    NotPng,
    #[error("The image is larger than {0} bytes.")]
    TooManyBytes(usize),
    #[error("The image has too many pixels.")]
    TooManyPixels,
}

/// The side of the square box that uploaded PNGs are scaled into, in pixels.
pub const BOX: u32 = 400;

/// The longest side of an uploaded PNG. With four bytes a pixel the largest takes 100 MB.
const MAX_SIDE: u32 = 5_000;

impl BadgeImage {
    pub fn content_type(&self) -> &'static str {
        match self {
            Self::Png(_) => "image/png",
            Self::Svg(_) => "image/svg+xml",
        }
    }

    /// The ending of its stored name.
    pub fn extension(&self) -> &'static str {
        match self {
            Self::Png(_) => "png",
            Self::Svg(_) => "svg",
        }
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Png(bytes) => bytes,
            Self::Svg(text) => text.as_bytes(),
        }
    }
}

/// Makes a stored picture of uploaded bytes, whatever their name or declared type said.
///
/// A PNG is drawn anew, so that nothing but pixels comes in: scaled down into a square of
/// [`BOX`] pixels when larger, padded to a square, never enlarged. An SVG is cleaned.
pub fn accept(bytes: &[u8], max_bytes: usize) -> Result<BadgeImage, ImageError> {
    if bytes.len() > max_bytes {
        return Err(ImageError::TooManyBytes(max_bytes));
    }
    if bytes.starts_with(SIGNATURE) {
        return square(bytes).map(BadgeImage::Png);
    }
    if is_other_raster(bytes) {
        return Err(ImageError::NotPng);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| ImageError::Unreadable)?;
    let svg = clean::clean(text)?;
    picture::check(&svg).map_err(|_| ImageError::Unreadable)?;
    Ok(BadgeImage::Svg(svg))
}

/// The bytes inside a `data:image/png;base64,…` or `data:image/svg+xml;base64,…` string.
pub fn from_data_uri(text: &str, max_bytes: usize) -> Result<Vec<u8>, ImageError> {
    let encoded = ["data:image/png;base64,", "data:image/svg+xml;base64,"]
        .iter()
        .find_map(|prefix| text.trim().strip_prefix(prefix))
        .ok_or(ImageError::Unreadable)?;
    if encoded.len() / 4 > max_bytes / 3 + 1 {
        return Err(ImageError::TooManyBytes(max_bytes));
    }
    STANDARD.decode(encoded).map_err(|_| ImageError::Unreadable)
}

/// The formats that people upload in place of PNG, by their first bytes.
fn is_other_raster(bytes: &[u8]) -> bool {
    let begins = |magic: &[u8]| bytes.starts_with(magic);
    begins(b"\xff\xd8\xff")
        || begins(b"GIF8")
        || begins(b"BM")
        || begins(b"II*\0")
        || begins(b"MM\0*")
        || begins(b"\0\0\x01\0")
        || (begins(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
        || bytes.get(4..8) == Some(b"ftyp")
}

fn square(png: &[u8]) -> Result<Vec<u8>, ImageError> {
    let picture = decode(png)?;
    let side = picture.width().max(picture.height());
    let picture = if side > BOX { fit(&picture, BOX, BOX) } else { picture };
    let side = picture.width().max(picture.height());
    encode(centred(&picture, side, side))
}

/// Decodes a PNG after looking at its promised size.
pub fn decode(png: &[u8]) -> Result<RgbaImage, ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(png), ImageFormat::Png);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    // 16 bits a channel, and the decoder's own buffers.
    limits.max_alloc = Some(u64::from(MAX_SIDE) * u64::from(MAX_SIDE) * 10);
    reader.limits(limits);
    match reader.decode() {
        Ok(picture) => Ok(picture.into_rgba8()),
        Err(::image::ImageError::Limits(_)) => Err(ImageError::TooManyPixels),
        Err(_) => Err(ImageError::Unreadable),
    }
}

/// Scales into a box, aspect kept.
pub fn fit(picture: &RgbaImage, width: u32, height: u32) -> RgbaImage {
    DynamicImage::from(picture.clone()).resize(width, height, FilterType::Lanczos3).into_rgba8()
}

/// The picture in the middle of a transparent one of the given size.
pub fn centred(picture: &RgbaImage, width: u32, height: u32) -> RgbaImage {
    let mut framed = RgbaImage::from_pixel(width, height, Rgba([0; 4]));
    let left = (i64::from(width) - i64::from(picture.width())) / 2;
    let top = (i64::from(height) - i64::from(picture.height())) / 2;
    imageops::replace(&mut framed, picture, left, top);
    framed
}

/// A PNG of the picture.
pub fn encode(picture: RgbaImage) -> Result<Vec<u8>, ImageError> {
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).map_err(|_| ImageError::Unreadable)?;
    Ok(png.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 1 << 20;

    fn png(width: u32, height: u32) -> Vec<u8> {
        encode(RgbaImage::from_pixel(width, height, Rgba([9, 90, 200, 255]))).unwrap()
    }

    fn accepted(width: u32, height: u32) -> RgbaImage {
        decode(accept(&png(width, height), MAX).unwrap().bytes()).unwrap()
    }

    #[test]
    fn a_png_becomes_a_square_of_at_most_400_and_is_never_enlarged() {
        assert_eq!(accepted(900, 300).dimensions(), (400, 400));
        assert_eq!(accepted(300, 100).dimensions(), (300, 300));
        assert_eq!(accepted(50, 50).dimensions(), (50, 50));
        let padded = accepted(300, 100);
        assert_eq!((padded.get_pixel(150, 10)[3], padded.get_pixel(150, 150)[3]), (0, 255));
    }

    #[test]
    fn nothing_but_pixels_comes_in() {
        let mut with_tail = png(10, 10);
        with_tail.extend_from_slice(b"<script>alert(1)</script>");

        let stored = accept(&with_tail, MAX).unwrap();

        assert!(!stored.bytes().windows(8).any(|piece| piece == b"<script>"));
    }

    #[test]
    fn content_decides_and_each_refusal_has_its_text() {
        for (bytes, error) in [
            (&b"\xff\xd8\xff\xe0 jpeg"[..], ImageError::NotPng),
            (b"GIF89a", ImageError::NotPng),
            (b"RIFF\0\0\0\0WEBP", ImageError::NotPng),
            (b"", ImageError::Unreadable),
            (b"hello", ImageError::Unreadable),
            (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", ImageError::Unreadable),
            (b"\xfe\xff\0<\0s", ImageError::Unreadable),
            (&png(10, 10)[..40], ImageError::Unreadable),
        ] {
            assert_eq!(accept(bytes, MAX), Err(error));
        }
        assert_eq!(accept(&[0; 11], 10), Err(ImageError::TooManyBytes(10)));
    }

    #[test]
    fn a_bomb_is_refused_by_its_promise() {
        let mut bomb = png(1, 1);
        // Width and height in the header, and its checksum.
        bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        let checksum = crc32fast::hash(&bomb[12..29]).to_be_bytes();
        bomb[29..33].copy_from_slice(&checksum);

        assert_eq!(accept(&bomb, MAX), Err(ImageError::TooManyPixels));
    }

    #[test]
    fn an_svg_is_cleaned_and_kept_as_svg() {
        let svg = r#"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>x</script><path d="M0 0h9v9z"/></svg>"#;

        let stored = accept(svg.as_bytes(), MAX).unwrap();

        assert_eq!((stored.content_type(), stored.extension()), ("image/svg+xml", "svg"));
        assert!(
            stored.bytes().starts_with(b"<svg")
                && !stored.bytes().windows(6).any(|piece| piece == b"script")
        );
    }

    #[test]
    fn a_picture_that_multiplies_itself_is_refused() {
        let mut svg = String::from(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g id="g0"><path d="M0 0h9v9z"/></g>"#,
        );
        for level in 1..10 {
            let uses = format!("<use href=\"#g{}\"/>", level - 1).repeat(10);
            svg.push_str(&format!("<g id=\"g{level}\">{uses}</g>"));
        }
        svg.push_str("</svg>");

        assert_eq!(accept(svg.as_bytes(), MAX), Err(ImageError::Unreadable));
    }

    #[test]
    fn a_data_uri_holds_png_or_svg_in_base64() {
        let uri = format!("data:image/png;base64,{}", STANDARD.encode(b"bytes"));

        assert_eq!(from_data_uri(&uri, MAX).unwrap(), b"bytes");
        for wrong in
            ["", "http://a.example/x.png", "data:image/jpeg;base64,AAAA", "data:image/png;base64,?"]
        {
            assert_eq!(from_data_uri(wrong, MAX), Err(ImageError::Unreadable), "{wrong}");
        }
        assert_eq!(
            from_data_uri(&format!("data:image/png;base64,{}", "A".repeat(40)), 10),
            Err(ImageError::TooManyBytes(10))
        );
    }
}
