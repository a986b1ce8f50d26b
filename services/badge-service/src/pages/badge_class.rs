//! The page of a badge class: what the badge is and how it is earned.

use minijinja::{Error, Value, value::Serde};
use serde::Serialize;

use super::text::web_address;
use super::{Address, Frame, IssuerLink, Site, TEMPLATES, markdown};

/// Everything that the page of a badge class shows.
#[derive(Clone, Debug)]
pub struct BadgeClassView {
    pub site: Site,
    pub address: Address,
    pub name: String,
    pub description: String,
    pub issuer: IssuerLink,
    /// As it was uploaded; with `?type=png` it is a PNG.
    pub image_url: Option<String>,
    pub criteria_url: Option<String>,
    /// Markdown.
    pub criteria_narrative: Option<String>,
    pub tags: Vec<String>,
    pub alignments: Vec<Alignment>,
}

/// A framework or standard that the badge is measured against.
#[derive(Clone, Debug, Serialize)]
pub struct Alignment {
    pub name: String,
    pub url: String,
    pub framework: Option<String>,
    pub description: Option<String>,
}

/// The page as HTML.
///
/// # Errors
///
/// If the template and its view disagree, which the tests of this module would have shown.
pub fn render(view: &BadgeClassView) -> Result<String, Error> {
    TEMPLATES.get_template("badge_class.html")?.render(Serde(&Page::of(view)))
}

#[derive(Serialize)]
struct Page<'a> {
    frame: Frame<'a>,
    address: &'a Address,
    name: &'a str,
    description: &'a str,
    issuer: &'a IssuerLink,
    image_url: Option<&'a str>,
    criteria_url: Option<&'a str>,
    criteria_narrative: Option<Value>,
    tags: &'a [String],
    alignments: Vec<&'a Alignment>,
}

impl<'a> Page<'a> {
    fn of(view: &'a BadgeClassView) -> Self {
        let leads_to_the_web = |one: &&Alignment| web_address(&one.url).is_some();
        Self {
            frame: Frame::of(&view.site),
            address: &view.address,
            name: &view.name,
            description: &view.description,
            issuer: &view.issuer,
            image_url: view.image_url.as_deref().and_then(web_address),
            criteria_url: view.criteria_url.as_deref().and_then(web_address),
            criteria_narrative: view.criteria_narrative.as_deref().map(markdown::render),
            tags: &view.tags,
            alignments: view.alignments.iter().filter(leads_to_the_web).collect(),
        }
    }
}
