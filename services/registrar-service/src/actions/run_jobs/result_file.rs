//! A result, written as it comes: JSON as the predecessor indents it, or CSV.

use files::Upload;
use serde_json::Value;

use crate::{domain::job::Format, error::Error};

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Text(String),
    Flag(bool),
    Null,
}

/// Cells in the order of the columns.
pub(super) type Row = Vec<Cell>;

/// A file that appears when it is finished, whole; dropped before, it leaves nothing.
pub(super) struct ResultFile {
    to: Upload,
    format: Format,
    columns: &'static [&'static str],
    rows: u64,
    begun: bool,
}

impl ResultFile {
    /// Begins a file; nothing is to be seen of it yet.
    pub(super) fn begin(to: Upload, format: Format, columns: &'static [&'static str]) -> Self {
        Self { to, format, columns, rows: 0, begun: false }
    }

    /// Appends rows.
    pub(super) async fn write(&mut self, rows: &[Row]) -> Result<(), Error> {
        let bytes = match self.format {
            Format::Json => self.json(rows),
            Format::Csv => self.csv(rows)?,
        };
        self.rows += rows.len() as u64;
        self.begun = true;
        Ok(self.to.write(bytes.into()).await?)
    }

    /// Makes the file visible.
    pub(super) async fn finish(mut self) -> Result<(), Error> {
        let end = match (self.format, self.rows) {
            (Format::Json, 0) => "[]",
            (Format::Json, _) => "\n]",
            (Format::Csv, _) => "",
        };
        self.to.write(end.into()).await?;
        Ok(self.to.finish().await?)
    }

    /// Objects with their members in alphabetical order, indented by four spaces.
    fn json(&self, rows: &[Row]) -> Vec<u8> {
        let mut text = String::new();
        for (before, row) in (self.rows..).zip(rows) {
            text.push_str(if before == 0 { "[\n    {" } else { ",\n    {" });
            let mut members: Vec<(&str, Value)> =
                self.columns.iter().copied().zip(row.iter().map(Cell::json)).collect();
            members.sort_by_key(|(name, _)| *name);
            for (index, (name, value)) in members.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                text.push_str(&format!("{comma}\n        \"{name}\": {value}"));
            }
            text.push_str("\n    }");
        }
        text.into_bytes()
    }

    /// Commas, CRLF also at the end, quotes where needed; the header comes with the first page.
    fn csv(&self, rows: &[Row]) -> Result<Vec<u8>, Error> {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        if !self.begun {
            writer.write_record(self.columns).map_err(unwritten)?;
        }
        for row in rows {
            writer.write_record(row.iter().map(Cell::csv)).map_err(unwritten)?;
        }
        writer.into_inner().map_err(|error| unwritten(error.into_error()).into())
    }
}

impl Cell {
    fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Flag(flag) => Value::from(*flag),
            Self::Null => Value::Null,
        }
    }

    fn csv(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Flag(true) => "True",
            Self::Flag(false) => "False",
            Self::Null => "",
        }
    }
}

fn unwritten(error: impl std::error::Error + Send + Sync + 'static) -> object_store::Error {
    object_store::Error::Generic { store: "job results", source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use files::{Files, Settings};
    use object_store::{ObjectStoreExt, path::Path};

    use super::{Cell, ResultFile};
    use crate::domain::job::Format;

    async fn written(format: Format, pages: &[Vec<Vec<Cell>>]) -> String {
        let memory = Settings { url: "memory:".to_owned(), ..Settings::default() };
        let files = Files::open(&memory).unwrap();
        let path = Path::from("x");
        let mut file = ResultFile::begin(files.begin(path.clone()), format, &["b", "a"]);
        for page in pages {
            file.write(page).await.unwrap();
        }
        file.finish().await.unwrap();
        let bytes = files.store().get(&path).await.unwrap().bytes().await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn row(b: &str, a: Cell) -> Vec<Cell> {
        vec![Cell::Text(b.to_owned()), a]
    }

    #[tokio::test]
    async fn json_is_indented_by_four_with_members_in_alphabetical_order() {
        let pages = [vec![row("é\"", Cell::Flag(true))], vec![row("x", Cell::Null)]];
        let text = written(Format::Json, &pages).await;

        let expected = "[\n    {\n        \"a\": true,\n        \"b\": \"é\\\"\"\n    },\n    \
             {\n        \"a\": null,\n        \"b\": \"x\"\n    }\n]";
        assert_eq!(text, expected);
        assert_eq!(written(Format::Json, &[vec![]]).await, "[]");
    }

    #[tokio::test]
    async fn csv_has_one_header_crlf_and_quotes_only_where_needed() {
        let pages = [vec![row("a,b", Cell::Flag(false))], vec![row("=1", Cell::Null)]];

        assert_eq!(written(Format::Csv, &pages).await, "b,a\r\n\"a,b\",False\r\n=1,\r\n");
        assert_eq!(written(Format::Csv, &[vec![], vec![]]).await, "b,a\r\n");
    }
}
