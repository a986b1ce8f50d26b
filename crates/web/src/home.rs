//! The page at the root of a service: what this is, and where to go.

use std::borrow::Cow;
use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

const PAGE: &str = include_str!("home.html");

/// What the home page of one service says.
#[derive(Clone, Debug)]
pub struct HomeView {
    /// The service's name for people: `Credentials`.
    pub name: String,
    /// One sentence: what the service does.
    pub sentence: String,
    pub version: String,
    /// The API document that people can try out.
    pub api_url: String,
    /// Pages worth opening, the most useful first.
    pub links: Vec<HomeLink>,
}

/// One line of the list.
#[derive(Clone, Debug)]
pub struct HomeLink {
    pub label: String,
    pub url: String,
    /// What is found there; may be empty.
    pub note: String,
}

/// The `Content-Security-Policy` of the page: its one style, known by its hash, and nothing else.
pub fn content_security_policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let hash = STANDARD.encode(Sha256::digest(style()));
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'"
        )
    });
    &POLICY
}

/// The page as HTML.
pub fn page(view: &HomeView) -> String {
    let links: String = view.links.iter().map(item).collect();
    let mut html = String::with_capacity(PAGE.len() + links.len() + 1024);
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once("{{") {
        html.push_str(before);
        let (blank, after) = after.split_once("}}").unwrap_or((after, ""));
        html.push_str(&match blank.trim() {
            "name" => escape(&view.name),
            "sentence" => escape(&view.sentence),
            "version" => escape(&view.version),
            "api_url" => escape(&view.api_url),
            "links" => Cow::Borrowed(links.as_str()),
            _ => Cow::Borrowed(""),
        });
        rest = after;
    }
    html.push_str(rest);
    html
}

/// The text between the style's tags, byte for byte as the browser hashes it.
fn style() -> &'static str {
    let inside = PAGE.split_once("<style>").map_or("", |(_, rest)| rest);
    inside.split_once("</style>").map_or("", |(style, _)| style)
}

fn item(link: &HomeLink) -> String {
    let (url, label, note) = (escape(&link.url), escape(&link.label), escape(&link.note));
    format!("<li><a href=\"{url}\">{label}</a><span>{note}</span></li>\n")
}

fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '>', '&', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;");
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> HomeView {
        HomeView {
            name: "Credentials".to_owned(),
            sentence: "Records & shows awards.".to_owned(),
            version: "0.1.0".to_owned(),
            api_url: "/api-docs/".to_owned(),
            links: vec![HomeLink {
                label: "<script>".to_owned(),
                url: "/a?b=1&c=\"2\"".to_owned(),
                note: String::new(),
            }],
        }
    }

    #[test]
    fn the_page_says_what_the_service_is_and_escapes_it() {
        let html = page(&view());
        assert!(html.contains("<h1>Credentials</h1>"));
        assert!(html.contains("Records &amp; shows awards."));
        assert!(html.contains("href=\"/api-docs/\"") && html.contains("0.1.0"));
        assert!(html.contains("href=\"/a?b=1&amp;c=&quot;2&quot;\">&lt;script&gt;</a>"));
        assert!(!html.contains("{{") && !html.contains("<script"));
    }

    #[test]
    fn a_value_that_looks_like_a_blank_stays_as_it_is() {
        let html = page(&HomeView { name: "{{ version }}".to_owned(), ..view() });
        assert!(html.contains("<h1>{{ version }}</h1>"));
    }

    #[test]
    fn the_policy_allows_the_one_style_and_nothing_else() {
        assert!(page(&view()).contains(&format!("<style>{}</style>", style())));
        assert!(style().contains("body"));
        assert!(!content_security_policy().contains("unsafe"));
        assert!(content_security_policy().contains("style-src 'sha256-"));
    }
}
