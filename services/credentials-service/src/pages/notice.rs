//! Pages for when there is no certificate to show.

use minijinja::{Error, value::Serde};
use serde::Serialize;

use super::site::Frame;
use super::wording::Language;
use super::{Site, TEMPLATES};

/// Where a notice is shown.
#[derive(Clone, Debug)]
pub struct NoticeView {
    pub site: Site,
    /// The installation's language: without a certificate there is no other.
    pub language: String,
    /// The year of the copyright line.
    pub year: i32,
}

/// For 404: nothing was ever here, or it is no longer shown.
///
/// # Errors
///
/// If a template and its view disagree, which the tests of this module would have shown.
pub fn not_found(view: &NoticeView) -> Result<String, Error> {
    let words = &view.language().words().notices;
    render(view, &words.not_found_title, &words.not_found_text)
}

/// For 404 at addresses that never lead to a certificate.
///
/// # Errors
///
/// As [`not_found`].
pub fn no_page(view: &NoticeView) -> Result<String, Error> {
    let words = &view.language().words().notices;
    render(view, &words.no_page_title, &words.no_page_text)
}

/// For 405.
///
/// # Errors
///
/// As [`not_found`].
pub fn not_allowed(view: &NoticeView) -> Result<String, Error> {
    let words = &view.language().words().notices;
    render(view, &words.not_allowed_title, &words.not_allowed_text)
}

/// For 410, on sites that say so when a certificate was revoked.
///
/// # Errors
///
/// As [`not_found`].
pub fn revoked(view: &NoticeView) -> Result<String, Error> {
    let words = &view.language().words().notices;
    render(view, &words.revoked_title, &words.revoked_text)
}

/// For 503, while the learner's name cannot be had.
///
/// # Errors
///
/// As [`not_found`].
pub fn unavailable(view: &NoticeView) -> Result<String, Error> {
    let words = &view.language().words().notices;
    render(view, &words.unavailable_title, &words.unavailable_text)
}

/// For 503, until somebody tells the learner's name.
///
/// # Errors
///
/// As [`not_found`].
pub fn nameless(view: &NoticeView) -> Result<String, Error> {
    let words = &view.language().words().notices;
    render(view, &words.nameless_title, &words.nameless_text)
}

#[derive(Serialize)]
struct Notice<'a> {
    frame: Frame<'a>,
    words: &'static super::wording::Wording,
    heading: &'static str,
    text: &'static str,
}

fn render(view: &NoticeView, heading: &'static str, text: &'static str) -> Result<String, Error> {
    let language = view.language();
    let words = language.words();
    let frame = Frame::of(&view.site, &language, view.year);
    let notice = Notice { frame, words, heading, text };
    TEMPLATES.get_template("notice.html")?.render(Serde(&notice))
}

impl NoticeView {
    fn language(&self) -> Language {
        Language::choose(Some(&self.language), &self.language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(language: &str) -> NoticeView {
        let site = Site { name: "Academy & Sons".to_owned(), ..Site::default() };
        NoticeView { site, language: language.to_owned(), year: 2026 }
    }

    #[test]
    fn a_missing_certificate_is_titled_with_the_name_of_the_site() {
        let html = not_found(&view("en")).expect("the template fits");
        assert!(html.contains("<title>There is no certificate here | Academy &amp; Sons</title>"));
        assert!(html.contains("noindex"));
    }

    #[test]
    fn notices_speak_the_language_of_the_installation() {
        let html = unavailable(&view("ar")).expect("the template fits");
        assert!(html.contains("<html lang=\"ar\" dir=\"rtl\">"));
        let html = revoked(&view("de")).expect("the template fits");
        assert!(html.contains("Dieses Zertifikat wurde widerrufen"));
    }
}
