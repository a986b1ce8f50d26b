//! The main job against a running suite: awards, their documents and badges, revocations,
//! re-awards, the school's view; with the time each took.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::ensure;
use clap::Parser;
use e2e::{
    caller::Lms,
    figures::Figures,
    story::{Award, Findings, Teller},
    suite::{Suite, Way},
};
use serde_json::Value;

#[derive(Parser)]
#[command(about = "Tells the story to a suite of its own, and prints how long each step took")]
struct Arguments {
    #[command(flatten)]
    way: Way,
    /// How many awards.
    #[arg(long, default_value_t = 200)]
    awards: usize,
    /// How many of them are revoked and awarded again.
    #[arg(long, default_value_t = 20)]
    revocations: usize,
    /// Added to each port.
    #[arg(long, default_value_t = 1000)]
    port_offset: u16,
}

/// How long any one step may take before the story fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest time in which a revocation may be half done.
const REVOKED_WITHIN: Duration = Duration::from_secs(2);

/// The program whose completions the school asks for.
const PROGRAM: &str = "masters-in-data-science";

const NAMES: [&str; 6] =
    ["Zoë Marlowe", "ليلى الحداد", "王秀英", "प्रिया शर्मा", "Nguyễn Thị Phương", "נועה לוי"];

#[tokio::main]
async fn main() -> ExitCode {
    e2e::run(carry_out(Arguments::parse())).await
}

async fn carry_out(arguments: Arguments) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut suite = Suite::new(arguments.way.clone(), folder.path(), arguments.port_offset);
    let started = Instant::now();
    suite.start_with_demo().await?;
    println!("from an empty folder to the told demo: {:.1} s", started.elapsed().as_secs_f64());
    let teller = Teller::new(Lms(suite.lms_key()?), suite.addresses())?;

    let told = awards(&teller, arguments.awards).await?;
    revocations(&teller, &told[..arguments.revocations.min(told.len())]).await?;
    completions(&teller, &suite.school_secret()?).await?;
    suite.end().await?;
    println!("the story holds");
    Ok(())
}

async fn awards(teller: &Teller, count: usize) -> anyhow::Result<Vec<(Award, Findings)>> {
    let (mut answered, mut complete, mut told) =
        (Figures::default(), Figures::default(), Vec::new());
    for n in 0..count {
        let username = format!("story-{n}");
        let name = format!("{} {n}", NAMES[n % NAMES.len()]);
        teller.introduce(&username, &name, PATIENCE).await?;
        let started = Instant::now();
        let award = teller.award(&username, PATIENCE).await?;
        answered.add(started.elapsed());
        let findings = teller.complete(&award, PATIENCE).await?;
        complete.add(started.elapsed());
        told.push((award, findings));
    }
    println!("{}", answered.line("award answered"));
    println!("{}", complete.line("award to page with PDF and badge"));
    Ok(told)
}

async fn revocations(teller: &Teller, told: &[(Award, Findings)]) -> anyhow::Result<()> {
    let (mut seen, mut dead, mut again) =
        (Figures::default(), Figures::default(), Figures::default());
    for (award, before) in told {
        let started = Instant::now();
        let preview = teller.preview(award, PATIENCE).await?;
        seen.add(started.elapsed());
        let started = Instant::now();
        teller.set_status(award, "revoked", PATIENCE).await?;
        teller.dead(award, before, REVOKED_WITHIN).await?;
        dead.add(started.elapsed());
        teller.gone_for_good(&preview, REVOKED_WITHIN).await?;
        let started = Instant::now();
        teller.set_status(award, "awarded", PATIENCE).await?;
        let after = teller.complete(award, PATIENCE).await?;
        again.add(started.elapsed());
        ensure!(after.assertion != before.assertion, "a revoked assertion came back to life");
        ensure!(after.pdf == before.pdf, "the same certificate has another PDF address");
    }
    println!("{}", seen.line("first look at the picture for social networks"));
    println!("{}", dead.line("revocation to page, PDF and badge dead"));
    println!("{}", again.line("re-award to page, PDF and new badge"));
    Ok(())
}

/// The school asks who holds what, and sees the demo's learners; then one is revoked.
async fn completions(teller: &Teller, secret: &str) -> anyhow::Result<()> {
    let rows = teller.completions(secret, PROGRAM, PATIENCE).await?;
    let zoe = |row: &&Value| row["username"] == "zoe.marlowe";
    let held: Vec<&Value> = rows.iter().filter(zoe).collect();
    ensure!(held.len() == 2, "the school sees {} credentials of its learner, not 2", held.len());
    ensure!(held.iter().all(|row| row["status"] == "awarded"), "{held:?}");

    let uuid = held[0]["credential_uuid"].as_str().unwrap_or_default().to_owned();
    let award = Award { username: "zoe.marlowe".into(), uuid: uuid.clone(), page: String::new() };
    teller.set_status(&award, "revoked", PATIENCE).await?;
    let started = Instant::now();
    loop {
        let rows = teller.completions(secret, PROGRAM, PATIENCE).await?;
        let revoked = rows
            .iter()
            .any(|row| row["credential_uuid"] == uuid.as_str() && row["status"] == "revoked");
        if revoked {
            break;
        }
        ensure!(started.elapsed() < REVOKED_WITHIN, "the school still sees a revoked credential");
    }
    println!(
        "the school sees its learners' credentials, and a revocation after {:?}",
        started.elapsed()
    );
    Ok(())
}
