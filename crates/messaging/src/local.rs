//! The bus inside one process. "Confirmed" means that every listener's inbox holds the message.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use database::Error;
use futures_util::future::join_all;
use model::{Id, Timestamp};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::{
    Backlog, Bus, BusError, DeadLetter, HandlerError, Message, PublishError, Queue, Subscription,
    delivery::deliver, inbox,
};

/// How often a consumer looks for what became due although nothing was committed.
const NET: Duration = Duration::from_millis(500);

/// Delivers between services that share a process, by way of their databases.
#[derive(Default)]
pub struct LocalBus {
    listeners: RwLock<Vec<Subscription>>,
}

impl LocalBus {
    fn listeners(&self) -> Vec<Subscription> {
        self.listeners.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Bus for LocalBus {
    fn declare(&self, subscription: &Subscription) {
        let mut listeners = self.listeners.write().unwrap_or_else(PoisonError::into_inner);
        listeners.push(subscription.clone());
    }

    async fn publish(&self, batch: &[Message]) -> Vec<Result<(), PublishError>> {
        let mut answers = vec![Err(PublishError::Unroutable); batch.len()];
        for listener in self.listeners() {
            let theirs: Vec<Message> =
                batch.iter().filter(|m| listener.hears(&m.routing_key)).cloned().collect();
            if theirs.is_empty() {
                continue;
            }
            let kept = keep_all(&listener, theirs).await;
            for (message, answer) in batch.iter().zip(&mut answers) {
                let is_theirs = listener.hears(&message.routing_key);
                if is_theirs && !matches!(answer, Err(PublishError::Unavailable(_))) {
                    *answer = kept.clone();
                }
            }
        }
        answers
    }

    async fn consume(&self, subscription: Subscription, stop: CancellationToken) {
        let subscription = Arc::new(subscription);
        let lines = subscription.queues.iter().map(|queue| {
            Line { subscription: Arc::clone(&subscription), queue: *queue }.drain(stop.clone())
        });
        join_all(lines).await;
    }

    fn is_connected(&self) -> bool {
        true
    }

    async fn backlog(&self, subscription: &Subscription) -> Result<Backlog, BusError> {
        let consumer = subscription.consumer;
        Ok(subscription.db.read(move |conn| inbox::backlog(conn, consumer)).await?)
    }

    async fn dead_letters(
        &self,
        subscription: &Subscription,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, BusError> {
        let (consumer, limit) = (subscription.consumer, i64::try_from(limit).unwrap_or(i64::MAX));
        Ok(subscription.db.read(move |conn| inbox::dead_letters(conn, consumer, limit)).await?)
    }

    async fn replay(&self, subscription: &Subscription, id: Id<Message>) -> Result<(), BusError> {
        let (consumer, now) = (subscription.consumer, Timestamp::now());
        let found =
            subscription.db.write(move |conn| inbox::replay(conn, consumer, id, now)).await?;
        if found { Ok(()) } else { Err(BusError::NoSuchLetter(id)) }
    }
}

async fn keep_all(listener: &Subscription, messages: Vec<Message>) -> Result<(), PublishError> {
    let consumer = listener.consumer;
    let now = Timestamp::now();
    listener
        .db
        .write(move |conn| {
            messages.iter().try_for_each(|message| inbox::keep(conn, consumer, message, now))
        })
        .await
        .map_err(|error: Error| PublishError::Unavailable(error.to_string()))
}

/// One queue being worked off.
#[derive(Clone)]
struct Line {
    subscription: Arc<Subscription>,
    queue: Queue,
}

impl Line {
    async fn drain(self, stop: CancellationToken) {
        let concurrency = usize::from(self.queue.concurrency);
        let mut commits = self.subscription.db.commits();
        let mut running: JoinSet<Id<Message>> = JoinSet::new();
        let mut taken = HashSet::new();
        while !stop.is_cancelled() {
            if let Err(error) = self.take_due(&mut running, &mut taken).await {
                error!(%error, "the inbox could not be read");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                Some(ended) = running.join_next() => forget(&mut taken, ended),
                _ = commits.changed(), if running.len() < concurrency => {}
                () = tokio::time::sleep(NET) => {}
            }
            while let Some(ended) = running.try_join_next() {
                forget(&mut taken, ended);
            }
        }
        running.join_all().await;
    }

    /// Starts as many due messages as there is room for.
    async fn take_due(
        &self,
        running: &mut JoinSet<Id<Message>>,
        taken: &mut HashSet<Id<Message>>,
    ) -> Result<(), Error> {
        let concurrency = usize::from(self.queue.concurrency);
        let room = concurrency.saturating_sub(running.len());
        if room == 0 {
            return Ok(());
        }
        let (consumer, keys) = (self.subscription.consumer, self.queue.routing_keys);
        let now = Timestamp::now();
        // What is running is still "due" in the table, so ask for that much more.
        let limit = i64::try_from(room + taken.len()).unwrap_or(i64::MAX);
        let db = &self.subscription.db;
        let due = db.read(move |conn| inbox::due(conn, consumer, keys, now, limit)).await?;
        for waiting in due {
            if running.len() < concurrency && taken.insert(waiting.message.id) {
                running.spawn(self.clone().settle(waiting));
            }
        }
        Ok(())
    }

    /// Handles one message and writes down how it ended. Returns the message's id.
    async fn settle(self, waiting: inbox::Waiting) -> Id<Message> {
        let (consumer, db) = (self.subscription.consumer, &self.subscription.db);
        let message = waiting.message.clone();
        let id = message.id;
        let guard = inbox::guard(consumer, &message, Timestamp::now);
        let written = match deliver(&self.subscription, message).await {
            // The handler may have had nothing to write: then this is the transaction that marks it.
            Ok(()) | Err(HandlerError::AlreadyHandled) => {
                match db.guarded(guard).write(|_| Ok::<_, Error>(())).await {
                    Err(Error::AlreadyHandled) => Ok(()),
                    other => other,
                }
            }
            // It stays due.
            Err(HandlerError::Unavailable(reason)) => {
                warn!(message.id = %id, %reason, "a message waits for the database");
                tokio::time::sleep(NET).await;
                Ok(())
            }
            Err(error) => {
                let retry = matches!(error, HandlerError::Retry(_));
                let reason = error.to_string();
                warn!(message.id = %id, %reason, retry, "a message was not handled");
                let now = Timestamp::now();
                db.write(move |conn| inbox::fail(conn, consumer, &waiting, &reason, retry, now))
                    .await
            }
        };
        if let Err(error) = written {
            error!(message.id = %id, %error, "the inbox could not be written");
        }
        id
    }
}

fn forget(taken: &mut HashSet<Id<Message>>, ended: Result<Id<Message>, JoinError>) {
    match ended {
        Ok(id) => drop(taken.remove(&id)),
        // Which message it was is unknown, so all may be taken anew; the guard drops what was
        // handled.
        Err(error) => {
            error!(%error, "a delivery broke off");
            taken.clear();
        }
    }
}
