//! Draws a badge for those who have no picture of their own: a medal with title, organization
//! and an emblem.
//!
//! The same words give the same bytes. Text is drawn as outlines, so that it looks the same
//! everywhere, fonts or no fonts; the words themselves stand in `title` and `desc`.

mod breaking;
mod colour;
mod emblem;
mod lettering;
mod medal;

pub use colour::Colour;
use colour::Shades;
use lettering::{Area, Lettering};
use sha2::{Digest, Sha256};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::{escape::markup, fonts::Fonts};

/// What a badge is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Badge<'a> {
    pub title: &'a str,
    pub organization: &'a str,
    /// Without one, title and organization decide.
    pub colour: Option<Colour>,
}

/// The longest texts that are drawn, in characters as people count them; more is cut.
const MAX_TITLE: usize = 120;
const MAX_ORGANIZATION: usize = 80;

/// An SVG of 400 by 400 that begins with `<svg`, without scripts, references or text elements.
pub fn draw(badge: &Badge<'_>, fonts: &Fonts) -> String {
    let title = one_line(badge.title, MAX_TITLE);
    let organization = one_line(badge.organization, MAX_ORGANIZATION);
    let traits = Traits::of(&title, &organization);
    let shades = Shades::of(badge.colour.unwrap_or_else(|| Colour::of_palette(traits.palette)));
    let shape = medal::Shape::nth(traits.shape);

    let area = shape.title_area();
    let words = Lettering::set(&title, &area, fonts);
    let name = Lettering::set(&organization, &medal::RIBBON_TEXT, fonts);

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 400\" width=\"400\" \
         height=\"400\" role=\"img\"><title>{}</title><desc>{}</desc>",
        markup(&title),
        markup(&organization)
    );
    medal::draw(&mut svg, shape, &shades);
    let place = if words.is_some() { emblem::Place::ABOVE_TITLE } else { emblem::Place::ALONE };
    emblem::draw(&mut svg, traits.emblem, place, &shades);
    if let Some(words) = words {
        words.draw(&mut svg, "#fff");
    }
    medal::draw_ribbon(&mut svg, &shades);
    match name {
        Some(name) => name.draw(&mut svg, &shades.ink.to_string()),
        None => emblem::draw_stars(&mut svg, &medal::RIBBON_TEXT, 5, &shades.ink.to_string()),
    }
    emblem::draw_stars(
        &mut svg,
        &Area { y: medal::FOOT, ..medal::RIBBON_TEXT },
        3,
        &shades.gold.to_string(),
    );
    svg.push_str("</svg>");
    svg
}

/// What the words decide about the look.
struct Traits {
    palette: u8,
    shape: u8,
    emblem: u8,
}

impl Traits {
    fn of(title: &str, organization: &str) -> Self {
        let hash = Sha256::new()
            .chain_update(title)
            .chain_update([0])
            .chain_update(organization)
            .finalize();
        Self { palette: hash[0], shape: hash[1], emblem: hash[2] }
    }
}

/// The text in one line, of at most `max` characters, without what has no shape of its own.
fn one_line(text: &str, max: usize) -> String {
    // A character may have any number of marks: the bound on code points comes first.
    let plain: String = text.chars().take(max * 8).filter(|c| is_drawable(*c)).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut cut: String = plain.graphemes(true).take(max).collect();
    if cut.len() < plain.len() {
        cut.push('…');
    }
    cut
}

/// No controls, and no marks that would turn the direction of what follows.
fn is_drawable(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    !turns && (!c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests;
