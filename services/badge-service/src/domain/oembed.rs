//! What a page needs to embed an assertion: oEmbed 1.0, type `rich`.

use serde_json::{Value, json};

use crate::domain::{escape::markup, integer};

/// The assertion to embed.
#[derive(Debug, Clone, Copy)]
pub struct Embed<'a> {
    pub title: &'a str,
    pub author_name: &'a str,
    pub author_url: &'a str,
    pub provider_name: &'a str,
    pub provider_url: &'a str,
    pub thumbnail_url: &'a str,
    /// The page for people, which is shown in the frame.
    pub page_url: &'a str,
}

/// Why an oEmbed request is refused, before anybody looks for the assertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmbedError {
    #[error("only format=json is implemented")]
    UnknownFormat,
    #[error("maxwidth must be an integer")]
    BadMaxWidth,
}

/// The frame's height in pixels: what the page needs at its narrowest.
const HEIGHT: i64 = 420;

/// The frame's width, in pixels.
const NARROWEST: i64 = 320;
const WIDEST: i64 = 800;

/// The frame's width for the `format` and `maxwidth` of a request, in pixels: 320 to 800.
pub fn width(format: Option<&str>, max_width: Option<&str>) -> Result<i64, EmbedError> {
    if format.is_some_and(|format| format != "json") {
        return Err(EmbedError::UnknownFormat);
    }
    let asked = max_width.map(|text| integer::parse(text).ok_or(EmbedError::BadMaxWidth));
    Ok(asked.transpose()?.unwrap_or(WIDEST).clamp(NARROWEST, WIDEST))
}

impl Embed<'_> {
    /// The answer. `thumnail_width` is the old service's spelling, which clients read; both are sent.
    pub fn json(&self, width: i64) -> Value {
        let source = markup(self.page_url);
        json!({
            "type": "rich",
            "version": "1.0",
            "title": self.title,
            "author_name": self.author_name,
            "author_url": self.author_url,
            "provider_name": self.provider_name,
            "provider_url": self.provider_url,
            "thumbnail_url": self.thumbnail_url,
            "thumnail_width": 200,
            "thumbnail_width": 200,
            "thumbnail_height": 200,
            "width": width,
            "height": HEIGHT,
            "html": format!(
                "<iframe src=\"{source}?embedVersion=2\" frameborder=\"0\" width=\"{width}px\" height=\"{HEIGHT}px\"></iframe>"
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_width_stays_within_320_and_800() {
        for (asked, given) in [
            (None, 800),
            (Some("1"), 320),
            (Some("500"), 500),
            (Some("9999"), 800),
            (Some("-5"), 320),
            (Some("99999999999999999999"), 800),
        ] {
            assert_eq!(width(Some("json"), asked), Ok(given));
        }
        assert_eq!(width(None, Some("wide")), Err(EmbedError::BadMaxWidth));
        assert_eq!(width(Some("xml"), None), Err(EmbedError::UnknownFormat));
    }

    #[test]
    fn the_frame_shows_the_page_and_both_spellings_are_sent() {
        let embed = Embed {
            title: "Tide Tables",
            author_name: "Hanseatic University",
            author_url: "https://school.example",
            provider_name: "Testamur",
            provider_url: "https://badges.example",
            thumbnail_url: "https://badges.example/public/badges/y/image?type=png",
            page_url: "https://badges.example/badge/assertions/x",
        };

        insta::assert_snapshot!(embed.json(500), @r#"{"type":"rich","version":"1.0","title":"Tide Tables","author_name":"Hanseatic University","author_url":"https://school.example","provider_name":"Testamur","provider_url":"https://badges.example","thumbnail_url":"https://badges.example/public/badges/y/image?type=png","thumnail_width":200,"thumbnail_width":200,"thumbnail_height":200,"width":500,"height":420,"html":"<iframe src=\"https://badges.example/badge/assertions/x?embedVersion=2\" frameborder=\"0\" width=\"500px\" height=\"420px\"></iframe>"}"#);
    }
}
