//! Measures a suite that is apart, each figure beside a ceiling of the same run, in one table.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use clap::Parser;
use e2e::{
    caller::Lms,
    figures::Figures,
    load::{
        ceilings,
        cpu::{self, Spent, Whose},
        hammer,
        table::Table,
    },
    story::{Award, COURSE, Findings, Teller},
    suite::{SERVICES, Suite, Way},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};

#[derive(Parser)]
#[command(about = "Measures a suite of its own and prints one table; build with --release first")]
struct Arguments {
    #[command(flatten)]
    way: Way,
    /// How long each steady load lasts, in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How many awards are issued in bulk, 1,000 a request.
    #[arg(long, default_value_t = 20_000)]
    bulk: usize,
    /// Added to each port.
    #[arg(long, default_value_t = 6000)]
    port_offset: u16,
}

/// How long a client repeats one request, and how long documents may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The steady rate of awards whose badge and PDF are waited for.
const STEADY: u32 = 50;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    auth::install_cryptography();
    let folder = tempfile::tempdir()?;
    let way = Way { apart: true, ..arguments.way };
    let mut suite = Suite::new(way, folder.path(), arguments.port_offset);
    suite.start_with_demo().await?;
    let teller = Arc::new(Teller::new(Lms(suite.lms_key()?), suite.addresses())?);
    let load = Load {
        teller,
        folder: folder.path(),
        how_long: Duration::from_secs(arguments.seconds),
        postgres: std::fs::read_to_string(folder.path().join("postgres/port"))?.trim().to_owned(),
    };
    let mut table = Table::default();
    load.memory(&mut table, "idle");
    load.single_awards(&mut table).await?;
    let held = load.steady(&mut table).await?;
    load.reads(&mut table, &held).await?;
    load.bulk(&mut table, arguments.bulk).await?;
    load.memory(&mut table, "loaded");
    println!("\n{}", table.markdown());
    suite.end().await
}

struct Load<'a> {
    teller: Arc<Teller>,
    folder: &'a Path,
    how_long: Duration,
    /// The port of the suite's PostgreSQL.
    postgres: String,
}

impl Load<'_> {
    fn memory(&self, table: &mut Table, when: &str) {
        for service in SERVICES {
            let mib = cpu::memory_mib(self.folder, service);
            let aim = if when == "idle" { "≤ 64 MiB" } else { "" };
            table.add(format!("{service}, {when}"), format!("{mib:.0} MiB"), String::new(), aim);
        }
    }

    /// Awards one by one, as fast as a number of clients can.
    async fn single_awards(&self, table: &mut Table) -> anyhow::Result<()> {
        for clients in [1, 8, 64] {
            let (before, started) = (Spent::now(self.folder), Instant::now());
            let times = stream::iter((0..clients).map(|client| self.client(client, clients)))
                .buffer_unordered(clients)
                .try_collect::<Vec<_>>()
                .await?;
            let (took, spent) = (started.elapsed(), Spent::now(self.folder));
            let mut figures = Figures::default();
            times.into_iter().flatten().for_each(|time| figures.add(time));
            let count = figures.len();
            let url = format!("postgres://postgres@127.0.0.1:{}/postgres", self.postgres);
            // An award writes about six rows: credential, history, its own and three messages'.
            let plain = ceilings::plain_sql(&url, clients, 6, Duration::from_secs(3)).await;
            table.add(
                format!("single award, {clients} clients"),
                format!("{:.0}/s, {}", rate(count, took), figures.short()),
                format!(
                    "plain SQL {}; CPU ms each: ours {:.2}, PostgreSQL {:.2}, broker {:.2}",
                    plain.map_or_else(|| "not measured".to_owned(), |tps| format!("{tps:.0}/s")),
                    spent.ms_each(&before, Whose::Ours, count),
                    spent.ms_each(&before, Whose::Postgres, count),
                    spent.ms_each(&before, Whose::Broker, count),
                ),
                "p99 ≤ 50 ms, ours ≤ 1.0 ms CPU",
            );
            self.quiet().await?;
        }
        Ok(())
    }

    async fn client(&self, client: usize, clients: usize) -> anyhow::Result<Vec<Duration>> {
        let started = Instant::now();
        let mut times = Vec::new();
        while started.elapsed() < self.how_long {
            let username = format!("single-{clients}-{client}-{}", times.len());
            let sent = Instant::now();
            self.teller.award(&username, PATIENCE).await?;
            times.push(sent.elapsed());
        }
        Ok(times)
    }

    /// Awards at a steady rate, each followed to its badge and its PDF.
    async fn steady(&self, table: &mut Table) -> anyhow::Result<Vec<(Award, Findings)>> {
        let count = usize::try_from(self.how_long.as_secs())? * usize::try_from(STEADY)?;
        for number in 0..count {
            let name = format!("Steady Learner {number}");
            self.teller.introduce(&format!("steady-{number}"), &name, PATIENCE).await?;
        }
        let (before, started) = (Spent::now(self.folder), Instant::now());
        let mut due = tokio::time::interval(Duration::from_secs(1) / STEADY);
        let mut following = tokio::task::JoinSet::new();
        for number in 0..count {
            due.tick().await;
            let teller = Arc::clone(&self.teller);
            following.spawn(async move {
                let sent = Instant::now();
                let award = teller.award(&format!("steady-{number}"), PATIENCE).await?;
                let answered = sent.elapsed();
                let findings = teller.complete(&award, PATIENCE).await?;
                Ok::<_, anyhow::Error>((award, findings, answered, sent.elapsed()))
            });
        }
        let (mut answered, mut complete, mut held) =
            (Figures::default(), Figures::default(), Vec::new());
        while let Some(ended) = following.join_next().await {
            let (award, findings, first, whole) = ended??;
            answered.add(first);
            complete.add(whole);
            held.push((award, findings));
        }
        let spent = Spent::now(self.folder);
        ensure!(started.elapsed() < PATIENCE, "the steady rate could not be kept");
        table.add(
            format!("award answered, at {STEADY}/s"),
            answered.short(),
            format!("CPU ms each, all services: {:.1}", spent.ms_each(&before, Whose::Ours, count)),
            "p99 ≤ 50 ms",
        );
        table.add(
            format!("award to page with PDF and badge, at {STEADY}/s"),
            complete.short(),
            "both on the page, seen by a stranger who looks every 5 ms".to_owned(),
            "p99 ≤ 1 s",
        );
        Ok(held)
    }

    /// What strangers read, against a server that has the same bytes in memory.
    async fn reads(&self, table: &mut Table, held: &[(Award, Findings)]) -> anyhow::Result<()> {
        let (award, findings) = held.first().context("something was awarded")?;
        let assertion = format!("{}.json", findings.assertion);
        for (what, url) in [
            ("assertion JSON, hot", &assertion),
            ("public page, hot", &award.page),
            ("PDF, hot", &findings.pdf),
        ] {
            let answer = self.teller.stranger.send(Method::GET, url, None).await?;
            let tag = answer.headers().get("ETag").and_then(|tag| tag.to_str().ok());
            let tag = tag.map(str::to_owned);
            let body = answer.bytes().await?.to_vec();
            let bytes = body.len();
            let (ceiling, server) = ceilings::same_bytes(body)?;
            let best = hammer::get(&ceiling, "", 200, 32, self.how_long / 2).await?;
            server.abort();
            let ours = hammer::get(url, "", 200, 32, self.how_long / 2).await?;
            table.add(
                what,
                format!("{:.0}/s, {}", ours.rate(), ours.times.short()),
                format!(
                    "{:.2} of a server with the same {bytes} bytes ({:.0}/s)",
                    ours.rate() / best.rate(),
                    best.rate()
                ),
                "≥ 0.7",
            );
            if let Some(tag) = tag {
                let header = format!("If-None-Match: {tag}\r\n");
                let unchanged = hammer::get(url, &header, 304, 32, self.how_long / 2).await?;
                table.add(
                    format!("{what}, 304"),
                    format!("{:.0}/s, {}", unchanged.rate(), unchanged.times.short()),
                    String::new(),
                    "",
                );
            }
        }
        Ok(())
    }

    /// Awards in bulk, 1,000 a request.
    async fn bulk(&self, table: &mut Table, count: usize) -> anyhow::Result<()> {
        const A_REQUEST: usize = 1000;
        let url = format!("{}/api/v1/user-credentials/", self.teller.addresses.credentials);
        let (before, started) = (Spent::now(self.folder), Instant::now());
        let mut times = Figures::default();
        for request in 0..count / A_REQUEST {
            let body: Vec<Value> = (0..A_REQUEST)
                .map(|n| {
                    json!({ "username": format!("bulk-{request}-{n}"), "course_id": COURSE,
                        "certificate_type": "verified", "attributes": [] })
                })
                .collect();
            let sent = Instant::now();
            let answer = self
                .teller
                .administrator
                .send(Method::POST, &url, Some(&Value::Array(body)))
                .await?;
            ensure!(answer.status() == 207, "a bulk request was answered with {}", answer.status());
            let outcomes: Vec<Value> = answer.json().await?;
            ensure!(outcomes.iter().all(|each| each["status"] == 201), "{:?}", outcomes.first());
            times.add(sent.elapsed());
        }
        let (took, spent) = (started.elapsed(), Spent::now(self.folder));
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", self.postgres);
        let plain = ceilings::plain_sql(&url, 1, 6 * A_REQUEST, Duration::from_secs(5)).await;
        table.add(
            format!("bulk award, {count} by 1,000 from one client"),
            format!("{:.0}/s, a request {}", rate(count, took), times.short()),
            format!(
                "plain SQL {}; CPU ms each: ours {:.2}, PostgreSQL {:.2}, broker {:.2}",
                plain.map_or_else(
                    || "not measured".to_owned(),
                    |tps| format!("{:.0}/s", tps * 1000.0)
                ),
                spent.ms_each(&before, Whose::Ours, count),
                spent.ms_each(&before, Whose::Postgres, count),
                spent.ms_each(&before, Whose::Broker, count),
            ),
            "≥ 2,000/s",
        );
        Ok(())
    }

    /// Waits until what was begun is done, so that one figure does not pay for another.
    async fn quiet(&self) -> anyhow::Result<()> {
        let started = Instant::now();
        let mut before = Spent::now(self.folder);
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let now = Spent::now(self.folder);
            // A tenth of a core, kept for a second.
            if now.ms_each(&before, Whose::Ours, 1) < 100.0 {
                return Ok(());
            }
            before = now;
            ensure!(started.elapsed() < PATIENCE * 10, "the suite does not come to rest");
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of awards is small")]
fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}
