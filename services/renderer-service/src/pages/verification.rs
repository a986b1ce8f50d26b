//! The page of one certificate: whether it counts, and what it says.

use minijinja::{Error, value::Serde};
use serde::Serialize;

use super::{Frame, Language, TEMPLATES};
use crate::domain::dates::Day;
use crate::domain::record::Artifact;
use crate::domain::verified::Facts;
use crate::domain::{Output, VerificationStatus};

/// Everything that the page shows.
#[derive(Clone, Debug)]
pub struct VerificationView {
    pub language: Language,
    pub verify_id: String,
    pub status: VerificationStatus,
    /// Nothing, where another page decides what is shown.
    pub facts: Option<Facts>,
    /// The address that is printed on the certificate, if it is not this page's.
    pub elsewhere_url: Option<String>,
    /// The page of the newest certificate with this number, if this one is older.
    pub current_url: Option<String>,
    pub revoked_on: Option<Day>,
    pub reason: Option<String>,
    pub artifacts: Vec<Artifact>,
    /// The day for which all this is said.
    pub today: Day,
}

/// The page as HTML.
///
/// # Errors
///
/// If the template and its view disagree, which the tests of this module would have shown.
pub fn render(view: &VerificationView) -> Result<String, Error> {
    TEMPLATES.get_template("verification.html")?.render(Serde(&Page::of(view)))
}

#[derive(Serialize)]
struct Page<'a> {
    frame: Frame<'a>,
    state: State<'a>,
    verify_id: &'a str,
    facts: Option<Lines<'a>>,
    elsewhere_url: Option<&'a str>,
    current_url: Option<&'a str>,
    files: Vec<File<'a>>,
    /// Absent, where nothing was checked.
    checked_on: Option<Written>,
}

/// Whether the certificate counts, first of all in words.
#[derive(Serialize)]
struct State<'a> {
    class: &'static str,
    name: &'a str,
    sentence: &'a str,
    on: Option<Written>,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Lines<'a> {
    name: &'a str,
    title: &'a str,
    code: Option<&'a str>,
    issuer: &'a str,
    issued: Option<Written>,
    issued_text: Option<&'a str>,
    expires: Option<Written>,
}

/// A day as people read it, and as machines do.
#[derive(Serialize)]
struct Written {
    text: String,
    iso: String,
}

#[derive(Serialize)]
struct File<'a> {
    name: &'a str,
    url: &'a str,
    sha256: &'a str,
    is_document: bool,
}

impl<'a> Page<'a> {
    fn of(view: &'a VerificationView) -> Self {
        let language = &view.language;
        let is_checked = view.status != VerificationStatus::Elsewhere;
        Self {
            frame: Frame::of(language),
            state: State::of(view),
            verify_id: &view.verify_id,
            facts: view.facts.as_ref().map(|facts| Lines::of(facts, language)),
            elsewhere_url: view.elsewhere_url.as_deref(),
            current_url: view.current_url.as_deref(),
            files: view.artifacts.iter().map(File::of).collect(),
            checked_on: is_checked.then(|| Written::of(view.today, language)),
        }
    }
}

impl<'a> State<'a> {
    fn of(view: &'a VerificationView) -> Self {
        let words = view.language.words();
        let (name, sentence) = match view.status {
            VerificationStatus::Valid => (&words.valid, &words.valid_sentence),
            VerificationStatus::Expired => (&words.expired, &words.expired_sentence),
            VerificationStatus::Revoked => (&words.revoked, &words.revoked_sentence),
            VerificationStatus::Superseded => (&words.superseded, &words.superseded_sentence),
            VerificationStatus::Elsewhere => {
                (&words.shown_elsewhere, &words.shown_elsewhere_sentence)
            }
        };
        let on = view.revoked_on.map(|day| Written::of(day, &view.language));
        let reason = view.reason.as_deref();
        Self { class: view.status.as_str(), name, sentence, on, reason }
    }
}

impl<'a> Lines<'a> {
    fn of(facts: &'a Facts, language: &Language) -> Self {
        let written = |day: Option<Day>| day.map(|day| Written::of(day, language));
        Self {
            name: &facts.name,
            title: &facts.title,
            code: facts.code.as_deref(),
            issuer: &facts.issuer,
            issued: written(facts.issued_on).filter(|_| facts.issued_text.is_none()),
            issued_text: facts.issued_text.as_deref(),
            expires: written(facts.expires_on),
        }
    }
}

impl Written {
    fn of(day: Day, language: &Language) -> Self {
        Self { text: language.date(day), iso: day.to_string() }
    }
}

impl<'a> File<'a> {
    fn of(artifact: &'a Artifact) -> Self {
        Self {
            name: &artifact.filename,
            url: &artifact.url,
            sha256: &artifact.sha256,
            is_document: artifact.output == Output::Pdf,
        }
    }
}
