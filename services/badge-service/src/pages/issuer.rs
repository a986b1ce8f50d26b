//! The page of an issuer: who stands behind the badges.

use minijinja::{Error, value::Serde};
use serde::Serialize;

use super::text::web_address;
use super::{Address, Frame, Site, TEMPLATES};

/// Everything that the page of an issuer shows.
#[derive(Clone, Debug)]
pub struct IssuerView {
    pub site: Site,
    pub address: Address,
    pub name: String,
    pub description: String,
    /// The issuer's own pages.
    pub home_url: String,
    pub email: String,
    /// As it was uploaded; with `?type=png` it is a PNG.
    pub image_url: Option<String>,
    /// Some of its badge classes; the caller decides how many.
    pub badges: Vec<BadgeLink>,
}

/// A badge class in the issuer's list.
#[derive(Clone, Debug, Serialize)]
pub struct BadgeLink {
    pub name: String,
    pub page_url: String,
    pub image_url: Option<String>,
}

/// The page as HTML.
///
/// # Errors
///
/// If the template and its view disagree, which the tests of this module would have shown.
pub fn render(view: &IssuerView) -> Result<String, Error> {
    TEMPLATES.get_template("issuer.html")?.render(Serde(&Page::of(view)))
}

#[derive(Serialize)]
struct Page<'a> {
    frame: Frame<'a>,
    address: &'a Address,
    name: &'a str,
    description: &'a str,
    home_url: Option<&'a str>,
    email: &'a str,
    image_url: Option<&'a str>,
    badges: Vec<BadgeLink>,
}

impl<'a> Page<'a> {
    fn of(view: &'a IssuerView) -> Self {
        Self {
            frame: Frame::of(&view.site),
            address: &view.address,
            name: &view.name,
            description: &view.description,
            home_url: web_address(&view.home_url),
            email: &view.email,
            image_url: view.image_url.as_deref().and_then(web_address),
            badges: view.badges.iter().map(BadgeLink::shown).collect(),
        }
    }
}

impl BadgeLink {
    fn shown(&self) -> Self {
        let image_url = self.image_url.clone().filter(|url| web_address(url).is_some());
        Self { image_url, ..self.clone() }
    }
}
