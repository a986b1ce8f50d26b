//! The bus inside one process. "Confirmed" means that every listener's inbox holds the message.

use std::{
    collections::HashSet,
    panic::AssertUnwindSafe,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use database::{Db, Error};
use futures_util::FutureExt;
use model::{Id, Timestamp};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::{Bus, HandlerError, Message, PublishError, Subscription, inbox};

/// How often a consumer looks for what became due although nothing was committed.
const NET: Duration = Duration::from_millis(500);

/// Delivers between services that share a process, by way of their databases.
#[derive(Default)]
pub struct LocalBus {
    listeners: RwLock<Vec<Listener>>,
}

#[derive(Clone)]
struct Listener {
    consumer: &'static str,
    routing_keys: &'static [&'static str],
    db: Db,
}

impl LocalBus {
    /// Declares a listener. Do it for all before the first message is published.
    pub fn declare(&self, subscription: &Subscription) {
        let listener = Listener {
            consumer: subscription.consumer,
            routing_keys: subscription.routing_keys,
            db: subscription.db.clone(),
        };
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    fn listeners(&self) -> Vec<Listener> {
        self.listeners.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Bus for LocalBus {
    async fn publish(&self, batch: &[Message]) -> Vec<Result<(), PublishError>> {
        let mut answers = vec![Err(PublishError::Unroutable); batch.len()];
        for listener in self.listeners() {
            let wanted =
                |message: &Message| listener.routing_keys.contains(&message.routing_key.as_str());
            let theirs: Vec<Message> = batch.iter().filter(|m| wanted(m)).cloned().collect();
            if theirs.is_empty() {
                continue;
            }
            let kept = keep_all(&listener, theirs).await;
            for (message, answer) in batch.iter().zip(&mut answers) {
                if wanted(message) && !matches!(answer, Err(PublishError::Unavailable(_))) {
                    *answer = kept.clone();
                }
            }
        }
        answers
    }

    async fn consume(&self, subscription: Subscription, stop: CancellationToken) {
        let mut commits = subscription.db.commits();
        let mut running: JoinSet<Id<Message>> = JoinSet::new();
        let mut taken = HashSet::new();
        while !stop.is_cancelled() {
            if let Err(error) = take_due(&subscription, &mut running, &mut taken).await {
                error!(%error, "the inbox could not be read");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                Some(ended) = running.join_next() => forget(&mut taken, ended),
                _ = commits.changed(), if running.len() < subscription.concurrency => {}
                () = tokio::time::sleep(NET) => {}
            }
            while let Some(ended) = running.try_join_next() {
                forget(&mut taken, ended);
            }
        }
        running.join_all().await;
    }
}

async fn keep_all(listener: &Listener, messages: Vec<Message>) -> Result<(), PublishError> {
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

/// Starts as many due messages as there is room for.
async fn take_due(
    subscription: &Subscription,
    running: &mut JoinSet<Id<Message>>,
    taken: &mut HashSet<Id<Message>>,
) -> Result<(), Error> {
    let room = subscription.concurrency.saturating_sub(running.len());
    if room == 0 {
        return Ok(());
    }
    let (consumer, now) = (subscription.consumer, Timestamp::now());
    // What is running is still "due" in the table, so ask for that much more.
    let limit = i64::try_from(room + taken.len()).unwrap_or(i64::MAX);
    let due = subscription.db.read(move |conn| inbox::due(conn, consumer, now, limit)).await?;
    for waiting in due {
        if running.len() < subscription.concurrency && taken.insert(waiting.message.id) {
            running.spawn(handle(subscription.clone(), waiting));
        }
    }
    Ok(())
}

fn forget(taken: &mut HashSet<Id<Message>>, ended: Result<Id<Message>, tokio::task::JoinError>) {
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

/// Runs the handler and writes down how it ended. Returns the message's id.
async fn handle(subscription: Subscription, waiting: inbox::Waiting) -> Id<Message> {
    let (consumer, db) = (subscription.consumer, &subscription.db);
    let message = waiting.message.clone();
    let id = message.id;
    let guard = inbox::guard(consumer, &message, Timestamp::now);
    let guarded = db.guarded(Arc::clone(&guard));
    let handled = AssertUnwindSafe(subscription.handler.handle(message, guarded)).catch_unwind();
    let outcome = handled
        .await
        .unwrap_or_else(|_panic| Err(HandlerError::Retry("the handler panicked".to_owned())));
    let written = match outcome {
        // The handler may have had nothing to write: then this is the transaction that marks it.
        Ok(()) | Err(HandlerError::AlreadyHandled) => {
            match db.guarded(guard).write(|_| Ok::<_, Error>(())).await {
                Err(Error::AlreadyHandled) => Ok(()),
                other => other,
            }
        }
        Err(error) => {
            let retry = matches!(error, HandlerError::Retry(_));
            let reason = error.to_string();
            warn!(message.id = %id, %reason, retry, "a message was not handled");
            let now = Timestamp::now();
            db.write(move |conn| inbox::fail(conn, consumer, &waiting, &reason, retry, now)).await
        }
    };
    if let Err(error) = written {
        error!(message.id = %id, %error, "the inbox could not be written");
    }
    id
}
