//! The public page of one certificate: what it has to know, and the HTML of it.

mod metadata;
mod page;

use chrono::NaiveDate;
use minijinja::{Error, value::Serde};
use serde::Serialize;
use uuid::Uuid;

use super::{Sharing, Site, TEMPLATES};

/// Everything that the page of a certificate shows.
///
/// Text comes as it is stored; the page escapes it. Addresses come from configuration and are
/// shown only if they are `http`, `https` or begin with `/`.
#[derive(Clone, Debug)]
pub struct CertificateView {
    pub site: Site,
    /// The language in the configuration, as it was typed there.
    pub language: Option<String>,
    /// The installation's language, for when the configuration names none that we speak.
    pub default_language: String,
    pub uuid: Uuid,
    /// The absolute address of this page.
    pub url: String,
    pub kind: Kind,
    /// The configuration's title, else the catalog's.
    pub title: String,
    pub learner_name: String,
    /// In catalog order.
    pub organizations: Vec<Organization>,
    /// In the configuration's order.
    pub signatories: Vec<Signatory>,
    pub issued_on: NaiveDate,
    /// Only where the configuration wants it shown and the catalog has a number.
    pub hours_of_effort: Option<u32>,
    pub viewer: Viewer,
    pub sharing: Sharing,
    pub pdf: Pdf,
    /// The rendered preview of 1200 by 630 pixels, as an absolute address.
    pub preview_url: Option<String>,
    pub badge: Option<Badge>,
    /// The year of the copyright line.
    pub year: i32,
}

/// What has been achieved.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A course run, in this mode: `verified`, `honor` …
    Course { mode: String },
    /// A program; the type's title is the catalog's, for instance `Professional Certificate`.
    Program { uuid: Uuid, type_title: String },
}

/// An organization that stands behind the certificate.
#[derive(Clone, Debug, Serialize)]
pub struct Organization {
    /// The key, or the name where the configuration asks for it.
    pub display_name: String,
    pub name: String,
    pub logo_url: Option<String>,
}

/// Somebody who signs. Title and organization may carry `b i em strong br sup sub`.
#[derive(Clone, Debug)]
pub struct Signatory {
    pub name: String,
    pub title: String,
    /// Instead of the first organization's name.
    pub organization_override: Option<String>,
    pub image_url: Option<String>,
}

/// Who looks at the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    Stranger,
    /// The learner, greeted by the name of the account, which may differ from the verified one.
    Owner {
        name: String,
    },
    Staff,
}

/// The certificate as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pdf {
    Ready {
        url: String,
    },
    Preparing,
    /// The renderer has given up.
    Failed,
    /// There is no renderer.
    Absent,
}

/// The Open Badge of the same achievement.
#[derive(Clone, Debug, Serialize)]
pub struct Badge {
    pub image_url: Option<String>,
    /// The badge's own page.
    pub page_url: String,
    /// Where a stranger can have it checked.
    pub verify_url: String,
}

impl CertificateView {
    /// Whether the page shows things that only this viewer may see; such a page is private.
    pub fn is_personal(&self) -> bool {
        self.viewer != Viewer::Stranger
    }
}

/// The page as HTML.
///
/// # Errors
///
/// If a template and its view disagree, which the tests of this module would have shown.
pub fn render(view: &CertificateView) -> Result<String, Error> {
    let page = page::Page::of(view);
    TEMPLATES.get_template("certificate.html")?.render(Serde(&page))
}

#[cfg(test)]
mod tests;
