//! Publishing with confirms: a window at a time, each answer with a time limit.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream::FuturesOrdered};
use lapin::{
    Channel, Confirmation, Connection, Error, PublisherConfirm,
    options::{BasicPublishOptions, ConfirmSelectOptions},
};
use tokio::sync::Mutex;
use tracing::warn;

use super::{dial::Dial, parcel, topology};
use crate::{Message, PublishError};

/// How long the broker may take to confirm a window. Later confirms are as good as lost: a confirm
/// that waits when its connection dies may never come.
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
        let answers = match self.channel(&mut open).await {
            Ok(channel) => window(channel, batch).await,
            Err(error) => vec![Err(PublishError::Unavailable(error.to_string())); batch.len()],
        };
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
    topology::declare_exchanges(&channel).await?;
    Ok(Open { _connection: connection, channel })
}

/// A channel on which the broker confirms.
pub(super) async fn confirming(connection: &Connection) -> Result<Channel, Error> {
    let channel = connection.create_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    Ok(channel)
}

async fn window(channel: &Channel, batch: &[Message]) -> Vec<Result<(), PublishError>> {
    let mut answers = Vec::with_capacity(batch.len());
    let mut confirms = FuturesOrdered::new();
    for message in batch {
        let exchange = topology::exchange_of(&message.routing_key);
        match send(channel, exchange, &message.routing_key, &parcel::pack(message, None)).await {
            Ok(confirm) => confirms.push_back(confirm),
            Err(error) => {
                warn!(%error, "the broker took no message");
                break;
            }
        }
    }
    let collect = async {
        while let Some(confirm) = confirms.next().await {
            answers.push(verdict(confirm));
        }
    };
    if tokio::time::timeout(PATIENCE, collect).await.is_err() {
        warn!("the broker did not confirm in time");
    }
    let lost = || Err(PublishError::Unavailable("no confirm".to_owned()));
    answers.resize_with(batch.len(), lost);
    answers
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

/// What a confirm says. What could not be routed is confirmed too, with the message in hand.
pub(super) fn verdict(confirm: Result<Confirmation, Error>) -> Result<(), PublishError> {
    match confirm {
        Ok(Confirmation::Ack(None)) => Ok(()),
        Ok(Confirmation::Ack(Some(_returned))) => Err(PublishError::Unroutable),
        Ok(Confirmation::Nack(_)) => {
            Err(PublishError::Unavailable("the broker refused the message".to_owned()))
        }
        Ok(Confirmation::NotRequested) => {
            Err(PublishError::Unavailable("the channel does not confirm".to_owned()))
        }
        Err(error) => Err(PublishError::Unavailable(error.to_string())),
    }
}
