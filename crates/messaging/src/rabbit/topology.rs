//! Exchanges and queues, declared by whoever needs them.
//!
//! ```text
//! events, render (topic) ──▶ QUEUE ──▶ listener
//!                              ▲           │ failed
//!             FAMILY.return ◀──┤           ▼
//!                              └── FAMILY.retry.1 … 5 (each with its delay)
//!                                          │ given up
//!                                          ▼
//!                                     FAMILY.dead
//! ```
//!
//! A message keeps the name of its queue as routing key while it waits, so that one set of delay
//! queues serves all queues of a family. A service touches only the two topic exchanges and what
//! begins with its family, which is what its broker account may do.

use lapin::{
    Channel, Error, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable, ShortString},
};

use crate::{Subscription, retry::RETRY_DELAYS_S};

/// Where facts are told.
pub const EVENTS: &str = "events";

/// Where jobs for the renderer are put.
pub const RENDER: &str = "render";

/// What the routing keys of jobs for the renderer begin with.
const RENDER_JOBS: &str = "render.request.";

/// The exchange of messages with this routing key.
pub fn exchange_of(routing_key: &str) -> &'static str {
    if routing_key.starts_with(RENDER_JOBS) { RENDER } else { EVENTS }
}

/// The fanout exchange, and the queue behind it, of the `number`th delay, counting from 1.
pub fn retry(family: &str, number: usize) -> String {
    format!("{family}.retry.{number}")
}

/// The fanout exchange, and the queue behind it, of what was given up.
pub fn dead(family: &str) -> String {
    format!("{family}.dead")
}

/// The direct exchange that brings a message back to the queue that its routing key names.
pub fn way_back(family: &str) -> String {
    format!("{family}.return")
}

/// Declares what publishers need. Declaring twice changes nothing.
pub(super) async fn declare_exchanges(channel: &Channel) -> Result<(), Error> {
    for exchange in [EVENTS, RENDER] {
        declare_exchange(channel, exchange, ExchangeKind::Topic).await?;
    }
    Ok(())
}

/// Declares all that a subscription needs.
pub(super) async fn declare(channel: &Channel, subscription: &Subscription) -> Result<(), Error> {
    let family = subscription.family;
    declare_exchanges(channel).await?;
    declare_exchange(channel, &way_back(family), ExchangeKind::Direct).await?;
    let graves = dead(family);
    declare_exchange(channel, &graves, ExchangeKind::Fanout).await?;
    declare_queue(channel, &graves, &[]).await?;
    bind(channel, &graves, &graves, "").await?;
    for (index, delay_s) in RETRY_DELAYS_S.iter().enumerate() {
        let name = retry(family, index + 1);
        let delay_ms = i64::try_from(delay_s * 1000).unwrap_or(i64::MAX);
        let back = way_back(family);
        let arguments = [
            ("x-message-ttl", AMQPValue::LongLongInt(delay_ms)),
            ("x-dead-letter-exchange", text(&back)),
            // The way back is safe as well: the broker confirms it to itself.
            ("x-dead-letter-strategy", text("at-least-once")),
            ("x-overflow", text("reject-publish")),
        ];
        declare_exchange(channel, &name, ExchangeKind::Fanout).await?;
        declare_queue(channel, &name, &arguments).await?;
        bind(channel, &name, &name, "").await?;
    }
    for queue in &subscription.queues {
        declare_queue(channel, queue.name, &[]).await?;
        bind(channel, queue.name, &way_back(family), queue.name).await?;
        for routing_key in queue.routing_keys {
            bind(channel, queue.name, exchange_of(routing_key), routing_key).await?;
        }
    }
    Ok(())
}

async fn declare_exchange(channel: &Channel, name: &str, kind: ExchangeKind) -> Result<(), Error> {
    let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
    channel.exchange_declare(name.into(), kind, options, FieldTable::default()).await
}

async fn declare_queue(
    channel: &Channel,
    name: &str,
    arguments: &[(&'static str, AMQPValue)],
) -> Result<(), Error> {
    let mut table = FieldTable::default();
    table.insert("x-queue-type".into(), text("quorum"));
    for (key, value) in arguments {
        table.insert(ShortString::from(*key), value.clone());
    }
    channel.queue_declare(name.into(), QueueDeclareOptions::durable(), table).await.map(drop)
}

async fn bind(channel: &Channel, queue: &str, exchange: &str, key: &str) -> Result<(), Error> {
    let (options, none) = (QueueBindOptions::default(), FieldTable::default());
    channel.queue_bind(queue.into(), exchange.into(), key.into(), options, none).await
}

fn text(text: &str) -> AMQPValue {
    AMQPValue::LongString(text.into())
}

#[cfg(test)]
mod tests {
    use super::{EVENTS, RENDER, exchange_of};

    #[test]
    fn jobs_and_facts_have_an_exchange_each() {
        assert_eq!(exchange_of("render.request.bulk"), RENDER);
        assert_eq!(exchange_of("renderer.rendering.finished.v1"), EVENTS);
    }
}
