//! Reads a body of rows as it comes: JSON lines, or CSV with a header.

use serde_json::{Map, Value};

use super::{
    row::{Asked, Fault, Row},
    splitter::{Cut, RowKind, Splitter, UnclosedQuote},
};
use crate::domain::{change::Status, enrollment_batch::CourseStaff};

/// Some programs begin a text in UTF-8 with it.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What every row has to have.
const REQUIRED: [&str; 2] = ["student_key", "status"];

/// The one column of course runs that may be left out.
const COURSE_STAFF: &str = "course_staff";

/// Why nothing of a table is done. The texts are the API's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableTable {
    #[error("CSV header is not readable")]
    Header,
    #[error("CSV is missing headers [{}]", .0.join(", "))]
    MissingHeaders(Vec<&'static str>),
    #[error("CSV has unknown headers [{}]", .0.join(", "))]
    UnknownHeaders(Vec<String>),
    #[error("CSV has repeated headers [{}]", .0.join(", "))]
    RepeatedHeaders(Vec<String>),
    #[error(transparent)]
    UnclosedQuote(#[from] UnclosedQuote),
    #[error("Enrollment limit {0}")]
    TooManyRows(usize),
}

/// The reader of one body.
#[derive(Debug)]
pub struct Table {
    splitter: Splitter,
    kind: RowKind,
    staff: CourseStaff,
    most_rows: usize,
    /// The names of CSV columns, once they have been read.
    header: Option<Vec<String>>,
    rows: i32,
}

impl Table {
    /// Begins a body. Rows may name course staff unless that is ignored.
    pub fn new(kind: RowKind, staff: CourseStaff, most_rows: usize) -> Self {
        Self { splitter: Splitter::new(kind), kind, staff, most_rows, header: None, rows: 0 }
    }

    /// How the body's rows are written.
    pub fn kind(&self) -> RowKind {
        self.kind
    }

    /// The rows that end within `bytes`.
    ///
    /// # Errors
    ///
    /// If the header is not right, a quote is not closed, or there are too many rows.
    pub fn feed<S: Status>(&mut self, bytes: &[u8]) -> Result<Vec<Row<S>>, UnreadableTable> {
        let mut cut = Vec::new();
        let whole = self.splitter.feed(bytes, &mut cut);
        let rows = self.read_all(cut)?;
        whole?;
        Ok(rows)
    }

    /// The last row, where no line break ends it. Without rows CSV still has a header.
    ///
    /// # Errors
    ///
    /// As [`Table::feed`].
    pub fn end<S: Status>(&mut self) -> Result<Vec<Row<S>>, UnreadableTable> {
        let last = self.splitter.end()?;
        let rows = self.read_all(last.into_iter().collect())?;
        if self.kind == RowKind::Csv && self.header.is_none() {
            return Err(UnreadableTable::MissingHeaders(REQUIRED.to_vec()));
        }
        Ok(rows)
    }

    fn read_all<S: Status>(&mut self, cut: Vec<Cut>) -> Result<Vec<Row<S>>, UnreadableTable> {
        let mut rows = Vec::with_capacity(cut.len().min(self.most_rows));
        for cut in cut {
            rows.extend(self.read(cut)?);
        }
        Ok(rows)
    }

    fn read<S: Status>(&mut self, cut: Cut) -> Result<Option<Row<S>>, UnreadableTable> {
        let is_first = self.rows == 0 && self.header.is_none();
        let row = match &cut {
            Cut::Row(row) if is_first => Some(row.strip_prefix(BYTE_ORDER_MARK).unwrap_or(row)),
            Cut::Row(row) => Some(row.as_slice()),
            Cut::TooLong => None,
        };
        if self.kind == RowKind::Csv && self.header.is_none() {
            self.header = Some(self.header(row)?);
            return Ok(None);
        }
        if usize::try_from(self.rows).is_ok_and(|rows| rows >= self.most_rows) {
            return Err(UnreadableTable::TooManyRows(self.most_rows));
        }
        self.rows += 1;
        Ok(Some(match row {
            None => Row::nameless(self.rows, Fault::TooLong),
            Some(row) => match self.members(row) {
                Some(members) => self.row(&members),
                None => Row::nameless(self.rows, Fault::Unreadable),
            },
        }))
    }

    /// Names in lower case without spaces around them; their order is free.
    fn header(&self, row: Option<&[u8]>) -> Result<Vec<String>, UnreadableTable> {
        let cells = row.and_then(cells).ok_or(UnreadableTable::Header)?;
        let names: Vec<String> = cells.iter().map(|cell| cell.trim().to_lowercase()).collect();
        let missing: Vec<_> =
            REQUIRED.into_iter().filter(|name| !names.iter().any(|each| each == name)).collect();
        if !missing.is_empty() {
            return Err(UnreadableTable::MissingHeaders(missing));
        }
        let is_unknown = |name: &&String| !name.is_empty() && !self.knows(name);
        let unknown: Vec<_> = names.iter().filter(is_unknown).cloned().collect();
        if !unknown.is_empty() {
            return Err(UnreadableTable::UnknownHeaders(unknown));
        }
        let is_repeated = |(at, name): &(usize, &String)| {
            !name.is_empty() && names.iter().take(*at).any(|before| before == *name)
        };
        let repeated: Vec<_> =
            names.iter().enumerate().filter(is_repeated).map(|(_, name)| name.clone()).collect();
        if !repeated.is_empty() {
            return Err(UnreadableTable::RepeatedHeaders(repeated));
        }
        Ok(names)
    }

    fn knows(&self, column: &str) -> bool {
        REQUIRED.contains(&column) || (column == COURSE_STAFF && self.staff != CourseStaff::Ignored)
    }

    /// A row as members of an object; a cell beyond the header has no name, and an empty one is as
    /// if left out.
    fn members(&self, row: &[u8]) -> Option<Map<String, Value>> {
        let Some(header) = &self.header else {
            return serde_json::from_slice(row).ok();
        };
        let names = header.iter().map(String::as_str).chain(std::iter::repeat(""));
        let cells = cells(row)?;
        let named = names.zip(cells).filter(|(_, cell)| !cell.trim().is_empty());
        Some(named.map(|(name, cell)| (name.to_owned(), Value::String(cell))).collect())
    }

    fn row<S: Status>(&self, members: &Map<String, Value>) -> Row<S> {
        let key = members.get("student_key").and_then(Value::as_str);
        Row::named(self.rows, key, self.asked(members))
    }

    fn asked<S: Status>(&self, members: &Map<String, Value>) -> Result<Asked<S>, Fault> {
        if !members.keys().all(|name| self.knows(name)) {
            return Err(Fault::UnknownColumn);
        }
        let course_staff = match members.get(COURSE_STAFF) {
            None | Some(Value::Null) => None,
            Some(value) => Some(self.flag(value).ok_or(Fault::CourseStaff)?),
        };
        if course_staff.is_some() && self.staff == CourseStaff::Refused {
            return Err(Fault::CourseStaffNotEnabled);
        }
        let status = members.get("status").and_then(Value::as_str).map(str::trim);
        let status = status.and_then(S::from_name).ok_or(Fault::Status)?;
        Ok(Asked { status, course_staff })
    }

    /// JSON has flags of its own; CSV has the words that uploads take.
    fn flag(&self, value: &Value) -> Option<bool> {
        let word = match (self.kind, value) {
            (RowKind::Csv, Value::String(word)) => word.trim().to_ascii_lowercase(),
            (_, value) => return value.as_bool(),
        };
        match word.as_str() {
            "true" | "yes" | "t" | "y" | "on" | "1" => Some(true),
            "false" | "no" | "f" | "n" | "off" | "0" => Some(false),
            _ => None,
        }
    }
}

/// The cells of one CSV row; `None` if they are not UTF-8.
fn cells(row: &[u8]) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(row.len())
        .from_reader(row);
    let mut record = csv::StringRecord::new();
    reader.read_record(&mut record).ok()?;
    Some(record.iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests;
