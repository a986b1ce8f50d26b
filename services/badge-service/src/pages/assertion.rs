//! The page of one badge that somebody holds.

use chrono::NaiveDate;
use minijinja::{Error, Value, value::Serde};
use serde::Serialize;

use super::text::{date, web_address};
use super::{Address, Frame, IssuerLink, Site, TEMPLATES, markdown};

/// Everything that the page of an assertion shows.
#[derive(Clone, Debug)]
pub struct AssertionView {
    pub site: Site,
    pub address: Address,
    pub state: AssertionState,
    pub badge_name: String,
    pub badge_page_url: String,
    pub description: String,
    pub issuer: IssuerLink,
    /// As it was uploaded; with `?type=png` it is a PNG.
    pub image_url: Option<String>,
    pub issued_on: NaiveDate,
    pub expires_on: Option<NaiveDate>,
    pub recipient: Recipient,
    pub criteria_url: Option<String>,
    /// Markdown, as are the other narratives.
    pub criteria_narrative: Option<String>,
    pub narrative: Option<String>,
    pub evidence: Vec<Evidence>,
    /// A service that checks the badge, if the operator names one.
    pub verify_url: Option<String>,
    pub baked_png_url: Option<String>,
    pub baked_svg_url: Option<String>,
}

/// Whether the badge counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssertionState {
    Valid,
    Expired,
    /// The page says no more than that, and the reason if one was given.
    Revoked {
        reason: Option<String>,
    },
}

/// Whom the badge was given to, as the assertion publishes it.
#[derive(Clone, Debug, Serialize)]
pub struct Recipient {
    /// `email`, `url`, `telephone`, `id`.
    pub kind: String,
    /// The hash, if hashed.
    pub identity: String,
    pub is_hashed: bool,
}

/// What shows that the badge was earned; at least one of the two.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub url: Option<String>,
    pub narrative: Option<String>,
}

/// The page as HTML.
///
/// # Errors
///
/// If the template and its view disagree, which the tests of this module would have shown.
pub fn render(view: &AssertionView) -> Result<String, Error> {
    TEMPLATES.get_template("assertion.html")?.render(Serde(&Page::of(view)))
}

#[derive(Serialize)]
struct Page<'a> {
    frame: Frame<'a>,
    address: &'a Address,
    state: State<'a>,
    badge_name: &'a str,
    badge_page_url: &'a str,
    description: &'a str,
    issuer: &'a IssuerLink,
    image_url: Option<&'a str>,
    issued_on: Day,
    expires_on: Option<Day>,
    recipient: &'a Recipient,
    recipient_kind: &'static str,
    criteria_url: Option<&'a str>,
    criteria_narrative: Option<Value>,
    narrative: Option<Value>,
    evidence: Vec<Proof<'a>>,
    verify_url: Option<&'a str>,
    baked_png_url: Option<&'a str>,
    baked_svg_url: Option<&'a str>,
}

#[derive(Serialize)]
struct State<'a> {
    name: &'static str,
    class: &'static str,
    sentence: &'static str,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Day {
    text: String,
    iso: String,
}

#[derive(Serialize)]
struct Proof<'a> {
    url: Option<&'a str>,
    narrative: Option<Value>,
}

impl<'a> Page<'a> {
    fn of(view: &'a AssertionView) -> Self {
        let link = |url: &'a Option<String>| url.as_deref().and_then(web_address);
        Self {
            frame: Frame::of(&view.site),
            address: &view.address,
            state: State::of(&view.state),
            badge_name: &view.badge_name,
            badge_page_url: &view.badge_page_url,
            description: &view.description,
            issuer: &view.issuer,
            image_url: link(&view.image_url),
            issued_on: Day::of(view.issued_on),
            expires_on: view.expires_on.map(Day::of),
            recipient: &view.recipient,
            recipient_kind: match view.recipient.kind.as_str() {
                "email" => "e-mail address",
                "telephone" => "telephone number",
                "url" => "web address",
                _ => "identifier",
            },
            criteria_url: link(&view.criteria_url),
            criteria_narrative: view.criteria_narrative.as_deref().map(markdown::render),
            narrative: view.narrative.as_deref().map(markdown::render),
            evidence: view.evidence.iter().map(Proof::of).collect(),
            verify_url: link(&view.verify_url),
            baked_png_url: link(&view.baked_png_url),
            baked_svg_url: link(&view.baked_svg_url),
        }
    }
}

impl<'a> State<'a> {
    fn of(state: &'a AssertionState) -> Self {
        match state {
            AssertionState::Valid => Self {
                name: "Valid",
                class: "valid",
                sentence: "This badge is valid.",
                reason: None,
            },
            AssertionState::Expired => Self {
                name: "Expired",
                class: "expired",
                sentence: "This badge was valid and has expired.",
                reason: None,
            },
            AssertionState::Revoked { reason } => Self {
                name: "Revoked",
                class: "revoked",
                sentence: "The issuer has taken this badge back. It is not valid.",
                reason: reason.as_deref().filter(|reason| !reason.is_empty()),
            },
        }
    }
}

impl Day {
    fn of(day: NaiveDate) -> Self {
        Self { text: date(day), iso: day.to_string() }
    }
}

impl<'a> Proof<'a> {
    fn of(evidence: &'a Evidence) -> Self {
        Self {
            url: evidence.url.as_deref().and_then(web_address),
            narrative: evidence.narrative.as_deref().map(markdown::render),
        }
    }
}
