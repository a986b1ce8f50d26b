//! Kills `testamur` at random moments while awards are posted; then counts.
//!
//! Every award is repeated by its client until it was answered. After the last start each must be
//! there once: one credential, one PDF, one assertion.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use clap::Parser;
use e2e::{
    caller::Lms,
    story::{Award, Teller},
    suite::{Suite, Way},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::sync::Semaphore;

#[derive(Parser)]
#[command(
    about = "Kills a testamur again and again under load, and checks that nothing was lost or doubled"
)]
struct Arguments {
    #[command(flatten)]
    way: Way,
    /// How many awards are posted.
    #[arg(long, default_value_t = 500)]
    awards: usize,
    /// How often the process is killed.
    #[arg(long, default_value_t = 20)]
    kills: usize,
    /// Chooses the moments; printed, so that a run can be repeated.
    #[arg(long)]
    seed: Option<u64>,
    /// Added to each port.
    #[arg(long, default_value_t = 2000)]
    port_offset: u16,
}

/// How many clients post at a time.
const CLIENTS: usize = 4;

/// How long a client repeats one request.
const PATIENCE: Duration = Duration::from_secs(300);

/// How long everything may take to settle after the last start.
const SETTLED_WITHIN: Duration = Duration::from_secs(300);

#[tokio::main]
async fn main() -> ExitCode {
    e2e::run(carry_out(Arguments::parse())).await
}

async fn carry_out(arguments: Arguments) -> anyhow::Result<()> {
    ensure!(!arguments.way.apart, "for processes apart there is `faults`");
    let seed = arguments.seed.unwrap_or_else(rand::random);
    println!("seed {seed}");
    let folder = tempfile::tempdir()?;
    let mut suite = Suite::new(arguments.way.clone(), folder.path(), arguments.port_offset);
    suite.start_with_demo().await?;
    let teller = Arc::new(Teller::new(Lms(suite.lms_key()?), suite.addresses())?);

    let allowed = Arc::new(Semaphore::new(0));
    let poster =
        tokio::spawn(post_all(Arc::clone(&teller), arguments.awards, Arc::clone(&allowed)));
    kill_randomly(&mut suite, &arguments, seed, &allowed).await?;
    let awards = poster.await??;
    println!("{} awards answered, {} kills", awards.len(), arguments.kills);
    suite.ready(&teller.stranger, SETTLED_WITHIN).await?;
    check(&teller, &awards).await?;
    suite.end().await?;
    println!("{0} credentials, {0} PDFs, {0} assertions: none lost, none doubled", awards.len());
    Ok(())
}

/// Posts awards as they are allowed, each until it is answered.
async fn post_all(
    teller: Arc<Teller>,
    count: usize,
    allowed: Arc<Semaphore>,
) -> anyhow::Result<Vec<Award>> {
    let post = |n: usize| {
        let (teller, allowed) = (Arc::clone(&teller), Arc::clone(&allowed));
        async move {
            allowed.acquire().await?.forget();
            let username = format!("kill-{n}");
            teller.introduce(&username, &format!("Learner Number {n}"), PATIENCE).await?;
            teller.award(&username, PATIENCE).await
        }
    };
    stream::iter((0..count).map(post)).buffer_unordered(CLIENTS).try_collect().await
}

/// Before each kill a share of the awards is let loose, so that every kill falls into work.
async fn kill_randomly(
    suite: &mut Suite,
    arguments: &Arguments,
    seed: u64,
    allowed: &Semaphore,
) -> anyhow::Result<()> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut let_loose = 0;
    for kill in 1..=arguments.kills {
        let by_now = arguments.awards * kill / arguments.kills;
        allowed.add_permits(by_now - let_loose);
        let_loose = by_now;
        let moment = Duration::from_millis(random.random_range(20..1500));
        tokio::time::sleep(moment).await;
        suite.kill().await?;
        suite.start()?;
    }
    allowed.add_permits(arguments.awards - let_loose);
    Ok(())
}

async fn check(teller: &Teller, awards: &[Award]) -> anyhow::Result<()> {
    let told: BTreeMap<&str, &str> =
        awards.iter().map(|award| (award.username.as_str(), award.uuid.as_str())).collect();
    let mut assertions = BTreeSet::new();
    let started = Instant::now();
    let mut a_class = None;
    for award in awards {
        let left = SETTLED_WITHIN.saturating_sub(started.elapsed());
        let findings = teller.complete(award, left).await?;
        a_class = Some(findings.assertion.clone());
        let id = findings.assertion.rsplit('/').next().unwrap_or_default().to_owned();
        ensure!(assertions.insert(id), "two certificates show one assertion");
    }
    let kept = teller.all_awards("kill-").await?;
    ensure!(kept.len() == awards.len(), "{} credentials for {} awards", kept.len(), awards.len());
    for credential in &kept {
        let username = credential["username"].as_str().unwrap_or_default();
        let uuid =
            told.get(username).with_context(|| format!("nobody awarded {username} anything"))?;
        ensure!(credential["uuid"] == *uuid, "{username} was told another uuid than is kept");
    }
    let class = a_class.context("there are awards")?;
    let issued: BTreeSet<String> = teller
        .assertions_of_class(&class)
        .await?
        .iter()
        .filter_map(|assertion| assertion["entityId"].as_str().map(str::to_owned))
        .collect();
    let strangers = issued.difference(&assertions).count();
    // The demo's own learners hold this badge as well.
    let of_demo = teller.demo_holders().await?;
    ensure!(
        strangers == of_demo,
        "{} assertions are on no certificate",
        strangers.abs_diff(of_demo)
    );
    Ok(())
}
