//! Exchanges and queues: what they are, and how whoever needs them declares them.
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
use serde::Serialize;

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

/// What there must be at the broker for somebody.
#[derive(Debug, Default)]
pub struct Topology {
    pub exchanges: Vec<Exchange>,
    pub queues: Vec<Queue>,
    pub bindings: Vec<Binding>,
}

/// A durable exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub name: String,
    pub kind: Kind,
}

/// How an exchange chooses queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Topic,
    Direct,
    Fanout,
}

/// A durable quorum queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    pub name: String,
    /// For messages that wait to be tried again.
    pub delay: Option<Delay>,
}

/// For how long messages wait, and where they go then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delay {
    pub ms: i64,
    pub back: String,
}

/// Which messages of an exchange a queue takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub exchange: String,
    pub queue: String,
    pub routing_key: String,
}

/// The value of a queue's argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Argument {
    Text(String),
    Number(i64),
}

impl Topology {
    /// What publishers need.
    pub fn of_publishers() -> Self {
        let mut topology = Self::default();
        topology.exchange(EVENTS.to_owned(), Kind::Topic);
        topology.exchange(RENDER.to_owned(), Kind::Topic);
        topology
    }

    /// What a listener needs besides.
    pub fn of_listener(subscription: &Subscription) -> Self {
        let family = subscription.family;
        let mut topology = Self::default();
        topology.exchange(way_back(family), Kind::Direct);
        topology.reservoir(dead(family), None);
        for (index, delay_s) in RETRY_DELAYS_S.iter().enumerate() {
            let ms = i64::try_from(delay_s * 1000).unwrap_or(i64::MAX);
            let delay = Delay { ms, back: way_back(family) };
            topology.reservoir(retry(family, index + 1), Some(delay));
        }
        for queue in &subscription.queues {
            topology.queues.push(Queue { name: queue.name.to_owned(), delay: None });
            topology.bind(queue.name, &way_back(family), queue.name);
            for routing_key in queue.routing_keys {
                topology.bind(queue.name, exchange_of(routing_key), routing_key);
            }
        }
        topology
    }

    /// Declares all of it. Declaring twice changes nothing.
    pub(super) async fn declare(&self, channel: &Channel) -> Result<(), Error> {
        for exchange in &self.exchanges {
            let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
            let (name, kind) = (exchange.name.as_str().into(), exchange.kind.into());
            channel.exchange_declare(name, kind, options, FieldTable::default()).await?;
        }
        for queue in &self.queues {
            let mut table = FieldTable::default();
            for (key, value) in queue.arguments() {
                table.insert(ShortString::from(key), value.into());
            }
            let options = QueueDeclareOptions::durable();
            channel.queue_declare(queue.name.as_str().into(), options, table).await?;
        }
        for Binding { queue, exchange, routing_key } in &self.bindings {
            let (queue, exchange) = (queue.as_str().into(), exchange.as_str().into());
            let (options, none) = (QueueBindOptions::default(), FieldTable::default());
            let key = routing_key.as_str().into();
            channel.queue_bind(queue, exchange, key, options, none).await?;
        }
        Ok(())
    }

    fn exchange(&mut self, name: String, kind: Kind) {
        self.exchanges.push(Exchange { name, kind });
    }

    /// An exchange and the one queue behind it, which takes everything.
    fn reservoir(&mut self, name: String, delay: Option<Delay>) {
        self.exchange(name.clone(), Kind::Fanout);
        self.bind(&name, &name, "");
        self.queues.push(Queue { name, delay });
    }

    fn bind(&mut self, queue: &str, exchange: &str, routing_key: &str) {
        self.bindings.push(Binding {
            queue: queue.to_owned(),
            exchange: exchange.to_owned(),
            routing_key: routing_key.to_owned(),
        });
    }
}

impl Queue {
    /// The arguments that it is declared with.
    pub fn arguments(&self) -> Vec<(&'static str, Argument)> {
        let text = |text: &str| Argument::Text(text.to_owned());
        let mut arguments = vec![("x-queue-type", text("quorum"))];
        if let Some(delay) = &self.delay {
            arguments.extend([
                ("x-message-ttl", Argument::Number(delay.ms)),
                ("x-dead-letter-exchange", text(&delay.back)),
                // The way back is safe as well: the broker confirms it to itself.
                ("x-dead-letter-strategy", text("at-least-once")),
                ("x-overflow", text("reject-publish")),
            ]);
        }
        arguments
    }
}

impl From<Kind> for ExchangeKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Topic => Self::Topic,
            Kind::Direct => Self::Direct,
            Kind::Fanout => Self::Fanout,
        }
    }
}

impl From<Argument> for AMQPValue {
    fn from(argument: Argument) -> Self {
        match argument {
            Argument::Text(text) => Self::LongString(text.into()),
            Argument::Number(number) => Self::LongLongInt(number),
        }
    }
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
