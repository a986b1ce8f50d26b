//! Every message twice, and in no order: a forwarder between the exchanges and the services' queues.
//!
//! It binds a queue of its own to everything, and takes the services' bindings away. A service that
//! declares its bindings anew has further copies until the next look; nothing is lost by that.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::ensure;
use futures_util::{StreamExt, future::try_join_all};
use lapin::{
    Channel, Confirmation,
    message::Delivery,
    options::{
        BasicAckOptions, BasicConsumeOptions, BasicNackOptions, BasicPublishOptions,
        BasicQosOptions, ConfirmSelectOptions, QueueBindOptions, QueueDeclareOptions,
    },
    types::{AMQPValue, FieldTable},
};
use rand::RngExt;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{
    broker::{Binding, Broker, EXCHANGES},
    tally::Tally,
};

/// The forwarder's queue: all that was told and not yet forwarded.
pub const WAITING: &str = "doubles";

/// How often each message is told.
const COPIES: usize = 2;

/// The longest that a copy is held back, in milliseconds.
const HELD_MS: u64 = 2000;

/// How long the broker may take to have a copy safe.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many messages are held at a time.
const PREFETCH: u16 = 2000;

/// How often the services' own bindings are taken away.
const UNBIND_EVERY: Duration = Duration::from_secs(1);

/// How long to wait before a lost broker is tried again.
const BREATH: Duration = Duration::from_millis(300);

/// Forwards messages from when it begins until it is dropped.
pub struct Doubles {
    held: Arc<AtomicUsize>,
    ended: CancellationToken,
}

/// What one connection's life needs.
#[derive(Clone)]
struct Forwarder {
    broker: Arc<Broker>,
    held: Arc<AtomicUsize>,
    tally: Tally,
}

impl Doubles {
    /// Takes the place between exchanges and queues.
    pub async fn begin(broker: Broker, tally: Tally) -> anyhow::Result<Self> {
        let (held, ended) = (Arc::new(AtomicUsize::new(0)), CancellationToken::new());
        let forwarder = Forwarder { broker: Arc::new(broker), held: Arc::clone(&held), tally };
        // The first time it must work, or there is no such fault.
        let channel = forwarder.broker.connect().await?.create_channel().await?;
        forwarder.step_between(&channel).await?;
        let stop = ended.clone();
        tokio::spawn(async move { stop.run_until_cancelled(forwarder.run()).await });
        Ok(Self { held, ended })
    }

    /// How many messages are held back at the moment.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }
}

impl Drop for Doubles {
    fn drop(&mut self) {
        self.ended.cancel();
    }
}

impl Forwarder {
    /// Over as many connections as it takes.
    async fn run(self) {
        loop {
            // The broker is killed now and then; what was not acknowledged is told again.
            drop(self.session().await);
            tokio::time::sleep(BREATH).await;
        }
    }

    async fn session(&self) -> anyhow::Result<()> {
        let connection = self.broker.connect().await?;
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
        let (options, none) = (BasicConsumeOptions::default(), FieldTable::default());
        let mut told = channel.basic_consume(WAITING.into(), "".into(), options, none).await?;
        let mut unbind = tokio::time::interval(UNBIND_EVERY);
        // Ends with the connection: what waits for an answer on a dead one may wait for ever.
        let mut forwarding = JoinSet::new();
        loop {
            tokio::select! {
                _ = unbind.tick() => self.step_between(&channel).await?,
                Some(_) = forwarding.join_next() => {}
                delivery = told.next() => {
                    let Some(delivery) = delivery else { return Ok(()) };
                    forwarding.spawn(self.clone().forward(channel.clone(), delivery?));
                }
            }
        }
    }

    async fn step_between(&self, channel: &Channel) -> Result<(), lapin::Error> {
        let mut table = FieldTable::default();
        table.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
        channel.queue_declare(WAITING.into(), QueueDeclareOptions::durable(), table).await?;
        for exchange in EXCHANGES {
            let (options, none) = (QueueBindOptions::default(), FieldTable::default());
            channel.queue_bind(WAITING.into(), exchange.into(), "#".into(), options, none).await?;
        }
        for Binding { exchange, routing_key, queue } in &self.broker.bindings {
            let (queue, exchange) = (queue.as_str().into(), exchange.as_str().into());
            let key = routing_key.as_str().into();
            channel.queue_unbind(queue, exchange, key, FieldTable::default()).await?;
        }
        Ok(())
    }

    /// Tells one message as often and as late as it happens, and lets go of it then.
    async fn forward(self, channel: Channel, delivery: Delivery) {
        let _held = Held::one_of(&self.held);
        let told = tokio::time::timeout(PATIENCE, self.copies(&channel, &delivery)).await;
        // Without an answer the broker tells it again, once it is back.
        if told.is_ok_and(|told| told.is_ok()) {
            drop(delivery.acker.ack(BasicAckOptions::default()).await);
            self.tally.count("messages doubled and shuffled");
        } else {
            let again = BasicNackOptions { requeue: true, ..BasicNackOptions::default() };
            drop(delivery.acker.nack(again).await);
        }
    }

    async fn copies(&self, channel: &Channel, delivery: &Delivery) -> anyhow::Result<()> {
        let meant = |binding: &&Binding| {
            binding.exchange == delivery.exchange.as_str()
                && binding.routing_key == delivery.routing_key.as_str()
        };
        let queues = self.broker.bindings.iter().filter(meant).map(|binding| &binding.queue);
        let copies = queues.flat_map(|queue| [queue; COPIES]);
        try_join_all(copies.map(|queue| copy(channel, delivery, queue))).await.map(drop)
    }
}

/// A message that is held back, counted for as long as it is.
struct Held(Arc<AtomicUsize>);

impl Held {
    fn one_of(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One copy, after a while, with all that the original says of itself.
async fn copy(channel: &Channel, delivery: &Delivery, queue: &str) -> anyhow::Result<()> {
    let held = Duration::from_millis(rand::rng().random_range(0..HELD_MS));
    tokio::time::sleep(held).await;
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    let (properties, payload) = (delivery.properties.clone(), &delivery.data);
    let confirm =
        channel.basic_publish("".into(), queue.into(), options, payload, properties).await?.await?;
    ensure!(matches!(confirm, Confirmation::Ack(None)), "{queue} did not take a copy");
    Ok(())
}
