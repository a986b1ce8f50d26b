//! Kills services, broker and database of a suite that is apart while completions are posted and
//! revoked; then compares what clients were told with what every service keeps.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use clap::Parser;
use e2e::{
    caller::Lms,
    ledger::{Ledger, Status},
    story::{Award, Teller},
    suite::{Part, SERVICES, Suite, Way},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{sync::Semaphore, task::JoinSet};

#[derive(Parser)]
#[command(
    about = "Kills parts of a suite again and again under load, and compares with what clients were told"
)]
struct Arguments {
    #[command(flatten)]
    way: Way,
    /// How long completions are posted and parts killed.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Completions a second; of seven, one is revoked, and of three revoked ones, one is awarded again.
    #[arg(long, default_value_t = 100)]
    rate: u32,
    /// Ends earlier after so many kills.
    #[arg(long)]
    kills: Option<usize>,
    /// Chooses parts and moments; printed, so that a run can be repeated.
    #[arg(long)]
    seed: Option<u64>,
    /// Added to each port.
    #[arg(long, default_value_t = 4000)]
    port_offset: u16,
}

/// How many clients post at a time; who comes when all are busy waits.
const CLIENTS: usize = 64;

/// How long a client repeats one request.
const PATIENCE: Duration = Duration::from_secs(180);

/// How long everything may take to settle once nothing is killed any more.
const SETTLED_WITHIN: Duration = Duration::from_secs(900);

/// How many awards are looked at side by side in the end.
const LOOKS: usize = 8;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    auth::install_cryptography();
    let seed = arguments.seed.unwrap_or_else(rand::random);
    println!("seed {seed}");
    let folder = tempfile::tempdir()?;
    let way = Way { apart: true, ..arguments.way.clone() };
    let mut suite = Suite::new(way, folder.path(), arguments.port_offset);
    suite.start_with_demo().await?;
    let teller = Arc::new(Teller::new(Lms(suite.lms_key()?), suite.addresses())?);

    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let until = Instant::now() + Duration::from_secs(arguments.minutes * 60);
    let posting = tokio::spawn(post(
        Arc::clone(&teller),
        Arc::clone(&ledger),
        StdRng::seed_from_u64(seed ^ 1),
        arguments.rate,
        until,
    ));
    let kills = break_parts(&suite, &arguments, StdRng::seed_from_u64(seed), until).await?;
    posting.await??;
    for (part, count) in &kills {
        println!("killed {count:>4} × {part:?}");
    }
    let ledger = Arc::into_inner(ledger).context("nobody posts any more")?;
    let ledger = ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!(
        "told: {} awarded, {} revoked, under {} kills",
        ledger.count(Status::Awarded),
        ledger.count(Status::Revoked),
        kills.values().sum::<usize>(),
    );
    suite.ready(&teller.stranger, SETTLED_WITHIN).await?;
    let settled = check(&teller, &ledger).await?;
    println!("settled {settled:.1?} after the last kill: 0 lost, 0 doubled, 0 wrong states");
    suite.end().await
}

/// Posts completions at a rate, and revokes some.
async fn post(
    teller: Arc<Teller>,
    ledger: Arc<Mutex<Ledger>>,
    mut random: StdRng,
    rate: u32,
    until: Instant,
) -> anyhow::Result<()> {
    let clients = Arc::new(Semaphore::new(CLIENTS));
    let mut due = tokio::time::interval(Duration::from_secs(1) / rate.max(1));
    let mut posting: JoinSet<anyhow::Result<()>> = JoinSet::new();
    let mut number = 0_u64;
    while Instant::now() < until {
        due.tick().await;
        number += 1;
        let fate = Fate {
            revoked: random.random_ratio(1, 7),
            awarded_again: random.random_ratio(1, 3),
            after: Duration::from_millis(random.random_range(0..1500)),
        };
        let client = Arc::clone(&clients).acquire_owned().await?;
        let (teller, ledger) = (Arc::clone(&teller), Arc::clone(&ledger));
        posting.spawn(async move {
            let told = one(&teller, &ledger, &format!("fault-{number}"), fate).await;
            drop(client);
            told
        });
        while let Some(ended) = posting.try_join_next() {
            ended??;
        }
    }
    while let Some(ended) = posting.join_next().await {
        ended??;
    }
    Ok(())
}

/// What becomes of one award.
struct Fate {
    revoked: bool,
    awarded_again: bool,
    after: Duration,
}

async fn one(
    teller: &Teller,
    ledger: &Mutex<Ledger>,
    username: &str,
    fate: Fate,
) -> anyhow::Result<()> {
    let note = |award: &Award, status| {
        ledger.lock().unwrap_or_else(PoisonError::into_inner).note(award, status);
    };
    teller.introduce(username, &format!("Learner {username}"), PATIENCE).await?;
    let award = teller.award(username, PATIENCE).await?;
    note(&award, Status::Awarded);
    if fate.revoked {
        tokio::time::sleep(fate.after).await;
        teller.set_status(&award, "revoked", PATIENCE).await?;
        note(&award, Status::Revoked);
        if fate.awarded_again {
            teller.set_status(&award, "awarded", PATIENCE).await?;
            note(&award, Status::Awarded);
        }
    }
    Ok(())
}

/// Kills a random part after a random while, again and again. Returns how often each.
async fn break_parts(
    suite: &Suite,
    arguments: &Arguments,
    mut random: StdRng,
    until: Instant,
) -> anyhow::Result<BTreeMap<Part, usize>> {
    let mut kills = BTreeMap::new();
    let most = arguments.kills.unwrap_or(usize::MAX);
    let instances = arguments.way.instances.max(1);
    while Instant::now() < until && kills.values().sum::<usize>() < most {
        tokio::time::sleep(Duration::from_millis(random.random_range(100..1000))).await;
        // A server takes ten times as long to come back as a service does.
        let part = match random.random_range(0..20) {
            0 => Part::Broker,
            1 => Part::Database,
            _ => Part::Service {
                name: SERVICES[random.random_range(0..SERVICES.len())],
                number: random.random_range(1..=instances),
            },
        };
        let pause = Duration::from_millis(random.random_range(0..500));
        suite.break_part(part, pause).await.with_context(|| format!("{part:?}"))?;
        *kills.entry(part).or_default() += 1;
    }
    Ok(kills)
}

/// Holds what every service keeps against the ledger; returns how long it took to agree.
async fn check(teller: &Teller, ledger: &Ledger) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let looks = ledger.entries().map(|(award, status)| async move {
        let left = SETTLED_WITHIN.saturating_sub(started.elapsed());
        match status {
            Status::Awarded => Ok(Some(teller.complete(award, left).await?.assertion)),
            Status::Revoked => teller.gone(award, left).await.map(|()| None),
        }
    });
    let found: Vec<Option<String>> =
        stream::iter(looks).buffer_unordered(LOOKS).try_collect().await?;
    let settled = started.elapsed();
    credentials(teller, ledger).await?;
    let shown: BTreeSet<&str> =
        found.iter().flatten().filter_map(|url| url.rsplit('/').next()).collect();
    ensure!(
        shown.len() == ledger.count(Status::Awarded),
        "certificates share assertions: {} for {}",
        shown.len(),
        ledger.count(Status::Awarded)
    );
    let class = found.iter().flatten().next().context("something stayed awarded")?;
    assertions(teller, class, &shown).await?;
    Ok(settled)
}

/// One credential for each that was told, with the status that was told last.
async fn credentials(teller: &Teller, ledger: &Ledger) -> anyhow::Result<()> {
    let kept = teller.all_awards("fault-").await?;
    for credential in &kept {
        let username = credential["username"].as_str().unwrap_or_default();
        let Some((award, status)) = ledger.of(username) else {
            bail!("{username} holds what nobody was told of");
        };
        ensure!(credential["uuid"] == award.uuid.as_str(), "{username} was told another uuid");
        ensure!(
            credential["status"] == status.as_str(),
            "{username} was told {}, and {} is kept",
            status.as_str(),
            credential["status"]
        );
    }
    ensure!(kept.len() == ledger.len(), "{} credentials for {}", kept.len(), ledger.len());
    Ok(())
}

/// The live assertions of the class are those that certificates show, and the demo's.
async fn assertions(teller: &Teller, class: &str, shown: &BTreeSet<&str>) -> anyhow::Result<()> {
    let all = teller.assertions_of_class(class).await?;
    let live: BTreeSet<&str> = all
        .iter()
        .filter(|assertion| assertion["revoked"] != true)
        .filter_map(|assertion| assertion["entityId"].as_str())
        .collect();
    let missing = shown.difference(&live).count();
    ensure!(missing == 0, "{missing} certificates show an assertion that is not live");
    let strangers = live.difference(shown).count();
    let of_demo = teller.demo_holders().await?;
    ensure!(
        strangers == of_demo,
        "{} live assertions are on no certificate",
        strangers.abs_diff(of_demo)
    );
    Ok(())
}
