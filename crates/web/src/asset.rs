//! Files that a service gives out: those of its own pages, and pictures of strangers.

use actix_web::{HttpRequest, HttpResponse, web::Bytes};

use crate::conditional::Tagged;

/// The path under which every service gives out its [`Asset`]s.
pub const PATH: &str = "/static/";

/// The `Cache-Control` of files whose name changes with their content.
pub const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The `Content-Security-Policy` of pictures that strangers brought: also when they are opened as a
/// page, they run and load nothing.
pub const HARMLESS: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// How many digits of the content's digest stand in a name.
const DIGITS: usize = 8;

/// A file that pages refer to, under a name that changes with its content: another release, whose
/// pages would look wrong with this file, has another name for its own.
#[derive(Debug)]
pub struct Asset {
    name: String,
    file: Tagged,
}

impl Asset {
    /// A style sheet: `style-1a2b3c4d.css` if the stem is `style`.
    pub fn css(stem: &str, content: &str) -> Self {
        Self::new(stem, "css", "text/css; charset=utf-8", content)
    }

    /// A script.
    pub fn js(stem: &str, content: &str) -> Self {
        Self::new(stem, "js", "text/javascript; charset=utf-8", content)
    }

    /// A drawing.
    pub fn svg(stem: &str, content: &str) -> Self {
        Self::new(stem, "svg", "image/svg+xml", content)
    }

    fn new(stem: &str, extension: &str, content_type: &'static str, content: &str) -> Self {
        let file = Tagged::new(Bytes::copy_from_slice(content.as_bytes()), content_type);
        let hash: String = file.tag.chars().take(DIGITS).collect();
        Self { name: format!("{stem}-{hash}.{extension}"), file }
    }

    /// What comes after [`PATH`].
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn content(&self) -> &[u8] {
        &self.file.bytes
    }

    /// The address for pages of the same service.
    pub fn url(&self) -> String {
        format!("{PATH}{}", self.name)
    }

    /// 200, or 304 when the client has it.
    pub fn respond(&self, request: &HttpRequest) -> HttpResponse {
        self.file.respond(request, FOR_EVER)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{
        http::header::{CACHE_CONTROL, CONTENT_TYPE},
        test::TestRequest,
    };

    use super::*;

    #[test]
    fn another_content_has_another_name() {
        let (one, other) = (Asset::css("style", "a{}"), Asset::css("style", "b{}"));

        assert_ne!(one.url(), other.url());
        assert!(one.url().starts_with("/static/style-") && one.name().ends_with(".css"));
        assert_eq!(one.url(), Asset::css("style", "a{}").url());
    }

    #[test]
    fn an_asset_may_be_kept_for_ever() {
        let response = Asset::svg("seal", "<svg/>").respond(&TestRequest::get().to_http_request());

        assert_eq!(response.headers().get(CACHE_CONTROL).unwrap(), FOR_EVER);
        assert_eq!(response.headers().get(CONTENT_TYPE).unwrap(), "image/svg+xml");
    }
}
