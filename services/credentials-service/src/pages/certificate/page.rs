//! What the certificate's template sees: every text chosen, every sentence made.

use minijinja::Value;
use serde::Serialize;

use super::metadata::Metadata;
use super::{Badge, CertificateView, Kind, Organization, Pdf, Signatory, Viewer};
use crate::pages::share::{Shared, facebook_url, linkedin_url, twitter_url};
use crate::pages::site::{Frame, web_address};
use crate::pages::wording::{Language, Wording};
use crate::pages::{markup, seal};

/// The page, ready to be written down.
#[derive(Serialize)]
pub(super) struct Page<'a> {
    frame: Frame<'a>,
    words: &'static Wording,
    metadata: Metadata,
    credential_name: &'a str,
    learner_name: &'a str,
    name_size: &'static str,
    title: &'a str,
    title_size: &'static str,
    logos: Vec<Organization>,
    achieved: &'static str,
    offered: Value,
    signatures: Vec<Signature<'a>>,
    /// A class for the style: how many sign.
    crowd: &'static str,
    /// Whether there is so much text that paper needs smaller letters.
    is_dense: bool,
    /// How many signatures stand before the seal.
    seal_after: usize,
    seal: seal::Seal,
    seal_year: String,
    issued: Value,
    issued_on: String,
    issued_on_iso: String,
    hex: String,
    url: &'a str,
    hours_of_effort: Option<String>,
    verify_at: Value,
    banner: Option<Banner>,
    shares: Vec<Share>,
    program_uuid: Option<String>,
    pdf_url: Option<&'a str>,
    /// What is said in place of a document.
    pdf_hint: Option<&'static str>,
    badge: Option<Badge>,
    genuine: Value,
}

#[derive(Serialize)]
struct Signature<'a> {
    name: &'a str,
    title: Value,
    organization: Value,
    image_url: Option<&'a str>,
    image_text: String,
}

#[derive(Serialize)]
struct Banner {
    heading: Option<Value>,
    text: &'static str,
}

#[derive(Serialize)]
struct Share {
    network: &'static str,
    label: &'static str,
    url: String,
}

impl<'a> Page<'a> {
    pub(super) fn of(view: &'a CertificateView) -> Self {
        let language = Language::choose(view.language.as_deref(), &view.default_language);
        let words = language.words();
        let credential_name = credential_name(&view.kind, words);
        let names: Vec<&str> =
            view.organizations.iter().map(|one| one.display_name.as_str()).collect();
        let count = view.signatories.len();
        let name_size = size_of(&view.learner_name, [22, 34, 56]);
        let title_size = size_of(&view.title, [42, 72, 120]);
        Self {
            metadata: Metadata::of(view, &language, credential_name),
            credential_name,
            learner_name: &view.learner_name,
            name_size,
            title: &view.title,
            title_size,
            logos: logos(view),
            achieved: match view.kind {
                Kind::Course { .. } => &words.sheet.achieved_course,
                Kind::Program { .. } => &words.sheet.achieved_program,
            },
            offered: offered(view, &language, &names),
            signatures: view
                .signatories
                .iter()
                .map(|one| Signature::of(one, view, words))
                .collect(),
            crowd: match count {
                0..=2 => "few",
                3 => "three",
                4..=6 => "some",
                _ => "many",
            },
            is_dense: count == 3
                || count > 6
                || (count > 3 && (name_size == "tiny" || title_size == "tiny")),
            seal_after: if count.is_multiple_of(2) && count <= 6 { count / 2 } else { count },
            seal: seal::of(view.uuid),
            seal_year: language.year(view.issued_on),
            issued: words.sheet.issued.html(&[("month", &language.month_and_year(view.issued_on))]),
            issued_on: language.full_date(view.issued_on),
            issued_on_iso: view.issued_on.to_string(),
            hex: view.uuid.simple().to_string(),
            url: &view.url,
            hours_of_effort: view
                .hours_of_effort
                .filter(|hours| *hours > 0)
                .map(|hours| language.hours_of_effort(hours)),
            verify_at: words.sheet.verify_at.html(&[("address", &view.url)]),
            banner: Banner::of(&view.viewer, words),
            shares: shares(view, words, &language.list(&names)),
            program_uuid: match view.kind {
                Kind::Program { uuid, .. } => Some(uuid.to_string()),
                Kind::Course { .. } => None,
            },
            pdf_url: match &view.pdf {
                Pdf::Ready { url } => web_address(url),
                Pdf::Preparing | Pdf::Failed | Pdf::Absent => None,
            },
            pdf_hint: match view.pdf {
                Pdf::Preparing => Some(&words.actions.pdf_preparing),
                Pdf::Failed => Some(&words.actions.pdf_failed),
                Pdf::Ready { .. } | Pdf::Absent => None,
            },
            badge: badge(view),
            genuine: words.check.explanation.html(&[("site", view.site.title())]),
            words,
            frame: Frame::of(&view.site, &language, view.year),
        }
    }
}

/// What the document is called: the mode's name for a course, the type's for a program.
fn credential_name<'a>(kind: &'a Kind, words: &'static Wording) -> &'a str {
    let names = &words.credential;
    match kind {
        Kind::Program { type_title, .. } if !type_title.trim().is_empty() => type_title,
        Kind::Program { .. } => &names.program,
        Kind::Course { mode } => match mode.as_str() {
            "verified" => &names.verified,
            "honor" => &names.honor,
            "professional" | "no-id-professional" => &names.professional,
            "masters" => &names.masters,
            _ => &names.course,
        },
    }
}

fn offered(view: &CertificateView, language: &Language, names: &[&str]) -> Value {
    let sheet = &language.words().sheet;
    let platform = [("platform", view.site.platform())];
    let sentence = match (names.is_empty(), &view.kind) {
        (true, _) => return sheet.offered_by_platform.html(&platform),
        (false, Kind::Course { .. }) => &sheet.offered_course,
        (false, Kind::Program { .. }) => &sheet.offered_program,
    };
    sentence.html_around("organizations", &language.html_list(names), &platform)
}

fn logos(view: &CertificateView) -> Vec<Organization> {
    let shown = |one: &&Organization| one.logo_url.as_deref().and_then(web_address).is_some();
    view.organizations.iter().filter(shown).cloned().collect()
}

fn badge(view: &CertificateView) -> Option<Badge> {
    let badge = view.badge.as_ref()?;
    web_address(&badge.page_url)?;
    web_address(&badge.verify_url)?;
    let image_url = badge.image_url.clone().filter(|url| web_address(url).is_some());
    Some(Badge { image_url, ..badge.clone() })
}

fn shares(view: &CertificateView, words: &'static Wording, organizations: &str) -> Vec<Share> {
    if !view.is_personal() {
        return Vec::new();
    }
    let text =
        words.banner.share_text.text(&[("title", &view.title), ("platform", view.site.platform())]);
    let shared = Shared {
        title: &view.title,
        text: &text,
        organizations,
        uuid: view.uuid,
        url: &view.url,
        issued_on: view.issued_on,
    };
    let names = &words.banner;
    let share = |network, label, url| Share { network, label, url };
    let linkedin =
        view.sharing.linkedin.then(|| share("linkedin", &names.linkedin, linkedin_url(shared)));
    let twitter = view.sharing.twitter.as_ref();
    let twitter = twitter.map(|one| share("twitter", &names.twitter, twitter_url(shared, one)));
    let facebook = view.sharing.facebook.as_ref();
    let facebook =
        facebook.map(|one| share("facebook", &names.facebook, facebook_url(shared, one)));
    [linkedin, twitter, facebook].into_iter().flatten().collect()
}

/// A class for the style: a longer text is set smaller. Wide letters (Chinese, Japanese, Korean
/// and what lies beyond them in Unicode) count twice.
fn size_of(text: &str, [large, medium, small]: [usize; 3]) -> &'static str {
    let width: usize = text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum();
    match width {
        _ if width <= large => "large",
        _ if width <= medium => "medium",
        _ if width <= small => "small",
        _ => "tiny",
    }
}

impl<'a> Signature<'a> {
    fn of(signatory: &'a Signatory, view: &'a CertificateView, words: &'static Wording) -> Self {
        let own = signatory.organization_override.as_deref().filter(|name| !name.is_empty());
        let first = view.organizations.first().map(|one| one.name.as_str());
        Self {
            name: &signatory.name,
            title: markup::inline(&signatory.title),
            organization: markup::inline(own.or(first).unwrap_or_default()),
            image_url: signatory.image_url.as_deref().and_then(web_address),
            image_text: words.sheet.signature_of.text(&[("name", &signatory.name)]),
        }
    }
}

impl Banner {
    fn of(viewer: &Viewer, words: &'static Wording) -> Option<Self> {
        let words = &words.banner;
        match viewer {
            Viewer::Stranger => None,
            Viewer::Owner { name } => Some(Self {
                heading: Some(words.congratulations.html(&[("name", name)])),
                text: &words.invitation,
            }),
            Viewer::Staff => Some(Self { heading: None, text: &words.staff }),
        }
    }
}
