//! What a page says about the site that shows it.

use serde::Serialize;

use super::assets;
use super::wording::Language;

/// The site of the request, as header and footer show it. What is `None` is left out.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The site's own name; it closes the title of every page.
    pub name: String,
    /// The name under which learners know the platform; the site's name if it has no other.
    pub platform_name: String,
    /// Where the logo leads: the LMS.
    pub platform_url: Option<String>,
    /// The platform's picture; without one its name is written.
    pub logo_url: Option<String>,
    pub help_url: Option<String>,
    pub terms_url: Option<String>,
    pub privacy_url: Option<String>,
    pub company_name: Option<String>,
    pub homepage_url: Option<String>,
    /// A sentence about trademarks, in the operator's words.
    pub trademarks: Option<String>,
}

impl Site {
    /// The name after the bar in page titles: the site's, else the platform's.
    pub(super) fn title(&self) -> &str {
        if self.name.is_empty() { &self.platform_name } else { &self.name }
    }

    /// The name in sentences: the platform's, else the site's.
    pub(super) fn platform(&self) -> &str {
        if self.platform_name.is_empty() { &self.name } else { &self.platform_name }
    }
}

/// Header and footer of one page.
#[derive(Debug, Serialize)]
pub(super) struct Frame<'a> {
    name: &'a str,
    platform_name: &'a str,
    platform_url: Option<&'a str>,
    logo_url: Option<&'a str>,
    help_url: Option<&'a str>,
    terms_url: Option<&'a str>,
    privacy_url: Option<&'a str>,
    company_name: Option<&'a str>,
    homepage_url: Option<&'a str>,
    trademarks: Option<&'a str>,
    lang: String,
    dir: &'static str,
    year: String,
    style_url: String,
    script_url: String,
}

impl<'a> Frame<'a> {
    pub(super) fn of(site: &'a Site, language: &Language, year: i32) -> Self {
        let link = |url: &'a Option<String>| url.as_deref().and_then(web_address);
        let text = |text: &'a Option<String>| text.as_deref().filter(|text| !text.is_empty());
        Self {
            name: site.title(),
            platform_name: site.platform(),
            platform_url: link(&site.platform_url),
            logo_url: link(&site.logo_url),
            help_url: link(&site.help_url),
            terms_url: link(&site.terms_url),
            privacy_url: link(&site.privacy_url),
            company_name: text(&site.company_name),
            homepage_url: link(&site.homepage_url),
            trademarks: text(&site.trademarks),
            lang: language.tag(),
            dir: language.direction(),
            year: language.number(year.unsigned_abs()),
            style_url: assets::style_url(),
            script_url: assets::script_url(),
        }
    }
}

/// The address, if it is one that a page may link to: `javascript:` and the like are not.
pub(super) fn web_address(url: &str) -> Option<&str> {
    let begins = |scheme: &str| {
        url.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    };
    let here = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
    (begins("https://") || begins("http://") || here).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        for url in ["https://a.example/", "HTTP://a.example", "/media/logo.png"] {
            assert_eq!(web_address(url), Some(url));
        }
        let others = ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/\\evil", ""];
        for url in others {
            assert_eq!(web_address(url), None, "{url}");
        }
    }
}
