//! Pictures that are kept here: what is taken, and how a document carries them.

use base64::{Engine, engine::general_purpose::STANDARD};

/// The largest picture of a signature, in bytes.
pub const LARGEST_SIGNATURE: usize = 250 * 1024;

/// The largest logo, in bytes.
pub const LARGEST_LOGO: usize = 1024 * 1024;

/// The most pixels that a picture may have: what the renderer takes.
const MOST_PIXELS: u64 = 25_000_000;

/// Below this path the service gives out pictures.
pub const MEDIA_PATH: &str = "/media/";

/// A picture whose content was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub content_type: &'static str,
    pub content: Vec<u8>,
}

/// Why something is no picture for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    #[error("The picture is too large.")]
    TooLarge,
    #[error("Upload a valid image. The file is either not an image or a corrupted image.")]
    NoPicture,
}

/// The three types, by their names on the wire.
const TYPES: [&str; 3] = ["image/png", "image/jpeg", "image/svg+xml"];

impl Picture {
    /// Looks at bytes that claim nothing, and finds out what they are.
    ///
    /// # Errors
    ///
    /// If they are more than `most`, or no PNG, JPEG or plain SVG that can be read.
    pub fn read(content: Vec<u8>, most: usize) -> Result<Self, PictureError> {
        if content.len() > most {
            return Err(PictureError::TooLarge);
        }
        let content_type = match content.as_slice() {
            [0x89, b'P', b'N', b'G', ..] => is_raster(&content).then_some("image/png"),
            [0xFF, 0xD8, 0xFF, ..] => is_raster(&content).then_some("image/jpeg"),
            _ => is_plain_svg(&content).then_some("image/svg+xml"),
        };
        Ok(Self { content_type: content_type.ok_or(PictureError::NoPicture)?, content })
    }

    /// Reads a `data:` URI in base64.
    ///
    /// # Errors
    ///
    /// As [`Picture::read`], or if the URI is none.
    pub fn from_data_uri(uri: &str, most: usize) -> Result<Self, PictureError> {
        let rest = uri.strip_prefix("data:").ok_or(PictureError::NoPicture)?;
        let (head, encoded) = rest.split_once(',').ok_or(PictureError::NoPicture)?;
        if !head.ends_with(";base64") {
            return Err(PictureError::NoPicture);
        }
        if encoded.len() > most / 3 * 4 + 4 {
            return Err(PictureError::TooLarge);
        }
        let content = STANDARD.decode(encoded.trim()).map_err(|_| PictureError::NoPicture)?;
        Self::read(content, most)
    }

    /// A picture that was looked at before it was kept; `None` for types that are never kept.
    pub fn kept(content_type: &str, content: Vec<u8>) -> Option<Self> {
        let content_type = TYPES.into_iter().find(|known| *known == content_type)?;
        Some(Self { content_type, content })
    }

    /// The picture as text, for documents that travel alone.
    pub fn data_uri(&self) -> String {
        format!("data:{};base64,{}", self.content_type, STANDARD.encode(&self.content))
    }

    /// As in `png`.
    pub fn extension(&self) -> &'static str {
        match self.content_type {
            "image/png" => "png",
            "image/jpeg" => "jpg",
            _ => "svg",
        }
    }
}

/// Whether a PNG or JPEG can be decoded and is not enormous.
fn is_raster(content: &[u8]) -> bool {
    let reader = || image::ImageReader::new(std::io::Cursor::new(content)).with_guessed_format();
    let size = reader().ok().and_then(|reader| reader.into_dimensions().ok());
    let fits = size.is_some_and(|(width, height)| {
        (1..=MOST_PIXELS).contains(&(u64::from(width) * u64::from(height)))
    });
    fits && reader().is_ok_and(|reader| reader.decode().is_ok())
}

/// Whether this is an SVG that draws something and does nothing else.
fn is_plain_svg(content: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(content) else { return false };
    let lower = text.to_ascii_lowercase();
    let active = ["<script", "<foreignobject", "<!entity", "javascript:", "@import"];
    lower.contains("<svg")
        && !active.iter().any(|word| lower.contains(word))
        && resvg::usvg::Tree::from_str(text, &resvg::usvg::Options::default()).is_ok()
}

/// A file name that is safe in a path and a header: letters, digits, `-`, `_` and one extension.
pub fn file_name(given: Option<&str>, extension: &str) -> String {
    let stem = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let safe: String = stem
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .take(80)
        .collect();
    let stem = if safe.is_empty() { "image" } else { &safe };
    format!("{stem}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::{Picture, PictureError, file_name};

    const DOT: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

    #[test]
    fn a_picture_is_known_by_its_content_and_travels_as_text() {
        let dot = Picture::from_data_uri(DOT, 1000).unwrap();

        assert_eq!(dot.content_type, "image/png");
        assert_eq!(dot.data_uri(), DOT);
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>".to_vec();
        assert_eq!(Picture::read(svg, 1000).unwrap().content_type, "image/svg+xml");
    }

    #[test]
    fn what_is_broken_active_or_too_large_is_refused() {
        let refused = |content: &[u8], most| Picture::read(content.to_vec(), most).unwrap_err();

        assert_eq!(refused(b"\x89PNG\r\n\x1a\nrubbish", 1000), PictureError::NoPicture);
        assert_eq!(refused(b"hello", 1000), PictureError::NoPicture);
        let script = b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>";
        assert_eq!(refused(script, 1000), PictureError::NoPicture);
        assert_eq!(refused(&[0; 11], 10), PictureError::TooLarge);
        assert_eq!(Picture::from_data_uri(DOT, 10).unwrap_err(), PictureError::TooLarge);
        assert!(Picture::from_data_uri("data:image/png,abc", 1000).is_err());
        assert!(Picture::from_data_uri("https://a.example/b.png", 1000).is_err());
    }

    #[test]
    fn a_file_name_cannot_leave_its_folder() {
        assert_eq!(file_name(Some("../../etc/pass wd.png"), "png"), "passwd.png");
        assert_eq!(file_name(Some("…"), "png"), "image.png");
        assert_eq!(file_name(None, "svg"), "image.svg");
    }
}
