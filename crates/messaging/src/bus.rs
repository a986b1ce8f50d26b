//! What services need of a bus, whichever it is.

use std::sync::Arc;

use async_trait::async_trait;
use database::Db;
use model::{Id, Timestamp};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::Message;

/// Carries messages from outboxes to inboxes.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Makes a listener known, before the first message is published.
    fn declare(&self, subscription: &Subscription);

    /// Publishes a batch; one answer a message, in the same order.
    ///
    /// `Ok` means confirmed: whoever listens will hear it even if every process dies now.
    async fn publish(&self, batch: &[Message]) -> Vec<Result<(), PublishError>>;

    /// Delivers to `subscription` until `stop`, then ends what is being handled and returns.
    async fn consume(&self, subscription: Subscription, stop: CancellationToken);

    /// Whether messages can come and go at this moment.
    fn is_connected(&self) -> bool;

    /// How much waits for `subscription`, and how much was given up.
    async fn backlog(&self, subscription: &Subscription) -> Result<Backlog, BusError>;

    /// What `subscription` gave up on, at most `limit`.
    async fn dead_letters(
        &self,
        subscription: &Subscription,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, BusError>;

    /// Lets a dead letter be tried again, from its first attempt.
    async fn replay(&self, subscription: &Subscription, id: Id<Message>) -> Result<(), BusError>;
}

/// Why a message was not confirmed. It stays in the outbox and is tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// Nobody listens to its routing key: a service or its queue is missing.
    #[error("nobody listens to this message")]
    Unroutable,
    /// The bus, or a listener's database, could not take it.
    #[error("the bus could not take it: {0}")]
    Unavailable(String),
}

/// Why an operator's question to the bus has no answer.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    #[error("there is no dead letter {0}")]
    NoSuchLetter(Id<Message>),
    #[error("the bus cannot be reached: {0}")]
    Unreachable(String),
    #[error(transparent)]
    Database(#[from] database::Error),
}

/// What is not handled yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    pub waiting: i64,
    pub dead: i64,
}

/// A message that was given up, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadLetter {
    pub message_id: Id<Message>,
    pub routing_key: String,
    pub dead_at: Option<Timestamp>,
    pub reason: Option<String>,
    pub body: Option<Value>,
}

/// One service's wish to hear something.
#[derive(Clone)]
pub struct Subscription {
    /// The service's name, under which its inbox is kept.
    pub consumer: &'static str,
    /// What the names of its queues for retries and dead letters begin with, where there is a broker.
    pub family: &'static str,
    /// At least one.
    pub queues: Vec<Queue>,
    /// The listener's own database, where its inbox is.
    pub db: Db,
    pub handler: Arc<dyn Handler>,
}

/// Messages that wait in one line.
#[derive(Debug, Clone, Copy)]
pub struct Queue {
    pub name: &'static str,
    /// Exact routing keys.
    pub routing_keys: &'static [&'static str],
    /// How many messages of it are handled at a time.
    pub concurrency: u16,
}

impl Subscription {
    /// Whether one of its queues takes messages with this routing key.
    pub fn hears(&self, routing_key: &str) -> bool {
        self.queues.iter().any(|queue| queue.routing_keys.contains(&routing_key))
    }
}

/// What a service does with a message.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Handles one message; told twice, it must act once.
    ///
    /// All it writes goes through one transaction of `db`, the service's database guarded so that
    /// this transaction also marks the inbox. The guard answers [`database::Error::AlreadyHandled`]
    /// when the message was handled before, which counts as success.
    async fn handle(&self, message: Message, db: Db) -> Result<(), HandlerError>;
}

/// Why a message was not handled.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// It was handled before.
    #[error("this message was handled before")]
    AlreadyHandled,
    /// The service's own database is away: no fault of the message, so that no attempt is counted.
    #[error("{0}")]
    Unavailable(String),
    /// It may work later: the message comes back after a delay.
    #[error("{0}")]
    Retry(String),
    /// It never will: the message goes to the dead letters.
    #[error("{0}")]
    Reject(String),
}

impl From<serde_json::Error> for HandlerError {
    fn from(error: serde_json::Error) -> Self {
        Self::Reject(format!("the message could not be read: {error}"))
    }
}

impl From<database::Error> for HandlerError {
    fn from(error: database::Error) -> Self {
        use database::Error::{AlreadyHandled, NoConnection, Overloaded};

        match error {
            AlreadyHandled => Self::AlreadyHandled,
            NoConnection(_) | Overloaded => Self::Unavailable(error.to_string()),
            error => Self::Retry(error.to_string()),
        }
    }
}
