//! Kills `testamur` at random moments while awards are posted; then counts.
//!
//! Every award is repeated by its client until it was answered. After the last start each must be
//! there once: one credential, one PDF, one assertion.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, atomic::{AtomicBool, Ordering}},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use clap::Parser;
use e2e::{caller::Lms, story::{Award, Teller}, suite::Suite};
use futures_util::{StreamExt, TryStreamExt, stream};
use rand::{RngExt, SeedableRng, rngs::StdRng};

#[derive(Parser)]
#[command(about = "Kills a testamur again and again under load, and checks that nothing was lost or doubled")]
struct Arguments {
    /// The binary.
    #[arg(long, default_value = "target/debug/testamur")]
    program: PathBuf,
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
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    auth::install_cryptography();
    let seed = arguments.seed.unwrap_or_else(rand::random);
    println!("seed {seed}");
    let folder = tempfile::tempdir()?;
    let mut suite = Suite::new(&arguments.program, folder.path(), arguments.port_offset);
    suite.start_with_demo().await?;
    let teller = Arc::new(Teller::new(Lms(suite.lms_key()?), suite.addresses())?);

    let posted = Arc::new(AtomicBool::new(false));
    let poster = tokio::spawn(post_all(Arc::clone(&teller), arguments.awards, Arc::clone(&posted)));
    let kills = kill_randomly(&mut suite, arguments.kills, seed, &posted).await?;
    let awards = poster.await??;
    println!("{} awards answered, {kills} kills", awards.len());
    check(&teller, &awards).await?;
    suite.kill().await?;
    println!("{0} credentials, {0} PDFs, {0} assertions: none lost, none doubled", awards.len());
    Ok(())
}

async fn post_all(
    teller: Arc<Teller>,
    count: usize,
    posted: Arc<AtomicBool>,
) -> anyhow::Result<Vec<Award>> {
    let post = |n: usize| {
        let teller = Arc::clone(&teller);
        async move {
            let username = format!("kill-{n}");
            teller.introduce(&username, &format!("Learner Number {n}"), PATIENCE).await?;
            teller.award(&username, PATIENCE).await
        }
    };
    let awards = stream::iter((0..count).map(post)).buffer_unordered(CLIENTS).try_collect().await;
    posted.store(true, Ordering::SeqCst);
    awards
}

/// Returns how often it killed while clients were posting; the rest of the kills hit what followed.
async fn kill_randomly(
    suite: &mut Suite,
    kills: usize,
    seed: u64,
    posted: &AtomicBool,
) -> anyhow::Result<usize> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut while_posting = 0;
    for _ in 0..kills {
        let moment = Duration::from_millis(random.random_range(300..2500));
        tokio::time::sleep(moment).await;
        while_posting += usize::from(!posted.load(Ordering::SeqCst));
        suite.kill().await?;
        suite.start()?;
    }
    println!("{while_posting} of the kills fell while clients were posting");
    Ok(kills)
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
        let uuid = told.get(username).with_context(|| format!("nobody awarded {username} anything"))?;
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
    ensure!(strangers == of_demo, "{} assertions are on no certificate", strangers.abs_diff(of_demo));
    Ok(())
}
