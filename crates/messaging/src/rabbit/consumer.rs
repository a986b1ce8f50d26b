//! Consuming: acknowledged once the effect is committed, set aside when it fails.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use lapin::{
    Channel, Connection, Error,
    message::Delivery,
    options::{
        BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions,
    },
    types::FieldTable,
};
use model::Timestamp;
use tokio::{sync::Mutex, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{
    dial::{self, Dial},
    parcel::{self, Failure},
    publisher,
    topology::{self, Topology},
};
use crate::{
    HandlerError, Message, Queue, Subscription,
    delivery::deliver,
    retry::{RETRY_DELAYS_S, delay_after},
};

/// How often a message whose listener's database is away is tried anew, before it is set aside.
const HOLD_EVERY: Duration = Duration::from_secs(1);
const HOLDS: u32 = 60;

/// How long a message stays with us that could be neither handled nor set aside.
const BREATH: Duration = Duration::from_secs(1);

/// Consumes until `stop`, over as many connections as it takes.
pub(super) async fn run(dial: &Dial, subscription: &Subscription, stop: &CancellationToken) {
    let subscription = Arc::new(subscription.clone());
    let mut pauses = dial::pauses();
    while !stop.is_cancelled() {
        match session(dial, &subscription, stop).await {
            Ok(()) => break,
            Err(error) => warn!(consumer = subscription.consumer, %error, "the broker is away"),
        }
        if dial.is_consuming() {
            pauses = dial::pauses();
        }
        dial.set_consuming(false);
        let pause = pauses.next().unwrap_or(BREATH);
        stop.run_until_cancelled(tokio::time::sleep(pause)).await;
    }
    dial.set_consuming(false);
}

/// One connection's life. Ends well only when asked to stop.
async fn session(
    dial: &Dial,
    subscription: &Arc<Subscription>,
    stop: &CancellationToken,
) -> Result<(), Error> {
    let connection = dial.connect("consume").await?;
    let aside = publisher::confirming(&connection).await?;
    Topology::of_publishers().declare(&aside).await?;
    Topology::of_listener(subscription).declare(&aside).await?;
    let aside = Arc::new(Mutex::new(aside));
    let mut lines = JoinSet::new();
    for queue in subscription.queues.clone() {
        let line = Line {
            channel: open(&connection, &queue).await?,
            aside: Arc::clone(&aside),
            subscription: Arc::clone(subscription),
            queue,
        };
        lines.spawn(line.drain(stop.clone()));
    }
    dial.set_consuming(true);
    info!(consumer = subscription.consumer, "listens to the broker");
    while let Some(ended) = lines.join_next().await {
        ended.map_err(std::io::Error::other)??;
    }
    Ok(())
}

async fn open(connection: &Connection, queue: &Queue) -> Result<Channel, Error> {
    let channel = connection.create_channel().await?;
    channel.basic_qos(queue.concurrency, BasicQosOptions::default()).await?;
    Ok(channel)
}

/// One queue being worked off.
#[derive(Clone)]
struct Line {
    channel: Channel,
    /// Where failed messages are published, one at a time: this channel confirms, and confirms of
    /// what several tasks publish at once may be taken for each other's.
    aside: Arc<Mutex<Channel>>,
    subscription: Arc<Subscription>,
    queue: Queue,
}

impl Line {
    async fn drain(self, stop: CancellationToken) -> Result<(), Error> {
        let options = BasicConsumeOptions::default();
        let name = self.queue.name.into();
        let mut deliveries =
            self.channel.basic_consume(name, "".into(), options, FieldTable::default()).await?;
        let mut handling = JoinSet::new();
        let ended = loop {
            tokio::select! {
                () = stop.cancelled() => break Ok(()),
                Some(_) = handling.join_next() => {}
                next = deliveries.next() => match next {
                    Some(Ok(delivery)) => {
                        handling.spawn(self.clone().settle(delivery, stop.clone()));
                    }
                    Some(Err(error)) => break Err(error),
                    None => break Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into()),
                },
            }
        };
        if ended.is_err() {
            // What is being handled goes on to its commit; told again, it is known.
            handling.detach_all();
            return ended;
        }
        self.channel.basic_cancel(deliveries.tag(), BasicCancelOptions::default()).await?;
        handling.join_all().await;
        Ok(())
    }

    /// Handles one delivery to its acknowledgement.
    async fn settle(self, delivery: Delivery, stop: CancellationToken) {
        let message = parcel::unpack(&delivery);
        let id = message.id;
        let settled = match self.handle(&message, &stop).await {
            Ok(()) | Err(HandlerError::AlreadyHandled) => true,
            // Whoever takes over finds it at the head of the queue.
            Err(HandlerError::Unavailable(_)) if stop.is_cancelled() => false,
            Err(error) => self.set_aside(message, &error).await,
        };
        let answer = if settled {
            publisher::within(delivery.acker.ack(BasicAckOptions::default())).await
        } else {
            stop.run_until_cancelled(tokio::time::sleep(BREATH)).await;
            let again = BasicNackOptions { requeue: true, ..Default::default() };
            publisher::within(delivery.acker.nack(again)).await
        };
        if let Err(error) = answer {
            warn!(message.id = %id, %error, "the broker heard no answer and will tell it again");
        }
    }

    /// Tries a message for as long as only the listener's database is missing, within bounds.
    async fn handle(
        &self,
        message: &Message,
        stop: &CancellationToken,
    ) -> Result<(), HandlerError> {
        for _ in 0..HOLDS {
            match deliver(&self.subscription, message.clone()).await {
                Err(HandlerError::Unavailable(_)) if !stop.is_cancelled() => {
                    stop.run_until_cancelled(tokio::time::sleep(HOLD_EVERY)).await;
                }
                outcome => return outcome,
            }
        }
        deliver(&self.subscription, message.clone()).await
    }

    /// Lets a failed message come back later, or gives it up. Whether the broker has it safe.
    async fn set_aside(&self, message: Message, error: &HandlerError) -> bool {
        let reason = error.to_string();
        let delay = match error {
            HandlerError::Reject(_) => None,
            _ => delay_after(message.attempt),
        };
        let family = self.subscription.family;
        let exchange = match delay.and_then(number_of) {
            Some(number) => topology::retry(family, number),
            None => topology::dead(family),
        };
        warn!(message.id = %message.id, %reason, to = %exchange, "a message was not handled");
        let failure = Failure { reason: &reason, at: Timestamp::now().to_string() };
        let next = Message { attempt: message.attempt.saturating_add(1), ..message };
        let parcel = parcel::pack(&next, Some(&failure));
        let aside = self.aside.lock().await;
        let told = publisher::within(async {
            publisher::send(&aside, &exchange, self.queue.name, &parcel).await?.await
        });
        publisher::verdict(told.await)
            .inspect_err(|error| warn!(%error, to = %exchange, "a message was not set aside"))
            .is_ok()
    }
}

/// The number of the delay queue with this delay.
fn number_of(delay: Duration) -> Option<usize> {
    let seconds = delay.as_secs();
    RETRY_DELAYS_S.iter().position(|each| *each == seconds).map(|index| index + 1)
}
