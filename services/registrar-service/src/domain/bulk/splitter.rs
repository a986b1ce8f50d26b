//! Cuts a stream of bytes into rows, and never holds more than one row of it.

/// The longest row, in bytes: a key of 255 characters, each escaped, fits twice.
pub const LONGEST_ROW: usize = 8192;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// A JSON object a line.
    JsonLines,
    /// Comma-separated values, of which the first row has the names.
    Csv,
}

/// A row as it was cut out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cut {
    Row(Vec<u8>),
    /// It was longer than [`LONGEST_ROW`], and is gone.
    TooLong,
}

/// Where in a row the last byte was. JSON has its line breaks only between rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote in a quoted field: another one means a quote, anything else the field's end.
    QuoteInQuoted,
}

/// The cutter.
#[derive(Debug)]
pub struct Splitter {
    kind: RowKind,
    place: Place,
    row: Vec<u8>,
    too_long: bool,
}

impl Splitter {
    /// Begins with the first byte of a body.
    pub fn new(kind: RowKind) -> Self {
        Self { kind, place: Place::FieldStart, row: Vec::new(), too_long: false }
    }

    /// Adds every row that ends within `bytes` to `cut`. Empty lines are no rows.
    pub fn feed(&mut self, bytes: &[u8], cut: &mut Vec<Cut>) {
        for &byte in bytes {
            if self.ends_row(byte) {
                cut.extend(self.end());
            } else if self.row.len() == LONGEST_ROW {
                self.too_long = true;
            } else {
                self.row.push(byte);
            }
        }
    }

    /// Ends the row that has been begun; the last one of a body needs no line break.
    pub fn end(&mut self) -> Option<Cut> {
        self.place = Place::FieldStart;
        let row = std::mem::take(&mut self.row);
        if std::mem::take(&mut self.too_long) {
            return Some(Cut::TooLong);
        }
        let blank = row.iter().all(u8::is_ascii_whitespace);
        (!blank).then_some(Cut::Row(row))
    }

    fn ends_row(&mut self, byte: u8) -> bool {
        if self.kind == RowKind::JsonLines {
            return byte == b'\n';
        }
        self.place = match (self.place, byte) {
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::Quoted, _) | (Place::QuoteInQuoted | Place::FieldStart, b'"') => Place::Quoted,
            (_, b'\n' | b'\r') => return true,
            (_, b',') => Place::FieldStart,
            (_, _) => Place::Plain,
        };
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{Cut, LONGEST_ROW, RowKind, Splitter};

    /// Cut at every byte: where the network cuts must not matter.
    fn cut(kind: RowKind, body: &[u8]) -> Vec<Cut> {
        let mut splitter = Splitter::new(kind);
        let mut cut = Vec::new();
        for byte in body {
            splitter.feed(&[*byte], &mut cut);
        }
        cut.extend(splitter.end());
        let mut whole = Vec::new();
        let mut splitter = Splitter::new(kind);
        splitter.feed(body, &mut whole);
        whole.extend(splitter.end());
        assert_eq!(cut, whole);
        cut
    }

    fn rows(kind: RowKind, body: &str) -> Vec<String> {
        let text = |cut| match cut {
            Cut::Row(row) => String::from_utf8(row).unwrap(),
            Cut::TooLong => "too long".to_owned(),
        };
        cut(kind, body.as_bytes()).into_iter().map(text).collect()
    }

    #[test]
    fn lines_are_rows_and_empty_lines_are_none() {
        assert_eq!(rows(RowKind::JsonLines, "a\r\n\n  \nb\n"), ["a\r", "b"]);
        assert_eq!(rows(RowKind::JsonLines, "a\"\nb"), ["a\"", "b"]);
        assert_eq!(rows(RowKind::Csv, "a,b\r\nc\rd\n\n"), ["a,b", "c", "d"]);
        assert!(rows(RowKind::Csv, "").is_empty());
    }

    #[test]
    fn a_line_break_between_quotes_is_part_of_the_field() {
        assert_eq!(rows(RowKind::Csv, "\"a\nb\",c\nd"), ["\"a\nb\",c", "d"]);
        assert_eq!(rows(RowKind::Csv, "x,\"say \"\"\n\"\"\"\nd"), ["x,\"say \"\"\n\"\"\"", "d"]);
        assert_eq!(rows(RowKind::Csv, "5\" wide,c\nd"), ["5\" wide,c", "d"]);
    }

    #[test]
    fn a_row_that_is_too_long_is_one_row_and_the_next_is_read() {
        let body = format!("{}\nb", "x".repeat(LONGEST_ROW + 1));
        assert_eq!(rows(RowKind::JsonLines, &body), ["too long", "b"]);
        let just = format!("{}\nb", "x".repeat(LONGEST_ROW));
        assert_eq!(rows(RowKind::JsonLines, &just).len(), 2);
        assert_eq!(rows(RowKind::JsonLines, &just)[1], "b");
        assert_ne!(rows(RowKind::JsonLines, &just)[0], "too long");
    }
}
