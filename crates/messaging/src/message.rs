//! One message as the bus carries it.

use events::{Envelope, Event, Job};
use model::Id;
use serde_json::Value;

/// A message between its sender's outbox and a consumer's inbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// An event's envelope has the same id.
    pub id: Id<Message>,
    pub routing_key: String,
    /// An event's envelope, or a bare job.
    pub body: Value,
    /// W3C trace context of what caused the message.
    pub traceparent: Option<String>,
    /// Which delivery of it this is, counting from 1.
    pub attempt: u32,
}

impl Message {
    /// Reads the message as an event of type `E`.
    ///
    /// # Errors
    ///
    /// If the body is another event, or none: retrying cannot help.
    pub fn event<E: Event>(&self) -> Result<Envelope<E>, serde_json::Error> {
        serde_json::from_value(self.body.clone())
    }

    /// Reads the message as a job.
    ///
    /// # Errors
    ///
    /// If the body is no such job: retrying cannot help.
    pub fn job<J: Job>(&self) -> Result<J, serde_json::Error> {
        serde_json::from_value(self.body.clone())
    }
}
