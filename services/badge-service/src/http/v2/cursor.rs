//! A place in a list, as clients carry it from page to page: opaque to them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;

use crate::store::assertions::{Direction, Position};

/// The place and the way to go, as a query parameter.
pub(in crate::http) fn write(at: Position, direction: Direction) -> String {
    let way = match direction {
        Direction::Forward => 'f',
        Direction::Back => 'b',
    };
    let micros = at.created_at.utc().timestamp_micros();
    URL_SAFE_NO_PAD.encode(format!("{way}{micros}.{}", at.id))
}

/// `None` for what was not written here.
pub(in crate::http) fn read(text: &str) -> Option<(Position, Direction)> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let (direction, rest) = match (text.strip_prefix('f'), text.strip_prefix('b')) {
        (Some(rest), _) => (Direction::Forward, rest),
        (_, Some(rest)) => (Direction::Back, rest),
        _ => return None,
    };
    let (micros, id) = rest.split_once('.')?;
    let created_at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    // Both databases keep years of four digits.
    let year = chrono::Datelike::year(&created_at);
    (1..=9999).contains(&year).then_some(())?;
    Some((Position { created_at: created_at.into(), id: id.parse().ok()? }, direction))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{open_badges::samples::id, time::parse};

    #[test]
    fn a_cursor_reads_back_and_nonsense_is_none() {
        let at = Position { created_at: parse("2026-01-02T03:04:05.678901Z").unwrap(), id: id(7) };
        for direction in [Direction::Forward, Direction::Back] {
            assert_eq!(read(&write(at, direction)), Some((at, direction)));
        }
        let far = URL_SAFE_NO_PAD.encode(format!("f{}.{}", i64::MAX, id(7)));
        for wrong in ["", "x", "é", "ZmZm", &far] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
