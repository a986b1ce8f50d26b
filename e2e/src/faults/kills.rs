//! `kill -9` of random parts, and the orchestrator that starts anew what ended by itself.

use std::{convert::Infallible, time::Duration};

use anyhow::Context;
use rand::{RngExt, rngs::StdRng};
use tokio_util::sync::CancellationToken;

use super::tally::Tally;
use crate::suite::{Part, SERVICES, Suite};

/// How often is looked for processes that ended by themselves.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Kills a random part after a random while, again and again; ends the run after `most` of them.
pub async fn run(
    suite: &Suite,
    mut random: StdRng,
    most: Option<usize>,
    over: &CancellationToken,
    tally: &Tally,
) -> anyhow::Result<()> {
    let most = most.unwrap_or(usize::MAX);
    let mut kills = 0;
    while kills < most {
        let while_ms = random.random_range(100..1000);
        let (part, pause) = choose(&mut random, suite.way().instances.max(1));
        let wait = tokio::time::sleep(Duration::from_millis(while_ms));
        if over.run_until_cancelled(wait).await.is_none() {
            return Ok(());
        }
        suite.break_part(part, pause).await.with_context(|| format!("{part:?}"))?;
        tally.count(format!("kill -9: {}", name(part)));
        kills += 1;
    }
    over.cancel();
    Ok(())
}

fn choose(random: &mut StdRng, instances: usize) -> (Part, Duration) {
    // A server takes ten times as long to come back as a service does.
    let part = match random.random_range(0..20) {
        0 => Part::Broker,
        1 => Part::Database,
        _ => Part::Service {
            name: SERVICES[random.random_range(0..SERVICES.len())],
            number: random.random_range(1..=instances),
        },
    };
    (part, Duration::from_millis(random.random_range(0..500)))
}

fn name(part: Part) -> &'static str {
    match part {
        Part::Service { name, .. } => name,
        Part::Broker => "RabbitMQ",
        Part::Database => "PostgreSQL",
    }
}

/// Starts anew what ended by itself: a service that finds no database when it starts gives up.
pub async fn supervise(suite: &Suite, tally: &Tally) -> anyhow::Result<Infallible> {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        for name in suite.revive().await? {
            tally.count(format!("started again after it ended by itself: {name}"));
        }
    }
}
