//! The emblem in its laurels, and small stars.

use std::f32::consts::TAU;

use super::{colour::Shades, lettering::Area};

/// Where the emblem stands and how large: 1 is some 80 units across.
pub struct Place {
    x: f32,
    y: f32,
    scale: f32,
}

impl Place {
    pub const ABOVE_TITLE: Self = Self { x: 200.0, y: 98.0, scale: 1.0 };
    /// With no title that could be drawn, the emblem fills the medal.
    pub const ALONE: Self = Self { x: 200.0, y: 160.0, scale: 2.1 };
}

/// Signs within 44 by 44 units around 0, in gold; the second part is drawn in the field's colour.
const SIGNS: [(&str, &str); 5] = [
    // A mortarboard.
    (
        "M0-19L29-7 0 5-29-7ZM-16 3V13C-8 20 8 20 16 13V3L0 9.500ZM23-4.500h2.600V10l2 7h-6.600l2-7Z",
        "",
    ),
    // An open book.
    (
        "M-2-11C-9-16-19-16-25-13V13C-18 10-9 11-2 16ZM2-11C9-16 19-16 25-13V13C18 10 9 11 2 16Z",
        "M-20-7C-15-9-11-8-7-5.500v2C-11-6-15-6.500-20-5ZM-20 0C-15-2-11-1-7 1.500v2C-11 1-15 .5-20 2ZM20-7C15-9 11-8 7-5.500v2C11-6 15-6.500 20-5ZM20 0C15-2 11-1 7 1.500v2C11 1 15 .5 20 2Z",
    ),
    // A compass rose.
    (
        "M0-26L5-5 26 0 5 5 0 26-5 5-26 0-5-5ZM14-14L8-3.500 3.500-8ZM14 14L3.500 8 8 3.500ZM-14 14L-8 3.500-3.500 8ZM-14-14L-3.500-8-8-3.500Z",
        "M0-26V0L5-5ZM26 0H0L5 5ZM0 26V0L-5 5ZM-26 0H0L-5-5Z",
    ),
    // A torch.
    (
        "M-9 2H9L5 24H-5ZM-12-2H12V2H-12ZM0-27C9-19 11-12 7-5H-7C-11-11-7-14-4-19-3-15-1-14 1-14 3-18 1-22 0-27Z",
        "M-4.500 6h9L3.800 9h-7.600Z",
    ),
    // A lamp of knowledge: a star.
    (
        "M0-25L6.500-8.300 24.200-7.400 10.500 3.800 15 20.800 0 11.200-15 20.800-10.500 3.800-24.200-7.400-6.500-8.300Z",
        "",
    ),
];

/// Appends the sign with its wreath.
pub fn draw(svg: &mut String, number: u8, place: Place, shades: &Shades) {
    let (sign, shadow) = SIGNS[usize::from(number) % SIGNS.len()];
    let Place { x, y, scale } = place;
    svg.push_str(&format!(
        "<g transform=\"translate({x} {y}) scale({scale})\" fill=\"{}\">",
        shades.gold
    ));
    draw_laurels(svg);
    svg.push_str(&format!("<path d=\"{sign}\"/>"));
    if !shadow.is_empty() {
        svg.push_str(&format!(
            "<path d=\"{shadow}\" fill=\"{}\" fill-opacity=\".55\"/>",
            shades.dark
        ));
    }
    svg.push_str("</g>");
}

/// Two branches of seven pairs of leaves, open at the top.
fn draw_laurels(svg: &mut String) {
    const RADIUS: f32 = 41.0;
    svg.push_str("<path d=\"M-3 41A41 41 0 0 1-29-29M3 41A41 41 0 0 0 29-29\" fill=\"none\" stroke=\"#f0cf7a\" stroke-width=\"1.4\"/>");
    for side in [-1.0, 1.0] {
        for leaf in 0..7 {
            // From the foot (a quarter turn down) upwards.
            let angle = TAU / 4.0 - side * (0.2 + leaf as f32 * 0.33);
            let (x, y) = (RADIUS * angle.cos(), RADIUS * angle.sin());
            let along = (angle - side * TAU / 4.0).to_degrees();
            for (turn, length) in [(-34.0, 11.0), (34.0, 10.0)] {
                svg.push_str(&format!("<path transform=\"translate({x:.1} {y:.1}) rotate({:.0})\" d=\"M0 0Q{half} -4.200 {length} 0Q{half} 4.200 0 0Z\"/>",
                    along + turn,
                    half = length / 2.0));
            }
        }
    }
}

/// Appends a row of small stars in the middle of an area.
pub fn draw_stars(svg: &mut String, area: &Area, count: usize, fill: &str) {
    let (sign, _) = SIGNS[SIGNS.len() - 1];
    for star in 0..count {
        let offset = star as f32 - (count - 1) as f32 / 2.0;
        let scale = if offset == 0.0 { 0.36 } else { 0.26 };
        let x = area.x + offset * 24.0;
        let y = area.y;
        svg.push_str(&format!("<path transform=\"translate({x:.1} {y:.1}) scale({scale})\" fill=\"{fill}\" d=\"{sign}\"/>"));
    }
}
