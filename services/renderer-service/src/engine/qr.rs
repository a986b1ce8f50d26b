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
    /// The dark modules as the data of an SVG path, one unit a module; runs in a row are one
    /// rectangle, so that no hairlines show between modules.
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
    let mut path = String::new();
    for (y, row) in modules.chunks(size).enumerate() {
        let mut x = 0;
        while x < size {
            let width = row[x..].iter().take_while(|&&dark| dark).count();
            if width > 0 {
                path.push_str(&format!("M{x} {y}h{width}v1h-{width}z"));
            }
            x += width.max(1);
        }
    }
    Some(Matrix { size, rows, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_draws_each_dark_module_once() {
        let matrix = matrix("https://example.org/verify/0123456789").unwrap();
        let dark: usize = matrix.rows.iter().map(|row| row.matches('1').count()).sum();
        let drawn: usize = matrix
            .path
            .split('h')
            .skip(1)
            .filter_map(|part| part.split('v').next()?.parse::<usize>().ok())
            .sum();
        assert_eq!(dark, drawn);
        assert_eq!(matrix.rows.len(), matrix.size);
    }

    #[test]
    fn a_text_beyond_every_size_has_none() {
        assert!(matrix(&"a".repeat(4000)).is_none());
    }
}
