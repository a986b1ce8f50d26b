//! How far a batch is, on standard error.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// `--progress`
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// A bar on a terminal, else a line every ten seconds
    Auto,
    /// A bar in any case
    Always,
    Never,
    /// A JSON object a line
    Json,
}

/// Counts, and shows the counts.
pub struct Progress {
    display: Display,
    total: Option<u64>,
    started: Instant,
    pub ok: u64,
    pub failed: u64,
    pub skipped: u64,
}

enum Display {
    Bar(ProgressBar),
    Lines { json: bool, every: Duration, last: Instant },
    Nothing,
}

impl Progress {
    pub fn new(mode: Mode, quiet: bool, total: Option<u64>) -> Self {
        let now = Instant::now();
        let lines =
            |json, seconds| Display::Lines { json, every: Duration::from_secs(seconds), last: now };
        let display = match mode {
            _ if quiet && mode != Mode::Json => Display::Nothing,
            Mode::Never => Display::Nothing,
            Mode::Json => lines(true, 1),
            Mode::Always => Display::Bar(bar(total)),
            Mode::Auto if std::io::stderr().is_terminal() => Display::Bar(bar(total)),
            Mode::Auto => lines(false, 10),
        };
        Self { display, total, started: now, ok: 0, failed: 0, skipped: 0 }
    }

    pub fn count(&mut self, status: &str) {
        match status {
            "ok" => self.ok += 1,
            "skipped" => self.skipped += 1,
            _ => self.failed += 1,
        }
        self.show(false);
    }

    /// Shows the last state and stops showing.
    pub fn finish(&mut self) {
        self.show(true);
        if let Display::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }

    fn done(&self) -> u64 {
        self.ok + self.failed + self.skipped
    }

    fn show(&mut self, last_time: bool) {
        let (done, failed, total) = (self.done(), self.failed, self.total);
        let seconds = self.started.elapsed().as_secs_f64().max(0.001);
        let rate = (self.ok + self.failed) as f64 / seconds;
        let left = total.map(|total| total.saturating_sub(done) as f64 / rate.max(0.001));
        match &mut self.display {
            Display::Nothing => {}
            Display::Bar(bar) => {
                bar.set_position(done);
                bar.set_message(format!("{failed} failed, {rate:.0}/s"));
            }
            Display::Lines { json, every, last } => {
                if !last_time && last.elapsed() < *every {
                    return;
                }
                *last = Instant::now();
                let mut stderr = std::io::stderr().lock();
                // Progress that nobody can read any more is no reason to stop.
                let _closed = if *json {
                    let eta_s = left.map(f64::round);
                    let rate = (rate * 10.0).round() / 10.0;
                    let line = serde_json::json!({
                        "done": done, "failed": failed, "total": total, "rate": rate, "eta_s": eta_s
                    });
                    writeln!(stderr, "{line}")
                } else {
                    let total = total.map_or_else(|| "?".to_owned(), |total| total.to_string());
                    writeln!(stderr, "{done}/{total}, {failed} failed, {rate:.0}/s")
                };
            }
        }
    }
}

fn bar(total: Option<u64>) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr_with_hz(10));
    let style = match total {
        Some(_) => "{bar:30} {pos}/{len}  {msg}  {eta} left",
        None => "{spinner} {pos}  {msg}",
    };
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar
}
