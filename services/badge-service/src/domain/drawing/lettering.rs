//! Text set into an area: broken into lines, as large as fits, as outlines.

use super::breaking::{fit, join, pieces};
use crate::domain::{
    escape::markup,
    fonts::{FAMILY, Fonts},
    picture,
};
use resvg::{
    tiny_skia::{PathSegment, Rect},
    usvg::{Group, Node, Text},
};

/// Where text goes: a box around its middle.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    pub max_lines: usize,
    /// Font sizes in the drawing's units.
    pub max_size: f32,
    pub min_size: f32,
}

/// Text that is ready to be drawn.
pub struct Lettering {
    lines: Vec<Line>,
    size: f32,
    area: Area,
}

/// The font size that text is shaped and measured at.
pub const EM: f32 = 100.0;

/// From one baseline to the next, in font sizes. Room for Vietnamese and Devanagari marks.
pub const LEADING: f32 = 1.24;

impl Lettering {
    /// Sets the text as large as fits; cuts it short where even the smallest size is too large.
    ///
    /// `None` if there is no text, or the fonts lack a character of it.
    pub fn set(text: &str, area: &Area, fonts: &Fonts) -> Option<Self> {
        let direction = Direction::of(text);
        let mut pieces = pieces(text);
        for piece in &mut pieces {
            piece.width = Line::shape(&piece.text, direction, fonts)?.width();
        }
        let mut broken = fit(&pieces, area)?;
        let mut is_cut = false;
        while broken.size < area.min_size && pieces.len() > 1 {
            pieces.pop();
            is_cut = true;
            broken = fit(&pieces, area)?;
        }
        let last = broken.starts.len() - 1;
        let lines = (0..=last).map(|index| {
            let end = broken.starts.get(index + 1).copied().unwrap_or(pieces.len());
            let mut line = join(&pieces[broken.starts[index]..end]);
            if is_cut && index == last && !line.ends_with('…') {
                line.push('…');
            }
            Line::shape(&line, direction, fonts)
        });
        let lines = lines.collect::<Option<Vec<_>>>()?;
        let widest = lines.iter().map(Line::width).fold(1.0, f32::max);
        let size = broken.size.min(area.width / widest * EM);
        Some(Self { lines, size, area: *area })
    }

    /// Appends the outlines, centred in the area by what is inked.
    pub fn draw(&self, svg: &mut String, fill: &str) {
        let scale = self.size / EM;
        let leading = self.size * LEADING;
        let baseline = |index: usize| index as f32 * leading;
        let edges = self.lines.iter().enumerate().map(|(index, line)| {
            (baseline(index) + line.ink.top() * scale, baseline(index) + line.ink.bottom() * scale)
        });
        let (top, bottom) = edges.fold((f32::MAX, f32::MIN), |(top, bottom), edge| {
            (top.min(edge.0), bottom.max(edge.1))
        });
        let start = self.area.y - (top + bottom) / 2.0;
        for (index, line) in self.lines.iter().enumerate() {
            let x = self.area.x - (line.ink.left() + line.ink.right()) / 2.0 * scale;
            let y = start + baseline(index);
            // Fonts that are not bold are thickened, by 3 of 100 units.
            let stroke = if line.is_bold {
                String::new()
            } else {
                format!(" stroke=\"{fill}\" stroke-width=\"3\" stroke-linejoin=\"round\"")
            };
            svg.push_str(&format!("<path transform=\"translate({x:.2} {y:.2}) scale({scale:.4})\" fill=\"{fill}\"{stroke} d=\"{}\"/>",
                line.outline));
        }
    }
}

/// A line of text, shaped at [`EM`] with its baseline at 0.
struct Line {
    outline: String,
    ink: Rect,
    is_bold: bool,
}

impl Line {
    fn shape(text: &str, direction: Direction, fonts: &Fonts) -> Option<Self> {
        // An isolate gives a line of Arabic or Hebrew the order it has in a paragraph of its own.
        let text = match direction {
            Direction::LeftToRight => markup(text),
            Direction::RightToLeft => format!("\u{2067}{}\u{2069}", markup(text)),
        };
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><text \
             font-family=\"{FAMILY}\" font-weight=\"700\" font-size=\"{EM}\">{text}</text></svg>"
        );
        let tree = picture::parse(&svg, fonts).ok()?;
        let text = tree.root().children().iter().find_map(|node| match node {
            Node::Text(text) => Some(text),
            _ => None,
        })?;
        let mut is_bold = true;
        for glyph in glyphs(text) {
            let shapeless = glyph
                .text
                .chars()
                .all(|c| matches!(c, '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}'));
            if glyph.id.0 == 0 && !shapeless {
                return None;
            }
            is_bold &= tree.fontdb().face(glyph.font).is_none_or(|face| face.weight.0 >= 600);
        }
        let mut outline = String::new();
        let mut ink: Option<Rect> = None;
        trace(text.flattened(), &mut outline, &mut ink);
        Some(Self { outline, ink: ink?, is_bold })
    }

    fn width(&self) -> f32 {
        self.ink.width()
    }
}

fn glyphs(text: &Text) -> impl Iterator<Item = &resvg::usvg::layout::PositionedGlyph> {
    text.layouted().iter().flat_map(|span| &span.positioned_glyphs)
}

/// Collects the paths of a group, in its coordinates, with one decimal.
fn trace(group: &Group, outline: &mut String, ink: &mut Option<Rect>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => trace(inner, outline, ink),
            Node::Path(path) => {
                let Some(data) = path.data().clone().transform(path.abs_transform()) else {
                    continue;
                };
                let bounds = data.bounds();
                *ink = Some(match *ink {
                    Some(ink) => union(ink, bounds),
                    None => bounds,
                });
                data.segments().for_each(|segment| push(outline, segment));
            }
            Node::Image(_) | Node::Text(_) => {}
        }
    }
}

fn union(a: Rect, b: Rect) -> Rect {
    Rect::from_ltrb(
        a.left().min(b.left()),
        a.top().min(b.top()),
        a.right().max(b.right()),
        a.bottom().max(b.bottom()),
    )
    .unwrap_or(a)
}

fn push(outline: &mut String, segment: PathSegment) {
    let mut put = |letter: char, points: &[resvg::tiny_skia::Point]| {
        outline.push(letter);
        for (index, point) in points.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            outline.push_str(&format!("{space}{} {}", tenths(point.x), tenths(point.y)));
        }
    };
    match segment {
        PathSegment::MoveTo(a) => put('M', &[a]),
        PathSegment::LineTo(a) => put('L', &[a]),
        PathSegment::QuadTo(a, b) => put('Q', &[a, b]),
        PathSegment::CubicTo(a, b, c) => put('C', &[a, b, c]),
        PathSegment::Close => put('Z', &[]),
    }
}

/// The number with at most one decimal, in its shortest form.
fn tenths(number: f32) -> f32 {
    let rounded = (number * 10.0).round() / 10.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// Which way a text runs: by its first letter that has a direction.
#[derive(Clone, Copy, PartialEq)]
enum Direction {
    LeftToRight,
    RightToLeft,
}

impl Direction {
    fn of(text: &str) -> Self {
        let first = text.chars().find(|c| c.is_alphabetic());
        match first {
            // Hebrew, Arabic, Syriac, Thaana, NKo and their presentation forms.
            Some(
                '\u{590}'..='\u{8ff}'
                | '\u{fb1d}'..='\u{fdff}'
                | '\u{fe70}'..='\u{fefc}'
                | '\u{10800}'..='\u{10fff}'
                | '\u{1e800}'..='\u{1efff}',
            ) => Self::RightToLeft,
            _ => Self::LeftToRight,
        }
    }
}
