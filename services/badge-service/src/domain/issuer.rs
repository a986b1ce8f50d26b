//! An organization that awards badges.

use model::{Email, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::domain::{
    entity_id::EntityId,
    text::{Description, Name},
};

/// An organization's profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    pub id: EntityId,
    pub name: Name,
    pub url: WebUrl,
    pub email: Email,
    pub description: Description,
    /// The stored picture's name; many issuers have none.
    pub image: Option<ImageName>,
    pub extensions: Extensions,
    pub created_at: Timestamp,
}

/// Extra namespaced objects, published under their names as they were given.
pub type Extensions = Map<String, Value>;

/// An absolute http(s) address of at most 1,024 characters, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebUrl(String);

/// The text is no web address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a valid URL.")]
pub struct InvalidUrl;

impl WebUrl {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for WebUrl {
    type Error = InvalidUrl;

    fn try_from(text: String) -> Result<Self, InvalidUrl> {
        let url = Url::parse(text.trim()).map_err(|_| InvalidUrl)?;
        let web = matches!(url.scheme(), "http" | "https") && url.has_host();
        if web && text.chars().count() <= 1_024 {
            Ok(Self(text.trim().to_owned()))
        } else {
            Err(InvalidUrl)
        }
    }
}

impl From<WebUrl> for String {
    fn from(url: WebUrl) -> Self {
        url.0
    }
}

/// The name of a stored picture: unguessable, and new whenever the picture changes, so that
/// caches may keep it for ever. Ends in `.png` or `.svg`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ImageName(String);

/// The text is no name of a stored picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a picture's name is letters, digits, '-' and '_', then .png or .svg")]
pub struct InvalidImageName;

impl ImageName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_svg(&self) -> bool {
        self.0.ends_with(".svg")
    }
}

impl TryFrom<String> for ImageName {
    type Error = InvalidImageName;

    /// Nothing that a file system or a URL could take for a path gets through.
    fn try_from(text: String) -> Result<Self, InvalidImageName> {
        let stem = text.strip_suffix(".png").or_else(|| text.strip_suffix(".svg"));
        let plain = |stem: &str| {
            (1..=100).contains(&stem.len())
                && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        };
        if stem.is_some_and(plain) { Ok(Self(text)) } else { Err(InvalidImageName) }
    }
}

impl From<ImageName> for String {
    fn from(name: ImageName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_url_is_absolute_and_for_the_web() {
        let url = |text: &str| WebUrl::try_from(text.to_owned());

        assert_eq!(url(" https://a.example/x ").unwrap().as_str(), "https://a.example/x");
        for wrong in
            ["", "a.example", "javascript:alert(1)", "data:text/html,x", "mailto:a@b.example"]
        {
            assert_eq!(url(wrong), Err(InvalidUrl), "{wrong}");
        }
        assert_eq!(url(&format!("https://a.example/{}", "x".repeat(1_024))), Err(InvalidUrl));
    }

    #[test]
    fn a_picture_name_is_no_path() {
        let name = |text: &str| ImageName::try_from(text.to_owned()).is_ok();

        assert!(name("3f2a-_Z.png") && name("x.svg"));
        for wrong in ["", ".png", "../x.png", "a/b.svg", "a.b.svg", "x.jpg", "x.svg\0"] {
            assert!(!name(wrong), "{wrong}");
        }
    }
}
