//! Carries the outbox to the bus.

use std::{sync::Arc, time::Duration};

use database::{AnyConnection, Db, Error};
use model::Timestamp;
use tokio::{runtime::Handle, sync::watch};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::{Bus, Message, PublishError, inbox, outbox};

/// How often the relay looks although nobody told it of a commit.
const NET: Duration = Duration::from_millis(500);

/// The shortest time between two rounds, unless more than one round holds is waiting: commits that
/// come closer to each other share a round, and a round's own commit does not start the next at once.
const PACE: Duration = Duration::from_millis(20);

/// The longest wait between two tries of a message that nobody listens to.
const LONGEST_DELAY_S: i64 = 60;

/// The longest wait between two tries of a message that the bus could not take: the bus comes back
/// for all at once.
const LONGEST_OUTAGE_DELAY_S: i64 = 4;

/// How long published and handled messages are kept, for operators and against late repeats. A
/// message can be on its way for three quarters of an hour by retries alone.
const KEEP_DAYS: i64 = 3;

/// How many old rows one transaction removes.
const PRUNED_AT_ONCE: i64 = 5000;

/// Publishes what one service has to say, oldest first. Several relays may share an outbox.
pub struct Relay {
    db: Db,
    consumer: &'static str,
    bus: Arc<dyn Bus>,
}

impl Relay {
    /// A relay for the outbox in `db`; it also clears `consumer`'s inbox there of old entries.
    pub fn new(db: Db, consumer: &'static str, bus: Arc<dyn Bus>) -> Self {
        Self { db, consumer, bus }
    }

    /// Relays until `stop`: soon after each commit of this process, else twice a second.
    pub async fn run(self, stop: CancellationToken) {
        let mut commits = self.db.commits();
        let mut last_pruned = None;
        while !stop.is_cancelled() {
            let handled = self.round().await.unwrap_or_else(|error| {
                error!(%error, "the outbox could not be relayed");
                0
            });
            self.prune_hourly(&mut last_pruned).await;
            // A full batch may not have been all.
            if i64::try_from(handled) == Ok(outbox::BATCH) {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = next(&mut commits) => {}
            }
        }
    }

    /// One batch: claim, publish, mark. Returns how many messages it held.
    ///
    /// PostgreSQL keeps other relays off the claimed rows until the marks are committed, so this is
    /// the one transaction that waits for the network. SQLite has one relay, and must not hold its
    /// write lock meanwhile.
    async fn round(&self) -> Result<usize, Error> {
        let now = Timestamp::now();
        // A look costs no transaction; a commit would wake the relay again.
        if self.db.is_shared() {
            if !self.db.read(move |conn| outbox::has_due(conn, now)).await? {
                return Ok(0);
            }
            let (bus, runtime) = (Arc::clone(&self.bus), Handle::current());
            let relay = move |conn: &mut AnyConnection| {
                let waiting = outbox::claim(conn, now)?;
                if !waiting.is_empty() {
                    let answers = runtime.block_on(publish(&*bus, &waiting));
                    mark(conn, &waiting, answers, now)?;
                }
                Ok(waiting.len())
            };
            return self.db.write(relay).await;
        }
        let waiting = self.db.read(move |conn| outbox::claim(conn, now)).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let answers = publish(&*self.bus, &waiting).await;
        self.db
            .write(move |conn| {
                mark(conn, &waiting, answers, now)?;
                Ok(waiting.len())
            })
            .await
    }

    async fn prune_hourly(&self, last: &mut Option<Timestamp>) {
        let now = Timestamp::now();
        if last.is_some_and(|last| now < last.plus(chrono::Duration::hours(1))) {
            return;
        }
        *last = Some(now);
        let before = now.plus(-chrono::Duration::days(KEEP_DAYS));
        if let Err(error) = self.prune(before).await {
            warn!(%error, "old messages could not be pruned");
        }
    }

    async fn prune(&self, before: Timestamp) -> Result<(), Error> {
        let consumer = self.consumer;
        let all = usize::try_from(PRUNED_AT_ONCE).unwrap_or(usize::MAX);
        while self.db.write(move |conn| outbox::prune(conn, before, PRUNED_AT_ONCE)).await? == all {
        }
        let one =
            move |conn: &mut AnyConnection| inbox::prune(conn, consumer, before, PRUNED_AT_ONCE);
        while self.db.write(one).await? == all {}
        Ok(())
    }
}

/// Until there is a commit to look for, and the last round is a little while ago.
async fn next(commits: &mut watch::Receiver<u64>) {
    tokio::time::sleep(PACE).await;
    let _net = tokio::time::timeout(NET, commits.changed()).await;
}

async fn publish(bus: &dyn Bus, waiting: &[outbox::Waiting]) -> Vec<Result<(), PublishError>> {
    let batch: Vec<Message> = waiting.iter().map(outbox::Waiting::message).collect();
    bus.publish(&batch).await
}

/// Marks what was confirmed; what was not waits a little.
fn mark(
    conn: &mut AnyConnection,
    waiting: &[outbox::Waiting],
    answers: Vec<Result<(), PublishError>>,
    now: Timestamp,
) -> Result<(), Error> {
    let mut sent = Vec::with_capacity(waiting.len());
    let mut late = 0;
    for (row, answer) in waiting.iter().zip(answers) {
        match answer {
            Ok(()) => sent.push(row.id),
            Err(reason) => {
                late += 1;
                let attempts = row.attempts.saturating_add(1);
                outbox::postpone(conn, row.id, attempts, now.plus(delay(attempts, &reason)))?;
                if late == 1 {
                    warn!(attempts, %reason, "messages wait in the outbox");
                }
            }
        }
    }
    outbox::mark_published(conn, &sent, now)
}

/// Doubles from one second up to a bound that depends on the reason.
fn delay(attempts: i32, reason: &PublishError) -> chrono::Duration {
    let longest = match reason {
        PublishError::Unroutable => LONGEST_DELAY_S,
        PublishError::Unavailable(_) => LONGEST_OUTAGE_DELAY_S,
    };
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(6);
    chrono::Duration::seconds((1_i64 << doublings).min(longest))
}
