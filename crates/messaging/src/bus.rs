//! What services need of a bus, whichever it is.

use std::sync::Arc;

use async_trait::async_trait;
use database::Db;
use tokio_util::sync::CancellationToken;

use crate::Message;

/// Carries messages from outboxes to inboxes.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Publishes a batch; one answer a message, in the same order.
    ///
    /// `Ok` means confirmed: whoever listens will hear it even if every process dies now.
    async fn publish(&self, batch: &[Message]) -> Vec<Result<(), PublishError>>;

    /// Delivers to `subscription` until `stop`, then ends what is being handled and returns.
    async fn consume(&self, subscription: Subscription, stop: CancellationToken);
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

/// One service's wish to hear something.
#[derive(Clone)]
pub struct Subscription {
    /// The service's name; with a broker, its queue's.
    pub consumer: &'static str,
    /// Exact routing keys.
    pub routing_keys: &'static [&'static str],
    /// The listener's own database, where its inbox is.
    pub db: Db,
    /// How many messages are handled at a time.
    pub concurrency: usize,
    pub handler: Arc<dyn Handler>,
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
        match error {
            database::Error::AlreadyHandled => Self::AlreadyHandled,
            error => Self::Retry(error.to_string()),
        }
    }
}
