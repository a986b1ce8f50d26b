//! From what is known of a credential to what its page shows.

use chrono::{Datelike, Duration};
use model::Timestamp;

use crate::{
    app::App,
    domain::{
        certificate::{Certificate, Kind},
        document::{Badge, Document, DocumentState},
        site::Site,
        user::Profile,
        visibility::{self, Sight},
    },
    pages::{
        self, Facebook, Sharing, Twitter,
        certificate::{CertificateView, Organization, Pdf, Signatory, Viewer},
    },
};

/// What the tables say about a credential, and about whoever looks.
pub struct Gathered {
    pub certificate: Certificate,
    pub document: Option<Document>,
    pub badge: Option<Badge>,
    /// Whoever looks, if a token named them.
    pub viewer: Option<Profile>,
    /// Whether the token says that its bearer administers the LMS.
    pub is_administrator: bool,
}

/// How long after a change its document and badge may be on their way, in seconds. Later they are
/// late, or nobody makes them.
const NEWS_WITHIN_S: i64 = 60;

impl Gathered {
    /// Whether a document or a badge is on its way: then the page is not worth remembering, or who
    /// looks a moment later would not see them come.
    pub fn awaits_news(&self, now: Timestamp) -> bool {
        let document = match &self.document {
            Some(document) => matches!(document.state, DocumentState::Waiting),
            None => true,
        };
        let badge = self.badge.as_ref().is_none_or(|badge| badge.revoked);
        let changed_at = self.certificate.credential.modified;
        (document || badge) && now < changed_at.plus(Duration::seconds(NEWS_WITHIN_S))
    }
}

/// What there is to be seen.
pub enum State {
    Missing,
    Revoked,
    /// Nobody has told the learner's name yet.
    Nameless,
    Shown(Box<CertificateView>),
}

/// What a site shows of a credential now.
pub fn state(app: &App, site: &Site, gathered: Option<Gathered>) -> State {
    let Some(gathered) = gathered else { return State::Missing };
    let certificate = &gathered.certificate;
    let is_course = matches!(certificate.kind, Kind::Course { .. });
    if is_course && !app.settings.pages.course_certificates {
        return State::Missing;
    }
    let is_visible = certificate.is_visible(app.clock.now());
    match visibility::sight(&certificate.credential, site.id, is_visible) {
        Sight::Hidden => State::Missing,
        Sight::Revoked => State::Revoked,
        Sight::Whole => match certificate.learner_name() {
            Some(name) => State::Shown(Box::new(view(app, &gathered, name))),
            None => State::Nameless,
        },
    }
}

fn view(app: &App, gathered: &Gathered, learner_name: String) -> CertificateView {
    let certificate = &gathered.certificate;
    let uuid = certificate.credential.uuid;
    let url = app.page_url(&certificate.site, uuid);
    let document = gathered.document.as_ref().map(|document| &document.state);
    let has_preview =
        app.settings.documents.enabled && document.is_some_and(DocumentState::has_preview);
    CertificateView {
        site: site(&certificate.site),
        language: certificate.language().map(str::to_owned),
        default_language: app.settings.pages.language.clone(),
        uuid: uuid.uuid(),
        kind: kind(certificate),
        title: certificate.title.clone(),
        learner_name,
        organizations: organizations(certificate),
        signatories: signatories(certificate),
        issued_on: certificate.issued_at().utc().date_naive(),
        hours_of_effort: certificate.hours_of_effort(),
        viewer: viewer(gathered),
        sharing: sharing(&certificate.site),
        pdf: pdf(app, gathered.document.as_ref(), &url),
        preview_url: has_preview.then(|| format!("{url}preview.png")),
        badge: gathered.badge.as_ref().filter(|badge| !badge.revoked).map(badge),
        year: app.clock.now().utc().year(),
        url,
    }
}

fn kind(certificate: &Certificate) -> pages::certificate::Kind {
    match &certificate.kind {
        Kind::Course { mode, .. } => pages::certificate::Kind::Course { mode: mode.clone() },
        Kind::Program { program, .. } => pages::certificate::Kind::Program {
            uuid: program.as_ref().map_or_else(Default::default, |program| program.uuid.uuid()),
            type_title: program.as_ref().map_or_else(String::new, |p| p.program_type.clone()),
        },
    }
}

fn organizations(certificate: &Certificate) -> Vec<Organization> {
    let shown = |organization| Organization {
        display_name: certificate.display_name(organization).to_owned(),
        name: organization.name.clone(),
        logo_url: organization.logo_url.clone(),
    };
    certificate.organizations.iter().map(shown).collect()
}

fn signatories(certificate: &Certificate) -> Vec<Signatory> {
    let people = certificate.signatories.iter().cloned();
    people
        .map(|person| Signatory {
            name: person.name,
            title: person.title,
            organization_override: person.organization_name_override,
            image_url: person.image_path,
        })
        .collect()
}

/// The learner sees the share buttons, and so does staff.
fn viewer(gathered: &Gathered) -> Viewer {
    let Some(account) = gathered.viewer.as_ref().filter(|account| account.is_active) else {
        return Viewer::Stranger;
    };
    if account.is(&gathered.certificate.credential.username) {
        let name = account.display_name().unwrap_or_else(|| account.username.clone());
        Viewer::Owner { name }
    } else if account.is_staff || account.is_superuser || gathered.is_administrator {
        Viewer::Staff
    } else {
        Viewer::Stranger
    }
}

fn sharing(site: &Site) -> Sharing {
    let look = &site.look;
    let app_id = look.facebook_app_id.clone().filter(|_| look.facebook_sharing);
    Sharing {
        linkedin: look.linkedin_sharing,
        twitter: look.twitter_sharing.then(|| Twitter { username: look.twitter_username.clone() }),
        facebook: app_id.map(|app_id| Facebook { app_id }),
    }
}

fn pdf(app: &App, document: Option<&Document>, url: &str) -> Pdf {
    match document.map(|document| &document.state) {
        Some(DocumentState::Ready { .. }) => Pdf::Ready { url: format!("{url}certificate.pdf") },
        Some(DocumentState::Failed { .. }) => Pdf::Failed,
        Some(DocumentState::Waiting) => Pdf::Preparing,
        None if app.settings.documents.enabled => Pdf::Preparing,
        None => Pdf::Absent,
    }
}

fn badge(badge: &Badge) -> pages::certificate::Badge {
    pages::certificate::Badge {
        image_url: Some(badge.image_url.clone()),
        page_url: badge.page_url.clone(),
        verify_url: badge.open_badge_id.clone(),
    }
}

/// A site, as every page shows it.
pub fn site(site: &Site) -> pages::Site {
    let look = &site.look;
    pages::Site {
        name: site.name.clone(),
        platform_name: site.platform_name().to_owned(),
        platform_url: Some(look.lms_url_root.clone()).filter(|url| !url.is_empty()),
        logo_url: look.logo_url.clone(),
        help_url: look.certificate_help_url.clone(),
        terms_url: look.tos_url.clone(),
        privacy_url: look.privacy_policy_url.clone(),
        company_name: look.company_name.clone(),
        homepage_url: look.homepage_url.clone(),
        trademarks: look.trademarks.clone(),
    }
}
