//! Measures a suite that is apart, each figure beside a ceiling of the same run, in one table.

mod awards;
mod bulk;
mod documents;
mod processes;
mod reads;
mod schools;
mod tokens;

use std::{
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use clap::{Parser, ValueEnum};
use e2e::{
    caller::Lms,
    load::{cpu::Spent, table::Table},
    story::Teller,
    suite::{Suite, Way},
};

#[derive(Parser)]
#[command(about = "Measures a suite of its own and prints one table; build with --release first")]
struct Arguments {
    #[command(flatten)]
    way: Way,
    /// How long each steady load lasts, in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How many awards are issued in bulk, 1,000 a request; at least 10,000.
    #[arg(long, default_value_t = 100_000)]
    bulk: usize,
    /// How many enrollments are exported; at least 10,000.
    #[arg(long, default_value_t = 100_000)]
    enrollments: usize,
    /// Only these, in this order.
    #[arg(long, value_delimiter = ',', default_values_t = Measured::value_variants().to_vec())]
    only: Vec<Measured>,
    /// Added to each port.
    #[arg(long, default_value_t = 6000)]
    port_offset: u16,
}

/// What is measured, in the order in which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Measured {
    Idle,
    Start,
    Tokens,
    Single,
    Steady,
    Reads,
    Documents,
    Schools,
    Bulk,
    Loaded,
}

impl std::fmt::Display for Measured {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = self.to_possible_value();
        to.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// How long a client repeats one request, and how long documents may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a suite may take to come to rest after a load.
const REST_WITHIN: Duration = Duration::from_secs(3600);

#[tokio::main]
async fn main() -> ExitCode {
    e2e::run(carry_out(Arguments::parse())).await
}

async fn carry_out(arguments: Arguments) -> anyhow::Result<()> {
    ensure!(arguments.bulk >= 10_000 && arguments.enrollments >= 10_000, "too few to be measured");
    let folder = tempfile::tempdir()?;
    let way = Way { apart: true, ..arguments.way };
    let mut suite = Suite::new(way, folder.path(), arguments.port_offset);
    suite.start_with_demo().await?;
    let load = Load {
        teller: Arc::new(Teller::new(Lms(suite.lms_key()?), suite.addresses())?),
        suite: &suite,
        folder: folder.path(),
        how_long: Duration::from_secs(arguments.seconds),
        postgres: std::fs::read_to_string(folder.path().join("postgres/port"))?.trim().to_owned(),
    };
    let mut table = Table::default();
    for measured in arguments.only {
        load.rest().await?;
        match measured {
            Measured::Idle => load.memory(&mut table, "idle", "≤ 64 MiB"),
            Measured::Start => load.start(&mut table).await?,
            Measured::Tokens => load.tokens(&mut table).await?,
            Measured::Single => load.single_awards(&mut table).await?,
            Measured::Steady => load.steady_awards(&mut table).await?,
            Measured::Reads => load.reads(&mut table).await?,
            Measured::Documents => load.documents(&mut table).await?,
            Measured::Schools => load.schools(&mut table, arguments.enrollments).await?,
            Measured::Bulk => load.bulk(&mut table, arguments.bulk).await?,
            Measured::Loaded => load.memory(&mut table, "loaded", ""),
        }
    }
    println!("\n{}", table.markdown());
    suite.end().await
}

/// A running suite, and for how long each thing is measured.
struct Load<'a> {
    teller: Arc<Teller>,
    suite: &'a Suite,
    folder: &'a Path,
    how_long: Duration,
    /// The port of the suite's PostgreSQL.
    postgres: String,
}

impl Load<'_> {
    /// Of the suite's PostgreSQL, as its administrator.
    fn postgres_url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.postgres)
    }

    fn spent(&self) -> Spent {
        Spent::now(self.folder)
    }

    /// Waits until what was begun is done, so that one figure does not pay for another. Returns how
    /// long that took.
    async fn rest(&self) -> anyhow::Result<Duration> {
        let started = Instant::now();
        let mut before = self.spent();
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let now = self.spent();
            // A tenth of a core, kept for a second.
            if now.ours_ms_each(&before, 1) < 100.0 {
                return Ok(started.elapsed());
            }
            before = now;
            ensure!(started.elapsed() < REST_WITHIN, "the suite does not come to rest");
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of things done is small")]
fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}
