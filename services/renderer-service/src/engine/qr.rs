//! The QR code of a URL, as a drawing.

use fast_qr::{ECL, QRBuilder};
use serde::Serialize;

/// A QR Code of level M, without its quiet zone.
#[derive(Clone, Debug, Serialize)]
pub struct Matrix {
    /// Modules on a side.
    pub size: usize,
    /// Rows of `0` and `1`, dark is `1`.
    pub rows: Vec<String>,
    /// The outlines of the dark modules as the data of an SVG path, one unit a module; what lies to
    /// the right of a line is dark. Modules that touch share an outline: no hairlines show between
    /// them, and there is less to draw.
    pub path: String,
}

/// Nothing, if the text is too long for any QR code.
pub fn matrix(text: &str) -> Option<Matrix> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let size = code.size;
    let modules: Vec<bool> =
        (0..size).flat_map(|row| code[row].iter().map(|module| module.value())).collect();
    let rows: Vec<String> = modules
        .chunks(size)
        .map(|row| row.iter().map(|&dark| if dark { '1' } else { '0' }).collect())
        .collect();
    let path = Outlines { modules: &modules, size }.path();
    Some(Matrix { size, rows, path })
}

/// Walks along the outlines of the dark modules.
struct Outlines<'a> {
    modules: &'a [bool],
    size: usize,
}

/// East, south, west, north: turning right is the next of them.
const DIRECTIONS: [(isize, isize); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

/// How a step in each direction is written.
const STEPS: [&str; 4] = ["h", "v", "h-", "v-"];

impl Outlines<'_> {
    /// Each outline once, from the first corner that is met row by row.
    fn path(&self) -> String {
        let mut path = String::new();
        // An outline has a corner that no row above it told of: the left end of an upper edge.
        let mut walked = vec![false; self.modules.len()];
        for start in 0..self.modules.len() {
            let (x, y) = (signed(start % self.size), signed(start / self.size));
            if self.is_upper_edge(x, y) && !walked[start] {
                self.walk(x, y, &mut walked, &mut path);
            }
        }
        path
    }

    fn walk(&self, x: isize, y: isize, walked: &mut [bool], path: &mut String) {
        path.push_str(&format!("M{x} {y}"));
        let (mut at, mut heading, mut length) = ((x, y), 0, 0);
        loop {
            if heading == 0 {
                walked[at.1.unsigned_abs() * self.size + at.0.unsigned_abs()] = true;
            }
            let (dx, dy) = DIRECTIONS[heading];
            at = (at.0 + dx, at.1 + dy);
            length += 1;
            let turned = self.turn(at, heading);
            if at == (x, y) && turned == 0 {
                // The last step is the one that closes the outline.
                path.push('z');
                return;
            }
            if turned != heading {
                path.push_str(&format!("{}{length}", STEPS[heading]));
                (heading, length) = (turned, 0);
            }
        }
    }

    /// Where the outline goes on from a corner of the grid: what is dark stays on the right.
    fn turn(&self, (x, y): (isize, isize), heading: usize) -> usize {
        let (dx, dy) = DIRECTIONS[heading];
        // The upper left corner of the module ahead on the left; the one on the right is beside it.
        let (left_x, left_y) = (x + (dx + dy - 1) / 2, y + (dy - dx - 1) / 2);
        let (right_x, right_y) = (left_x - dy, left_y + dx);
        if !self.is_dark(right_x, right_y) {
            (heading + 1) % 4
        } else if self.is_dark(left_x, left_y) {
            (heading + 3) % 4
        } else {
            heading
        }
    }

    fn is_upper_edge(&self, x: isize, y: isize) -> bool {
        self.is_dark(x, y) && !self.is_dark(x, y - 1)
    }

    fn is_dark(&self, x: isize, y: isize) -> bool {
        let within = 0..signed(self.size);
        let inside = within.contains(&x) && within.contains(&y);
        inside && self.modules[y.unsigned_abs() * self.size + x.unsigned_abs()]
    }
}

/// A code has 177 modules on a side at most.
fn signed(modules: usize) -> isize {
    isize::try_from(modules).unwrap_or(isize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_draws_the_dark_modules_and_nothing_else() {
        let matrix = matrix("https://example.org/verify/0123456789").unwrap();
        let sides = upright_sides(&matrix.path);
        for (y, row) in matrix.rows.iter().enumerate() {
            for (x, module) in row.chars().enumerate() {
                let is_left_of = |side: &&Side| side.x <= x && (side.from..side.to).contains(&y);
                let drawn = sides.iter().filter(is_left_of).count() % 2 == 1;
                assert_eq!(drawn, module == '1', "{x} {y}");
            }
        }
        assert_eq!(matrix.rows.len(), matrix.size);
    }

    #[test]
    fn modules_that_touch_at_a_corner_only_are_drawn_apart_and_a_hole_runs_the_other_way() {
        assert_eq!(drawn(["1100", "1000", "0110", "0000"]), "M0 0h2v1h-1v1h-1zM1 2h2v1h-2z");
        assert_eq!(drawn(["1110", "1010", "1110", "0000"]), "M0 0h3v3h-3zM1 2h1v-1h-1z");
    }

    #[test]
    fn a_text_beyond_every_size_has_none() {
        assert!(matrix(&"a".repeat(4000)).is_none());
    }

    fn drawn(rows: [&str; 4]) -> String {
        let modules: Vec<bool> = rows.concat().chars().map(|module| module == '1').collect();
        Outlines { modules: &modules, size: 4 }.path()
    }

    /// An upright side of an outline.
    struct Side {
        x: usize,
        from: usize,
        to: usize,
    }

    fn upright_sides(path: &str) -> Vec<Side> {
        let mut sides = Vec::new();
        for outline in path.split('M').skip(1) {
            let steps = outline.trim_end_matches('z').replace('h', " h ").replace('v', " v ");
            let words: Vec<_> = steps.split_ascii_whitespace().collect();
            let mut x: isize = words[0].parse().unwrap();
            let (top, mut y): (isize, isize) =
                (words[1].parse().unwrap(), words[1].parse().unwrap());
            let mut side = |x: isize, from: isize, to: isize| {
                let [x, from, to] = [x, from.min(to), from.max(to)].map(isize::unsigned_abs);
                sides.push(Side { x, from, to });
            };
            for step in words[2..].chunks(2) {
                let length: isize = step[1].parse().unwrap();
                if step[0] == "h" {
                    x += length;
                } else {
                    side(x, y, y + length);
                    y += length;
                }
            }
            side(x, y, top);
        }
        sides
    }
}
