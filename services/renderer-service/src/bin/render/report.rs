//! The report of a batch: a line a row, in row order, readable by `--resume`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub row: u64,
    /// `ok`, `failed` or `skipped`
    pub status: String,
    pub render_id: Option<String>,
    pub file: Option<String>,
    pub sha256: Option<String>,
    pub bytes: Option<usize>,
    pub verify_url: Option<String>,
    pub code: Option<String>,
    pub detail: Option<String>,
}

/// Puts lines that come in any order into row order.
pub struct Report {
    sink: Option<Sink>,
    waiting: BTreeMap<u64, Line>,
    next: u64,
}

enum Sink {
    Csv(Box<csv::Writer<File>>),
    Lines(BufWriter<File>),
}

impl Report {
    /// Writes to a file, CSV unless it is named `.jsonl`; without a file, to nowhere.
    pub fn create(path: Option<&Path>) -> anyhow::Result<Self> {
        let sink = match path {
            None => None,
            Some(path) => {
                let file = File::create(path).with_context(|| path.display().to_string())?;
                Some(if is_json_lines(path) {
                    Sink::Lines(BufWriter::new(file))
                } else {
                    Sink::Csv(Box::new(csv::Writer::from_writer(file)))
                })
            }
        };
        Ok(Self { sink, waiting: BTreeMap::new(), next: 1 })
    }

    /// Takes a line and writes all whose turn it is.
    pub fn add(&mut self, line: Line) -> anyhow::Result<()> {
        self.waiting.insert(line.row, line);
        while let Some(line) = self.waiting.remove(&self.next) {
            self.write(&line)?;
            self.next += 1;
        }
        Ok(())
    }

    /// The first row that has not been written: nothing must run too far ahead of it.
    pub fn next_row(&self) -> u64 {
        self.next
    }

    /// Writes what is left, though rows before it are missing, and makes sure that it is kept.
    pub fn finish(mut self) -> anyhow::Result<()> {
        for line in std::mem::take(&mut self.waiting).into_values() {
            self.write(&line)?;
        }
        match self.sink {
            Some(Sink::Csv(mut writer)) => writer.flush()?,
            Some(Sink::Lines(mut writer)) => writer.flush()?,
            None => {}
        }
        Ok(())
    }

    fn write(&mut self, line: &Line) -> anyhow::Result<()> {
        match &mut self.sink {
            Some(Sink::Csv(writer)) => writer.serialize(line)?,
            Some(Sink::Lines(writer)) => {
                serde_json::to_writer(&mut *writer, line)?;
                writer.write_all(b"\n")?;
            }
            None => {}
        }
        Ok(())
    }
}

/// The report of an earlier run, read alongside the rows.
pub struct Earlier {
    lines: Box<dyn Iterator<Item = Line>>,
    ahead: Option<Line>,
}

impl Earlier {
    /// Sets the report of the last run aside and opens it.
    ///
    /// A run that was itself resumed and then killed leaves two: what it wrote, and behind that
    /// the rest of the one before it.
    pub fn take(report: &Path) -> anyhow::Result<Self> {
        let old = beside(report, "old");
        if report.exists() && old.exists() {
            let merged = beside(report, "merged");
            let mut writer = Report::create(Some(&merged))?;
            let mut last = 0;
            let first = read(report)?;
            for line in first.chain(read(&old)?) {
                if line.row > last {
                    last = line.row;
                    writer.write(&line)?;
                }
            }
            writer.finish()?;
            std::fs::rename(&merged, &old)?;
        } else if report.exists() {
            std::fs::rename(report, &old)?;
        }
        let lines: Box<dyn Iterator<Item = Line>> =
            if old.exists() { Box::new(read(&old)?) } else { Box::new(std::iter::empty()) };
        Ok(Self { lines, ahead: None })
    }

    /// The earlier line of a row, if its file is still what it was. Rows come in order.
    pub fn finished(&mut self, row: u64, folder: &Path) -> Option<Line> {
        let mut line = self.ahead.take().or_else(|| self.lines.next())?;
        while line.row < row {
            line = self.lines.next()?;
        }
        if line.row > row {
            self.ahead = Some(line);
            return None;
        }
        let was_made = line.status == "ok" || line.status == "skipped";
        let hash = file_hash(&folder.join(line.file.as_deref()?))?;
        (was_made && line.sha256 == Some(hash)).then_some(line)
    }

    /// Forgets the earlier report; the new one says it all.
    pub fn discard(report: &Path) {
        // It may not be there, and a second resume would only find the same.
        let _absent = std::fs::remove_file(beside(report, "old"));
    }
}

fn read(path: &Path) -> anyhow::Result<Box<dyn Iterator<Item = Line>>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    // A line cut off by a crash ends the report.
    if is_json_lines(path) {
        let lines = BufReader::new(file).lines().map_while(Result::ok);
        return Ok(Box::new(lines.map_while(|line| serde_json::from_str(&line).ok())));
    }
    Ok(Box::new(csv::Reader::from_reader(file).into_deserialize().map_while(Result::ok)))
}

/// `report.csv` becomes `report.old.csv`, so that the format is still seen.
fn beside(report: &Path, word: &str) -> PathBuf {
    let end = report.extension().and_then(|end| end.to_str()).unwrap_or("csv");
    report.with_extension(format!("{word}.{end}"))
}

fn is_json_lines(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "jsonl")
}

fn file_hash(path: &Path) -> Option<String> {
    let mut file = Vec::new();
    File::open(path).ok()?.read_to_end(&mut file).ok()?;
    Some(renderer_service::domain::ids::sha256_hex(&file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(row: u64, status: &str) -> Line {
        Line { row, status: status.to_owned(), ..Line::default() }
    }

    #[test]
    fn lines_are_written_in_row_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.csv");
        let mut report = Report::create(Some(&path)).unwrap();
        for row in [3, 1, 2] {
            report.add(line(row, "ok")).unwrap();
        }
        report.finish().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let rows: Vec<_> = text.lines().skip(1).map(|line| &line[..1]).collect();
        assert_eq!(rows, ["1", "2", "3"]);
        assert!(
            text.starts_with("row,status,render_id,file,sha256,bytes,verify_url,code,detail\n")
        );
    }

    #[test]
    fn a_row_counts_as_finished_only_while_its_file_is_the_same() {
        for name in ["report.csv", "report.jsonl"] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(name);
            for file in ["1.pdf", "2.pdf"] {
                std::fs::write(folder.path().join(file), file).unwrap();
            }
            let mut report = Report::create(Some(&path)).unwrap();
            for row in 1..=3_u64 {
                let file = format!("{row}.pdf");
                let sha256 = Some(renderer_service::domain::ids::sha256_hex(file.as_bytes()));
                let status = "ok".to_owned();
                report
                    .add(Line { row, status, file: Some(file), sha256, ..Line::default() })
                    .unwrap();
            }
            report.finish().unwrap();
            std::fs::write(folder.path().join("2.pdf"), "changed").unwrap();
            let mut earlier = Earlier::take(&path).unwrap();
            let found: Vec<_> =
                (1..=4).map(|row| earlier.finished(row, folder.path()).is_some()).collect();
            assert_eq!(found, [true, false, false, false], "{name}");
            // A second resume after a crash before the first line still knows the first row.
            let mut report = Report::create(Some(&path)).unwrap();
            report.add(line(1, "failed")).unwrap();
            report.finish().unwrap();
            let mut earlier = Earlier::take(&path).unwrap();
            assert!(earlier.finished(1, folder.path()).is_none(), "{name}");
        }
    }
}
