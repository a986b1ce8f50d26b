//! `render batch`: a document for each row; rows are independent of each other.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, bail};
use renderer_service::domain::ids::sha256_hex;
use renderer_service::domain::{Fault, Parsed};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::cells::fill;
use crate::names::Names;
use crate::offline::{Common, Offline, extension, write};
use crate::one::read_json;
use crate::progress::{Mode, Progress};
use crate::report::{Earlier, Line, Report};
use crate::rows::{Format, Row, Rows};
use crate::{Global, Outcome};

/// Rows that may be finished before one that is still running.
const AHEAD: u64 = 4096;

/// Render a document for each row of a table
#[derive(clap::Args)]
pub struct BatchArgs {
    #[command(flatten)]
    common: Common,
    /// A .csv or .jsonl file; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    input: String,
    /// A JSON file with what rows lack
    #[arg(long, value_name = "FILE")]
    defaults: Option<String>,
    /// The character between cells of CSV; `\t` is a tabulator
    #[arg(long, default_value = ",")]
    delimiter: String,
    /// Workers; default: one a core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// File names without extension
    #[arg(long, default_value = "{row:05}-{recipient.name}")]
    name_pattern: String,
    /// A .csv or .jsonl file with a line for each row
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Skip rows that the report says are done and whose file is unchanged
    #[arg(long, requires = "report")]
    resume: bool,
    /// Stop at the first row that fails
    #[arg(long)]
    fail_fast: bool,
    /// Stop after this many rows
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    #[arg(long, value_enum, default_value = "auto")]
    progress: Mode,
}

pub async fn run(global: &Global, args: BatchArgs) -> anyhow::Result<Outcome> {
    let batch = Batch::prepare(global, &args)?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let listener = tokio::spawn(listen(Arc::clone(&interrupted)));
    let progress = batch.run(&interrupted).await;
    listener.abort();
    let progress = progress?;
    if !global.quiet {
        println!("{} ok, {} failed, {} skipped", progress.ok, progress.failed, progress.skipped);
    }
    Ok(if interrupted.load(Ordering::Relaxed) {
        Outcome::Interrupted
    } else if progress.failed > 0 {
        Outcome::SomeFailed
    } else {
        Outcome::Success
    })
}

/// The first Ctrl-C stops taking rows, the second stops at once.
async fn listen(interrupted: Arc<AtomicBool>) {
    while tokio::signal::ctrl_c().await.is_ok() {
        if interrupted.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    }
}

struct Batch<'a> {
    args: &'a BatchArgs,
    offline: Arc<Offline>,
    rows: Rows,
    names: Names,
    defaults: Option<Value>,
    earlier: Option<Earlier>,
    report: Report,
    progress: Progress,
    jobs: usize,
}

impl<'a> Batch<'a> {
    fn prepare(global: &Global, args: &'a BatchArgs) -> anyhow::Result<Self> {
        let format = Format::of(&args.input, delimiter(&args.delimiter)?);
        let rows = Rows::open(&args.input, format)?;
        let total = count(&args.input, format)?
            .map(|total| args.limit.map_or(total, |limit| total.min(limit)));
        let names = Names::new(&args.name_pattern)?;
        let jobs = args.jobs.map_or_else(cores, usize::from);
        let offline = Offline::start(global, &args.common, jobs)?;
        let out = &args.common.out;
        std::fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
        let earlier = match &args.report {
            Some(report) if args.resume => Some(Earlier::take(report)?),
            _ => None,
        };
        Ok(Self {
            offline: Arc::new(offline),
            rows,
            names,
            defaults: args.defaults.as_deref().map(read_json).transpose()?,
            earlier,
            report: Report::create(args.report.as_deref())?,
            progress: Progress::new(args.progress, global.quiet, total),
            jobs,
            args,
        })
    }

    /// Takes rows as fast as workers are free, and no faster.
    async fn run(mut self, interrupted: &AtomicBool) -> anyhow::Result<Progress> {
        let mut running = JoinSet::new();
        let mut number = 0;
        let mut wants_more = true;
        while wants_more || !running.is_empty() {
            let is_full =
                running.len() >= 2 * self.jobs || number >= self.report.next_row() + AHEAD;
            if wants_more && !is_full {
                let stop = interrupted.load(Ordering::Relaxed)
                    || self.args.limit.is_some_and(|limit| number >= limit)
                    || (self.args.fail_fast && self.progress.failed > 0);
                match self.rows.next().filter(|_| !stop) {
                    Some(row) => {
                        number = row.number;
                        self.begin(row, &mut running)?;
                    }
                    None => wants_more = false,
                }
                continue;
            }
            if let Some(line) = running.join_next().await {
                self.end(line.context("a row was lost")??)?;
            }
        }
        self.progress.finish();
        self.report.finish()?;
        if let Some(report) = &self.args.report
            && self.earlier.is_some()
            && !interrupted.load(Ordering::Relaxed)
        {
            Earlier::discard(report);
        }
        Ok(self.progress)
    }

    fn begin(
        &mut self,
        row: Row,
        running: &mut JoinSet<anyhow::Result<Line>>,
    ) -> anyhow::Result<()> {
        let number = row.number;
        let content = match row.content {
            Ok(content) => content,
            Err(malformed) => {
                return self.end(failed(number, malformed.code, malformed.detail, None));
            }
        };
        let mut data = content.data;
        if let Some(defaults) = &self.defaults {
            fill(&mut data, defaults);
        }
        let name = self.names.name(number, &data);
        let out = &self.args.common.out;
        if let Some(line) = self.earlier.as_mut().and_then(|it| it.finished(number, out)) {
            return self.end(Line { status: "skipped".to_owned(), ..line });
        }
        let common = &self.args.common;
        match self.offline.parse(common, content.locale.as_deref(), data) {
            Err(fault) => self.end(failed_by(number, &fault, None)),
            Ok(parsed) => {
                let (offline, out) = (Arc::clone(&self.offline), out.clone());
                running.spawn(async move { render(number, &offline, parsed, &name, &out).await });
                Ok(())
            }
        }
    }

    fn end(&mut self, line: Line) -> anyhow::Result<()> {
        self.progress.count(&line.status);
        self.report.add(line)
    }
}

async fn render(
    row: u64,
    offline: &Offline,
    parsed: Parsed,
    name: &str,
    out: &std::path::Path,
) -> anyhow::Result<Line> {
    let render_id = Some(parsed.render_id.clone());
    let artifacts = match offline.render(&parsed).await {
        Ok(artifacts) => artifacts,
        Err(fault) => return Ok(failed_by(row, &fault, render_id)),
    };
    let mut line = Line { row, status: "ok".to_owned(), render_id, ..Line::default() };
    line.verify_url = parsed.request.data.verify.and_then(|verify| verify.url);
    for (output, file) in &artifacts.files {
        let file_name = format!("{name}.{}", extension(*output));
        write(out, &file_name, file)?;
        if line.file.is_none() {
            line.file = Some(file_name);
            line.sha256 = Some(sha256_hex(file));
            line.bytes = Some(file.len());
        }
    }
    Ok(line)
}

fn failed_by(row: u64, fault: &Fault, render_id: Option<String>) -> Line {
    failed(row, fault.code.as_str(), fault.summary(), render_id)
}

fn failed(row: u64, code: &str, detail: String, render_id: Option<String>) -> Line {
    Line {
        row,
        status: "failed".to_owned(),
        render_id,
        code: Some(code.to_owned()),
        detail: Some(detail),
        ..Line::default()
    }
}

/// How many rows a file has; standard input can only be read once.
fn count(input: &str, format: Format) -> anyhow::Result<Option<u64>> {
    if input == "-" {
        return Ok(None);
    }
    Ok(Some(Rows::open(input, format)?.map(|row| row.number).last().unwrap_or(0)))
}

fn delimiter(text: &str) -> anyhow::Result<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() => Ok(*byte),
        _ if text == "\\t" => Ok(b'\t'),
        _ => bail!("--delimiter must be one character"),
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
