//! The bus between processes: RabbitMQ. "Confirmed" means that a quorum queue of each listener
//! holds the message on disk.

mod consumer;
pub mod definitions;
mod dial;
mod letters;
mod parcel;
mod publisher;
pub mod topology;

use std::sync::Arc;

use async_trait::async_trait;
use model::Id;
use tokio_util::sync::CancellationToken;

use self::{dial::Dial, publisher::Publisher};
use crate::{Backlog, Bus, BusError, DeadLetter, Message, PublishError, Subscription};

/// Delivers between processes by way of a broker.
///
/// Publishing and consuming have a connection each, so that a broker that holds back publishers
/// does not hold back acknowledgements as well. Each is made anew after a failure.
pub struct RabbitBus {
    dial: Arc<Dial>,
    publisher: Publisher,
}

impl RabbitBus {
    /// A bus on the broker at `url` (`amqp://…` or `amqps://…`), which sees this client as `name`.
    /// Connects when it is first needed.
    pub fn new(url: &str, name: &str) -> Self {
        let dial = Arc::new(Dial::new(url, name));
        Self { publisher: Publisher::new(Arc::clone(&dial)), dial }
    }

    /// Connects once and hangs up.
    ///
    /// # Errors
    ///
    /// Why the broker cannot be reached, without the URL's password.
    pub async fn probe(&self) -> Result<(), BusError> {
        self.dial.connect("probe").await.map(drop).map_err(unreachable)
    }
}

#[async_trait]
impl Bus for RabbitBus {
    fn declare(&self, _: &Subscription) {}

    async fn publish(&self, batch: &[Message]) -> Vec<Result<(), PublishError>> {
        self.publisher.publish(batch).await
    }

    async fn consume(&self, subscription: Subscription, stop: CancellationToken) {
        consumer::run(&self.dial, &subscription, &stop).await;
    }

    fn is_connected(&self) -> bool {
        self.dial.is_consuming()
    }

    async fn backlog(&self, subscription: &Subscription) -> Result<Backlog, BusError> {
        letters::backlog(&self.dial, subscription).await.map_err(unreachable)
    }

    async fn dead_letters(
        &self,
        subscription: &Subscription,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, BusError> {
        letters::list(&self.dial, subscription, limit).await.map_err(unreachable)
    }

    async fn replay(&self, subscription: &Subscription, id: Id<Message>) -> Result<(), BusError> {
        match letters::replay(&self.dial, subscription, id).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(BusError::NoSuchLetter(id)),
            Err(error) => Err(unreachable(error)),
        }
    }
}

fn unreachable(error: lapin::Error) -> BusError {
    BusError::Unreachable(error.to_string())
}
