//! The suite's broker, and what is declared on it.

use std::path::Path;

use anyhow::Context;
use lapin::{
    Channel, Connection, ConnectionProperties, Error, options::QueueDeclareOptions,
    types::FieldTable,
};
use serde_json::Value;

use crate::suite::Suite;

/// A binding of a service's queue to one of the exchanges where services tell each other things.
#[derive(Debug, Clone)]
pub struct Binding {
    pub exchange: String,
    pub routing_key: String,
    pub queue: String,
}

/// Where it is, and what the services declare there.
#[derive(Debug, Clone)]
pub struct Broker {
    url: String,
    pub bindings: Vec<Binding>,
    pub queues: Vec<String>,
}

/// The exchanges where services tell each other things.
pub const EXCHANGES: [&str; 2] = ["events", "render"];

impl Broker {
    /// The broker of a suite that is apart, as its definitions describe it.
    pub fn of(suite: &Suite) -> anyhow::Result<Self> {
        let port = suite.server_port("rabbitmq")?;
        let definitions = definitions(&suite.way().deploy.join("rabbitmq/definitions.json"))?;
        let all = |kind: &str| definitions[kind].as_array().cloned().unwrap_or_default();
        let text = |each: &Value, key: &str| each[key].as_str().unwrap_or_default().to_owned();
        let told = |binding: &Value| EXCHANGES.contains(&text(binding, "source").as_str());
        let bindings = all("bindings").into_iter().filter(told).map(|each| Binding {
            exchange: text(&each, "source"),
            routing_key: text(&each, "routing_key"),
            queue: text(&each, "destination"),
        });
        Ok(Self {
            url: format!("amqp://guest:guest@127.0.0.1:{port}/%2f"),
            bindings: bindings.collect(),
            queues: all("queues").iter().map(|queue| text(queue, "name")).collect(),
        })
    }

    /// A connection of this check's own, past every fault of the network.
    pub async fn connect(&self) -> Result<Connection, Error> {
        Connection::connect(&self.url, ConnectionProperties::default()).await
    }
}

/// How many messages wait in a queue.
pub async fn depth(channel: &Channel, queue: &str) -> Result<u32, Error> {
    let options = QueueDeclareOptions::durable().passive();
    let queue = channel.queue_declare(queue.into(), options, FieldTable::default()).await?;
    Ok(queue.message_count())
}

fn definitions(file: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Ok(serde_json::from_str(&text)?)
}
