//! Carries the outbox to the bus.

use std::{sync::Arc, time::Duration};

use database::{Db, Error};
use model::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::{Bus, Message, inbox, outbox};

/// How often the relay looks although nobody told it of a commit.
const NET: Duration = Duration::from_millis(500);

/// The longest wait between two tries of one message.
const LONGEST_DELAY_S: i64 = 60;

/// How long published and handled messages are kept, for operators and against late repeats.
const KEEP_DAYS: i64 = 14;

/// Publishes what one service has to say, oldest first.
pub struct Relay {
    db: Db,
    bus: Arc<dyn Bus>,
}

impl Relay {
    /// A relay for the outbox in `db`.
    pub fn new(db: Db, bus: Arc<dyn Bus>) -> Self {
        Self { db, bus }
    }

    /// Relays until `stop`: at once after each commit of this process, else twice a second.
    pub async fn run(self, stop: CancellationToken) {
        let mut commits = self.db.commits();
        let mut last_pruned = None;
        while !stop.is_cancelled() {
            let sent = self.round().await.unwrap_or_else(|error| {
                error!(%error, "the outbox could not be relayed");
                0
            });
            self.prune_hourly(&mut last_pruned).await;
            // A full batch may not have been all.
            if i64::try_from(sent) == Ok(outbox::BATCH) {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                _ = commits.changed() => {}
                () = tokio::time::sleep(NET) => {}
            }
        }
    }

    /// One batch: read, publish, mark. Returns how many were confirmed.
    async fn round(&self) -> Result<usize, Error> {
        let now = Timestamp::now();
        let waiting = self.db.read(move |conn| outbox::due(conn, now)).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let batch: Vec<Message> = waiting.iter().map(outbox::Waiting::message).collect();
        let answers = self.bus.publish(&batch).await;
        let (mut sent, mut late) = (Vec::new(), Vec::new());
        for (row, answer) in waiting.iter().zip(answers) {
            match answer {
                Ok(()) => sent.push(row.id),
                Err(reason) => {
                    warn!(attempts = row.attempts, %reason, "a message waits in the outbox");
                    late.push((row.id, row.attempts + 1));
                }
            }
        }
        let count = sent.len();
        self.db
            .write(move |conn| {
                outbox::mark_published(conn, &sent, now)?;
                for (id, attempts) in late {
                    outbox::postpone(conn, id, attempts, now.plus(delay(attempts)))?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        Ok(count)
    }

    async fn prune_hourly(&self, last: &mut Option<Timestamp>) {
        let now = Timestamp::now();
        if last.is_some_and(|last| now < last.plus(chrono::Duration::hours(1))) {
            return;
        }
        *last = Some(now);
        let before = now.plus(-chrono::Duration::days(KEEP_DAYS));
        let pruned = self
            .db
            .write(move |conn| {
                outbox::prune(conn, before)?;
                inbox::prune(conn, before)
            })
            .await;
        if let Err(error) = pruned {
            warn!(%error, "old messages could not be pruned");
        }
    }
}

/// Doubles from one second up to [`LONGEST_DELAY_S`].
fn delay(attempts: i32) -> chrono::Duration {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(6);
    chrono::Duration::seconds((1_i64 << doublings).min(LONGEST_DELAY_S))
}
