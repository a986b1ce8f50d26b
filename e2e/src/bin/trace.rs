//! One award's trace over HTTP and the broker: from the completion that an LMS posts to its badge and
//! its PDF on the page, shown as text.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::bail;
use clap::Parser;
use e2e::{
    caller::Lms,
    collector::{Collector, Trace},
    story::Teller,
    suite::{Suite, Way},
};

#[derive(Parser)]
#[command(about = "Follows one award through a suite of its own, and prints its trace")]
struct Arguments {
    #[command(flatten)]
    way: Way,
    /// Added to each port.
    #[arg(long, default_value_t = 7000)]
    port_offset: u16,
}

/// How long a step of the award may take, and how long processes may keep their spans.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who handles what, and whose step caused it.
const HANDLED: [(&str, &str, &str); 5] = [
    ("badge-service", "credentials.credential.awarded.v1", "credentials-service"),
    ("registrar-service", "credentials.credential.awarded.v1", "credentials-service"),
    ("renderer-service", "render.request.interactive", "credentials-service"),
    ("credentials-service", "badges.assertion.issued.v1", "badge-service"),
    ("credentials-service", "renderer.rendering.finished.v1", "renderer-service"),
];

#[tokio::main]
async fn main() -> ExitCode {
    e2e::run(carry_out(Arguments::parse())).await
}

async fn carry_out(arguments: Arguments) -> anyhow::Result<()> {
    let collector = Collector::start()?;
    let folder = tempfile::tempdir()?;
    let way = Way { apart: true, ..arguments.way };
    let mut suite = Suite::new(way, folder.path(), arguments.port_offset)
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url);
    suite.start_with_demo().await?;
    let teller = Teller::new(Lms(suite.lms_key()?), suite.addresses())?;
    teller.introduce("traced", "Traced Learner", PATIENCE).await?;

    let id: u128 = rand::random();
    let administrator = teller.administrator.traced(&format!("00-{id:032x}-00000000000000a1-01"));
    let teller = Teller { administrator, ..teller };
    let award = teller.award("traced", PATIENCE).await?;
    teller.complete(&award, PATIENCE).await?;

    let trace = whole(&collector, id).await?;
    println!(
        "trace {id:032x}\n  begun      took     process                      what\n{}",
        trace.text()
    );
    println!("one trace from the completion to badge and PDF");
    suite.end().await
}

/// The trace, once every process has told its part of it.
async fn whole(collector: &Collector, id: u128) -> anyhow::Result<Trace> {
    let started = Instant::now();
    loop {
        let trace = collector.trace(&id.to_be_bytes());
        let missing = missing(&trace);
        if missing.is_empty() {
            return Ok(trace);
        }
        if started.elapsed() > PATIENCE {
            println!("{}", trace.text());
            bail!("the trace lacks {missing:?}");
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn missing(trace: &Trace) -> Vec<String> {
    let posted = "POST /api/v2/credentials/";
    let answered = trace.has_request("credentials-service", posted);
    let handled = HANDLED.iter().filter(|(service, key, by)| !trace.has_handling(service, key, by));
    let handled = handled.map(|(service, key, by)| format!("{service}: {key} from {by}"));
    handled.chain((!answered).then(|| posted.to_owned())).collect()
}
