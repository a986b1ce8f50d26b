//! What was given up: how much, what and why; and its way back.

use chrono::DateTime;
use lapin::{
    Channel, Error,
    message::Delivery,
    options::{BasicAckOptions, BasicGetOptions, QueueDeclareOptions},
    types::FieldTable,
};
use model::{Id, Timestamp};

use super::{dial::Dial, parcel, publisher, topology};
use crate::{Backlog, DeadLetter, Message, Subscription};

/// How many dead letters are searched for one.
const SEARCHED: usize = 10_000;

/// How much waits in a subscription's queues, and how much is dead.
pub(super) async fn backlog(dial: &Dial, subscription: &Subscription) -> Result<Backlog, Error> {
    let connection = dial.connect("count").await?;
    let channel = connection.create_channel().await?;
    let mut waiting = 0;
    for queue in &subscription.queues {
        waiting += depth(&channel, queue.name).await?;
    }
    let dead = depth(&channel, &topology::dead(subscription.family)).await?;
    Ok(Backlog { waiting, dead })
}

async fn depth(channel: &Channel, queue: &str) -> Result<i64, Error> {
    let options = QueueDeclareOptions::durable().passive();
    let queue = channel.queue_declare(queue.into(), options, FieldTable::default()).await?;
    Ok(i64::from(queue.message_count()))
}

/// The first `limit` dead letters. They go back to where they were when the channel ends.
pub(super) async fn list(
    dial: &Dial,
    subscription: &Subscription,
    limit: usize,
) -> Result<Vec<DeadLetter>, Error> {
    let connection = dial.connect("dead letters").await?;
    let channel = connection.create_channel().await?;
    let mut letters = Vec::new();
    while letters.len() < limit {
        let Some(delivery) = next(&channel, subscription).await? else { break };
        letters.push(letter(&delivery));
    }
    Ok(letters)
}

/// Sends one dead letter back to its queue, as if it had never failed. Whether it was found.
pub(super) async fn replay(
    dial: &Dial,
    subscription: &Subscription,
    id: Id<Message>,
) -> Result<bool, Error> {
    let connection = dial.connect("dead letters").await?;
    let channel = publisher::confirming(&connection).await?;
    for _ in 0..SEARCHED {
        let Some(delivery) = next(&channel, subscription).await? else { break };
        let message = parcel::unpack(&delivery);
        if message.id != id {
            continue;
        }
        let parcel = parcel::pack(&Message { attempt: 1, ..message }, None);
        let back = topology::way_back(subscription.family);
        // In the dead queue, too, the routing key names the queue that the message came from.
        let queue = delivery.routing_key.to_string();
        let confirm = publisher::send(&channel, &back, &queue, &parcel).await?.await;
        publisher::verdict(confirm).map_err(std::io::Error::other)?;
        delivery.acker.ack(BasicAckOptions::default()).await?;
        return Ok(true);
    }
    Ok(false)
}

async fn next(channel: &Channel, subscription: &Subscription) -> Result<Option<Delivery>, Error> {
    let queue = topology::dead(subscription.family);
    let got = channel.basic_get(queue.as_str().into(), BasicGetOptions::default()).await?;
    Ok(got.map(|got| got.delivery))
}

fn letter(delivery: &Delivery) -> DeadLetter {
    let message = parcel::unpack(delivery);
    let headers = delivery.properties.headers();
    let failed_at = parcel::text_of(headers.as_ref(), parcel::FAILED_AT);
    DeadLetter {
        message_id: message.id,
        routing_key: message.routing_key,
        dead_at: failed_at.as_deref().and_then(instant),
        reason: parcel::text_of(headers.as_ref(), parcel::REASON),
        body: Some(message.body),
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.to_utc().into())
}
