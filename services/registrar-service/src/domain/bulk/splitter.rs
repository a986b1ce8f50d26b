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

/// A quote that takes in the lines behind it, as far as there are any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("CSV quote in line {line} is not closed")]
pub struct UnclosedQuote {
    /// Where it opens, from 1; the header is in a line too.
    pub line: usize,
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
    /// The line that the next byte is in, from 1.
    line: usize,
    after_return: bool,
    quote: Quote,
}

/// The last field that began with a quote.
#[derive(Debug, Clone, Copy, Default)]
struct Quote {
    line: usize,
    has_line_break: bool,
}

impl Splitter {
    /// Begins with the first byte of a body.
    pub fn new(kind: RowKind) -> Self {
        Self {
            kind,
            place: Place::FieldStart,
            row: Vec::new(),
            too_long: false,
            line: 1,
            after_return: false,
            quote: Quote::default(),
        }
    }

    /// Adds every row that ends within `bytes` to `cut`. Empty lines are no rows.
    ///
    /// # Errors
    ///
    /// If a quoted field with a line break in it is longer than a row, or goes on behind its end:
    /// then its quote was never meant to take in these lines. `cut` has the rows before.
    pub fn feed(&mut self, bytes: &[u8], cut: &mut Vec<Cut>) -> Result<(), UnclosedQuote> {
        for &byte in bytes {
            let ends_row = self.ends_row(byte)?;
            self.count_line(byte);
            if ends_row {
                cut.extend(self.end_row());
            } else if self.row.len() == LONGEST_ROW {
                self.too_long = true;
            } else {
                self.row.push(byte);
            }
            if self.too_long && self.place == Place::Quoted && self.quote.has_line_break {
                return Err(self.unclosed());
            }
        }
        Ok(())
    }

    /// Ends the last row of a body, which needs no line break.
    ///
    /// # Errors
    ///
    /// If it ends in a quoted field.
    pub fn end(&mut self) -> Result<Option<Cut>, UnclosedQuote> {
        if self.place == Place::Quoted { Err(self.unclosed()) } else { Ok(self.end_row()) }
    }

    fn end_row(&mut self) -> Option<Cut> {
        self.place = Place::FieldStart;
        let row = std::mem::take(&mut self.row);
        if std::mem::take(&mut self.too_long) {
            return Some(Cut::TooLong);
        }
        let blank = row.iter().all(u8::is_ascii_whitespace);
        (!blank).then_some(Cut::Row(row))
    }

    fn ends_row(&mut self, byte: u8) -> Result<bool, UnclosedQuote> {
        if self.kind == RowKind::JsonLines {
            return Ok(byte == b'\n');
        }
        self.place = match (self.place, byte) {
            (Place::FieldStart, b'"') => {
                self.quote = Quote { line: self.line, has_line_break: false };
                Place::Quoted
            }
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::QuoteInQuoted, b'"') => Place::Quoted,
            (Place::Quoted, b'\n' | b'\r') => {
                self.quote.has_line_break = true;
                Place::Quoted
            }
            (Place::Quoted, _) => Place::Quoted,
            (_, b'\n' | b'\r') => return Ok(true),
            (_, b',') => Place::FieldStart,
            (Place::QuoteInQuoted, _) if self.quote.has_line_break => return Err(self.unclosed()),
            (_, _) => Place::Plain,
        };
        Ok(false)
    }

    /// Lines end with LF, CR, or both.
    fn count_line(&mut self, byte: u8) {
        if byte == b'\r' || (byte == b'\n' && !self.after_return) {
            self.line += 1;
        }
        self.after_return = byte == b'\r';
    }

    fn unclosed(&self) -> UnclosedQuote {
        UnclosedQuote { line: self.quote.line }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cut, LONGEST_ROW, RowKind, Splitter, UnclosedQuote};

    type Read = (Vec<Cut>, Result<(), UnclosedQuote>);

    fn cut_in(kind: RowKind, pieces: impl Iterator<Item = impl AsRef<[u8]>>) -> Read {
        let (mut splitter, mut cut) = (Splitter::new(kind), Vec::new());
        for piece in pieces {
            if let Err(unclosed) = splitter.feed(piece.as_ref(), &mut cut) {
                return (cut, Err(unclosed));
            }
        }
        let end = splitter.end().map(|last| cut.extend(last));
        (cut, end)
    }

    /// Cut at every byte: where the network cuts must not matter.
    fn read(kind: RowKind, body: &[u8]) -> Read {
        let read = cut_in(kind, body.chunks(1));
        assert_eq!(read, cut_in(kind, std::iter::once(body)));
        read
    }

    fn rows(kind: RowKind, body: &str) -> Vec<String> {
        let text = |cut| match cut {
            Cut::Row(row) => String::from_utf8(row).unwrap(),
            Cut::TooLong => "too long".to_owned(),
        };
        let (cut, end) = read(kind, body.as_bytes());
        assert_eq!(end, Ok(()));
        cut.into_iter().map(text).collect()
    }

    /// The line of the quote that is not closed, and how many rows come before.
    fn unclosed(body: &str) -> (usize, usize) {
        let (cut, end) = read(RowKind::Csv, body.as_bytes());
        (end.unwrap_err().line, cut.len())
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

    #[test]
    fn a_quote_that_is_not_closed_is_named_by_its_line() {
        assert_eq!(unclosed("a,b\nc,\"d"), (2, 1));
        assert_eq!(unclosed("a\r\nb\rc\n\n\"d\r\ne\nf\n"), (5, 3));
        assert_eq!(unclosed("\"a\nb\",c\n\"d\"\"\n"), (3, 1));
    }

    #[test]
    fn a_quote_that_the_quote_of_a_later_row_seems_to_close_is_not_closed() {
        assert_eq!(unclosed("a,b\n\"c,d\n\"e\",f\ng,h\n"), (2, 1));
        assert_eq!(unclosed("\"a,b\nc,\"d\"\n"), (1, 0));
        assert_eq!(rows(RowKind::Csv, "\"a\"b,c\nd"), ["\"a\"b,c", "d"]);
    }

    #[test]
    fn a_quote_takes_in_no_more_lines_than_a_row_has_bytes() {
        let lines = "learner,enrolled\n".repeat(LONGEST_ROW);
        let (cut, end) = cut_in(RowKind::Csv, [format!("a\n\"b\n{lines}\"")].iter());
        assert_eq!((cut.len(), end), (1, Err(UnclosedQuote { line: 2 })));

        let long = format!("a\n\"{}\",b\nc", "x".repeat(LONGEST_ROW));
        assert_eq!(rows(RowKind::Csv, &long), ["a", "too long", "c"]);
        assert_eq!(unclosed(&format!("\"{}\nb\",c\n", "x".repeat(LONGEST_ROW))), (1, 0));
    }
}
