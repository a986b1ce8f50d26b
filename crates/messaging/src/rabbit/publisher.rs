//! Publishing with confirms: a window at a time, each answer with a time limit.

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures_util::{StreamExt, stream::FuturesOrdered};
use lapin::{
    Channel, Confirmation, Connection, Error, PublisherConfirm,
    options::{BasicPublishOptions, ConfirmSelectOptions},
};
use model::Id;
use tokio::sync::Mutex;
use tracing::warn;

use super::{
    dial::Dial,
    parcel,
    topology::{self, Topology},
};
use crate::{Message, PublishError};

/// How long the broker may take to open a channel, or to take and confirm a window. Later confirms are
/// as good as lost: a confirm that waits when its connection dies may never come, and a broker that
/// has no room left takes nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// A channel that publishes, made when it is first needed and anew after each failure.
pub(super) struct Publisher {
    dial: Arc<Dial>,
    open: Mutex<Option<Open>>,
}

struct Open {
    /// Held, because a channel ends with its connection.
    _connection: Connection,
    channel: Channel,
}

impl Publisher {
    pub(super) fn new(dial: Arc<Dial>) -> Self {
        Self { dial, open: Mutex::new(None) }
    }

    pub(super) async fn publish(&self, batch: &[Message]) -> Vec<Result<(), PublishError>> {
        let mut open = self.open.lock().await;
        let told = match within(self.channel(&mut open)).await {
            Ok(channel) => within(window(channel, batch)).await,
            Err(error) => Err(error),
        };
        let answers = told.unwrap_or_else(|error| {
            warn!(%error, "the broker took no messages");
            vec![Err(PublishError::Unavailable(error.to_string())); batch.len()]
        });
        if answers.iter().any(|answer| matches!(answer, Err(PublishError::Unavailable(_)))) {
            *open = None;
        }
        answers
    }

    async fn channel<'a>(&self, open: &'a mut Option<Open>) -> Result<&'a Channel, Error> {
        let usable = open.take().filter(|open| open.channel.status().connected());
        let usable = match usable {
            Some(open) => open,
            None => connect(&self.dial).await?,
        };
        Ok(&open.insert(usable).channel)
    }
}

async fn connect(dial: &Dial) -> Result<Open, Error> {
    let connection = dial.connect("publish").await?;
    let channel = confirming(&connection).await?;
    Topology::of_publishers().declare(&channel).await?;
    Ok(Open { _connection: connection, channel })
}

/// A channel on which the broker confirms.
pub(super) async fn confirming(connection: &Connection) -> Result<Channel, Error> {
    let channel = connection.create_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    Ok(channel)
}

/// What the broker answers in time.
pub(super) async fn within<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let late = |_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into());
    tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(late)
}

/// Tells a batch, and how each message of it fared.
async fn window(
    channel: &Channel,
    batch: &[Message],
) -> Result<Vec<Result<(), PublishError>>, Error> {
    let mut confirms = FuturesOrdered::new();
    for message in batch {
        let exchange = topology::exchange_of(&message.routing_key);
        let parcel = parcel::pack(message, None);
        confirms.push_back(send(channel, exchange, &message.routing_key, &parcel).await?);
    }
    let confirms: Vec<_> = confirms.collect().await;
    let returned: HashSet<_> = confirms.iter().filter_map(returned).collect();
    let fared = batch.iter().zip(confirms).map(|(message, confirm)| {
        if returned.contains(&message.id) { Err(PublishError::Unroutable) } else { taken(confirm) }
    });
    Ok(fared.collect())
}

/// The message that came back with a confirm: not always the one that is confirmed, since the broker
/// confirms many at once.
fn returned(confirm: &Result<Confirmation, Error>) -> Option<Id<Message>> {
    match confirm {
        Ok(Confirmation::Ack(Some(returned))) => Some(parcel::id_of(&returned.delivery)),
        _ => None,
    }
}

/// Hands one message to the broker, which sends back what it cannot route.
pub(super) async fn send(
    channel: &Channel,
    exchange: &str,
    routing_key: &str,
    parcel: &parcel::Parcel,
) -> Result<PublisherConfirm, Error> {
    let options = BasicPublishOptions { mandatory: true, ..Default::default() };
    let properties = parcel.properties.clone();
    channel
        .basic_publish(exchange.into(), routing_key.into(), options, &parcel.payload, properties)
        .await
}

/// What the confirm of a message says that was sent alone.
pub(super) fn verdict(confirm: Result<Confirmation, Error>) -> Result<(), PublishError> {
    match returned(&confirm) {
        Some(_) => Err(PublishError::Unroutable),
        None => taken(confirm),
    }
}

/// Whether the broker took a message, wherever it put it. What could not be routed is confirmed too.
fn taken(confirm: Result<Confirmation, Error>) -> Result<(), PublishError> {
    match confirm {
        Ok(Confirmation::Ack(_)) => Ok(()),
        Ok(Confirmation::Nack(_)) => {
            Err(PublishError::Unavailable("the broker refused the message".to_owned()))
        }
        Ok(Confirmation::NotRequested) => {
            Err(PublishError::Unavailable("the channel does not confirm".to_owned()))
        }
        Err(error) => Err(PublishError::Unavailable(error.to_string())),
    }
}
