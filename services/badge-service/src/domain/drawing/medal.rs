//! The medal itself: its shape, rim and field, and the ribbon across it.

use std::f32::consts::TAU;

use super::{colour::Shades, lettering::Area};

/// The outline of a medal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Hexagon,
    /// A round seal with a scalloped edge.
    Seal,
    Shield,
}

/// Where the organization's name stands.
pub const RIBBON_TEXT: Area = Area {
    x: 200.0,
    y: 296.0,
    width: 272.0,
    height: 40.0,
    max_lines: 2,
    max_size: 19.0,
    min_size: 11.0,
};

/// The height of the small stars under the ribbon.
pub const FOOT: f32 = 346.0;

impl Shape {
    pub fn nth(number: u8) -> Self {
        [Self::Hexagon, Self::Seal, Self::Shield][usize::from(number) % 3]
    }

    /// Where the title stands.
    pub fn title_area(self) -> Area {
        let width = match self {
            Self::Hexagon => 268.0,
            Self::Seal => 282.0,
            Self::Shield => 262.0,
        };
        Area {
            x: 200.0,
            y: 203.0,
            width,
            height: 114.0,
            max_lines: 3,
            max_size: 42.0,
            min_size: 15.0,
        }
    }

    /// The outline, pulled in by this many units.
    fn outline(self, inset: f32) -> String {
        match self {
            Self::Hexagon => hexagon(190.0 - inset, 26.0 - inset * 0.4),
            Self::Seal if inset == 0.0 => scalloped(190.0, 7.0, 36),
            Self::Seal => circle(187.0 - inset),
            Self::Shield => shield(inset),
        }
    }
}

/// Appends rim, field and the pattern on it.
pub fn draw(svg: &mut String, shape: Shape, shades: &Shades) {
    let Shades { light, dark, .. } = shades;
    let field = shape.outline(15.0);
    svg.push_str(&format!("<defs>\
         <linearGradient id=\"rim\" x1=\"0\" y1=\"0\" x2=\"1\" y2=\"1\"><stop offset=\"0\" stop-color=\"#fbe9b7\"/>\
         <stop offset=\".38\" stop-color=\"#d3a64a\"/><stop offset=\".56\" stop-color=\"#f7e2a4\"/>\
         <stop offset=\"1\" stop-color=\"#a87a28\"/></linearGradient>\
         <radialGradient id=\"field\" cx=\".5\" cy=\".32\" r=\".75\"><stop offset=\"0\" stop-color=\"{light}\"/>\
         <stop offset=\"1\" stop-color=\"{dark}\"/></radialGradient>\
         <linearGradient id=\"cloth\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"#fffdf6\"/>\
         <stop offset=\"1\" stop-color=\"#f1e3c2\"/></linearGradient>\
         <clipPath id=\"inside\"><path d=\"{field}\"/></clipPath></defs>\
         <path d=\"{}\" fill=\"url(#rim)\"/><path d=\"{}\" fill=\"{dark}\"/><path d=\"{field}\" fill=\"url(#field)\"/>",
        shape.outline(0.0),
        shape.outline(12.0)));
    draw_guilloche(svg);
    svg.push_str(&format!("<path d=\"{}\" fill=\"none\" stroke=\"#f0cf7a\" stroke-opacity=\".75\" stroke-width=\"1.6\"/>",
        shape.outline(24.0)));
}

/// Fine turned lines, as on a banknote, fading into the field.
fn draw_guilloche(svg: &mut String) {
    svg.push_str("<g clip-path=\"url(#inside)\" fill=\"none\" stroke=\"#fff\" stroke-opacity=\".07\" stroke-width=\"1\">");
    for turn in 0..18 {
        let angle = turn * 10;
        svg.push_str(&format!("<ellipse cx=\"200\" cy=\"190\" rx=\"186\" ry=\"84\" transform=\"rotate({angle} 200 190)\"/>"));
    }
    svg.push_str("</g>");
}

/// Appends the ribbon, its two ends folded behind it.
pub fn draw_ribbon(svg: &mut String, shades: &Shades) {
    let Shades { ink, .. } = shades;
    svg.push_str(
        "<path d=\"M70 286H8l17 24-17 24h62z\" fill=\"#dcc792\"/><path d=\"M330 286h62l-17 24 17 24h-62z\" fill=\"#dcc792\"/>\
         <path d=\"M40 321v13l30-13zM360 321v13l-30-13z\" fill=\"#8d7136\"/>",
    );
    svg.push_str(&format!("<path d=\"M40 271h320v50H40z\" fill=\"url(#cloth)\"/>\
         <path d=\"M40 275.500h320M40 316.500h320\" stroke=\"{ink}\" stroke-opacity=\".35\" stroke-width=\"1.2\"/>"));
}

/// A hexagon on its tip around (200, 200), with rounded corners.
fn hexagon(radius: f32, corner: f32) -> String {
    let tips: Vec<_> = (0..6).map(|i| point(radius, (i as f32 / 6.0 - 0.25) * TAU)).collect();
    let mut path = String::new();
    for i in 0..6 {
        let (before, tip, after) = (tips[(i + 5) % 6], tips[i], tips[(i + 1) % 6]);
        let (from, to) = (near(tip, before, corner), near(tip, after, corner));
        let letter = if i == 0 { 'M' } else { 'L' };
        path.push_str(&format!(
            "{letter}{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}",
            from.0, from.1, tip.0, tip.1, to.0, to.1
        ));
    }
    path.push('Z');
    path
}

/// A circle around (200, 200) whose edge waves.
fn scalloped(radius: f32, depth: f32, waves: usize) -> String {
    let angle = |half_waves: usize| (half_waves as f32 / (waves * 2) as f32 - 0.25) * TAU;
    let start = point(radius - depth, angle(0));
    let mut path = format!("M{:.1} {:.1}", start.0, start.1);
    for wave in 0..waves {
        let (top, end) = (
            point(radius + depth * 0.6, angle(wave * 2 + 1)),
            point(radius - depth, angle(wave * 2 + 2)),
        );
        path.push_str(&format!("Q{:.1} {:.1} {:.1} {:.1}", top.0, top.1, end.0, end.1));
    }
    path.push('Z');
    path
}

fn circle(radius: f32) -> String {
    let (top, bottom) = (200.0 - radius, 200.0 + radius);
    format!(
        "M200 {top:.1}A{radius:.1} {radius:.1} 0 1 1 200 {bottom:.1}A{radius:.1} {radius:.1} 0 1 1 200 {top:.1}Z"
    )
}

/// A shield: straight above, pointed below.
fn shield(inset: f32) -> String {
    let (left, right, top) = (34.0 + inset, 366.0 - inset, 22.0 + inset);
    let (waist, foot) = (212.0 - inset * 0.2, 392.0 - inset * 1.15);
    let (dip, corner) = (top + 14.0, top + 10.0);
    format!(
        "M200 {top:.1}Q{:.1} {dip:.1} {left:.1} {corner:.1}V{waist:.1}C{left:.1} {:.1} {:.1} {:.1} 200 {foot:.1}\
         C{:.1} {:.1} {right:.1} {:.1} {right:.1} {waist:.1}V{corner:.1}Q{:.1} {dip:.1} 200 {top:.1}Z",
        left + 62.0,
        waist + 96.0,
        left + 74.0,
        foot - 48.0,
        right - 74.0,
        foot - 48.0,
        waist + 96.0,
        right - 62.0,
    )
}

fn point(radius: f32, angle: f32) -> (f32, f32) {
    (200.0 + radius * angle.cos(), 200.0 + radius * angle.sin())
}

/// The point this far from `from` on the way to `to`.
fn near(from: (f32, f32), to: (f32, f32), distance: f32) -> (f32, f32) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let share = distance / dx.hypot(dy);
    (from.0 + dx * share, from.1 + dy * share)
}
