//! Reads the table of a batch row by row: CSV with a header, or a JSON object a line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use crate::cells::{Target, put, target};

/// The longest line of JSON that is read.
const MAX_LINE: u64 = 8 * 1024 * 1024;

/// One row, counted from 1.
pub struct Row {
    pub number: u64,
    pub content: Result<Content, Malformed>,
}

pub struct Content {
    pub data: Value,
    pub locale: Option<String>,
}

/// A row that cannot be read; the rest can.
#[derive(Debug)]
pub struct Malformed {
    pub code: &'static str,
    pub detail: String,
}

/// The rows of an input.
pub enum Rows {
    Csv { reader: Box<csv::Reader<Box<dyn Read + Send>>>, targets: Vec<Target>, number: u64 },
    Lines { reader: BufReader<Box<dyn Read + Send>>, number: u64 },
}

/// How the input is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv { delimiter: u8 },
    JsonLines,
}

impl Format {
    /// By the file's name; standard input is CSV unless it begins with a brace.
    pub fn of(path: &str, delimiter: u8) -> Self {
        let ends = |end: &str| path.to_ascii_lowercase().ends_with(end);
        if ends(".jsonl") || ends(".ndjson") { Self::JsonLines } else { Self::Csv { delimiter } }
    }
}

impl Rows {
    /// Opens a file, or standard input for `-`.
    pub fn open(path: &str, format: Format) -> anyhow::Result<Self> {
        let input: Box<dyn Read + Send> = if path == "-" {
            Box::new(std::io::stdin())
        } else {
            Box::new(File::open(path).with_context(|| path.to_owned())?)
        };
        Self::read(input, format)
    }

    pub fn read(input: Box<dyn Read + Send>, format: Format) -> anyhow::Result<Self> {
        let mut input = BufReader::new(input);
        let start = input.fill_buf().context("cannot read the input")?;
        let has_mark = start.starts_with(b"\xEF\xBB\xBF");
        let is_json = start[if has_mark { 3 } else { 0 }..].starts_with(b"{");
        if has_mark {
            input.consume(3);
        }
        let Format::Csv { delimiter } = format else {
            return Ok(Self::Lines { reader: BufReader::new(Box::new(input)), number: 0 });
        };
        if is_json {
            return Ok(Self::Lines { reader: BufReader::new(Box::new(input)), number: 0 });
        }
        let boxed: Box<dyn Read + Send> = Box::new(input);
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(boxed);
        let headers = reader.headers().context("the header row cannot be read")?;
        let targets = headers.iter().map(target).collect::<anyhow::Result<Vec<_>>>()?;
        for (index, found) in targets.iter().enumerate() {
            if targets[..index].contains(found) {
                bail!("two columns mean the same: {:?}", headers.get(index).unwrap_or_default());
            }
        }
        if targets.is_empty() {
            bail!("the input has no header row");
        }
        Ok(Self::Csv { reader: Box::new(reader), targets, number: 0 })
    }
}

impl Iterator for Rows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        match self {
            Self::Csv { reader, targets, number } => {
                let mut record = csv::StringRecord::new();
                let content = match reader.read_record(&mut record) {
                    Ok(false) => return None,
                    Ok(true) => Ok(from_cells(targets, &record)),
                    Err(error) => {
                        let detail = csv_fault(&error);
                        if error.is_io_error() {
                            return None;
                        }
                        Err(Malformed { code: "csv_row", detail })
                    }
                };
                *number += 1;
                Some(Row { number: *number, content })
            }
            Self::Lines { reader, number } => loop {
                let mut line = Vec::new();
                let length = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).ok()?;
                if length == 0 {
                    return None;
                }
                if line.trim_ascii().is_empty() {
                    continue;
                }
                *number += 1;
                return Some(Row { number: *number, content: from_line(&line) });
            },
        }
    }
}

fn from_cells(targets: &[Target], record: &csv::StringRecord) -> Content {
    let mut content = Content { data: json!({}), locale: None };
    for (target, cell) in targets.iter().zip(record) {
        match target {
            Target::Member(path) => put(&mut content.data, path, cell),
            Target::Locale => {
                content.locale = Some(cell.trim().to_owned()).filter(|l| !l.is_empty())
            }
        }
    }
    content
}

fn from_line(line: &[u8]) -> Result<Content, Malformed> {
    match serde_json::from_slice(line) {
        Ok(data @ Value::Object(_)) => Ok(Content { data, locale: None }),
        _ => Err(Malformed { code: "bad_json", detail: "is not a JSON object on one line".into() }),
    }
}

/// What is wrong with a row, without the row's own text.
fn csv_fault(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "is not UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("has {len} cells instead of {expected_len}")
        }
        _ => "cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &'static str) -> Vec<Row> {
        let format = Format::Csv { delimiter: b',' };
        Rows::read(Box::new(text.as_bytes()), format).unwrap().collect()
    }

    #[test]
    fn a_table_may_begin_with_a_byte_order_mark_and_hold_quoted_line_breaks() {
        let rows = rows("\u{FEFF}name,achievement.statement\n\"Ada, L.\",\"a\nb\"\n");
        let data = &rows[0].content.as_ref().unwrap().data;
        assert_eq!(data["recipient"]["name"], "Ada, L.");
        assert_eq!(data["achievement"]["statement"], "a\nb");
    }

    #[test]
    fn a_malformed_row_fails_alone_and_is_counted() {
        let rows = rows("name,title\nAda,Logic\nonly one\nBob,Maths\n");
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(rows[1].content.as_ref().err().unwrap().code, "csv_row");
        assert!(rows[2].content.is_ok());
    }

    #[test]
    fn lines_of_json_are_rows_too() {
        let rows = rows("{\"recipient\": {\"name\": \"Ada\"}}\n\nnonsense\n");
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1].content.as_ref().err().unwrap().code, "bad_json");
    }

    #[test]
    fn an_unknown_or_doubled_column_is_refused() {
        for text in ["Name\n", "name,recipient.name\n", ""] {
            let format = Format::Csv { delimiter: b',' };
            assert!(Rows::read(Box::new(text.as_bytes()), format).is_err(), "{text}");
        }
    }
}
