//! The envelope of every event: CloudEvents 1.0 in its JSON form.

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// A fact that a service tells whoever listens.
pub trait Event: Serialize + DeserializeOwned + JsonSchema {
    /// `<service>.<noun>.<past verb>.v<version>`; also the routing key.
    const TYPE: &'static str;
    /// The speaker, as CloudEvents' `source`.
    const SOURCE: &'static str;

    /// What the event is about; news of one subject have rising sequences.
    fn subject(&self) -> String;

    /// The subject's version after the change. Older news never overrides newer.
    fn sequence(&self) -> i64;
}

/// A request to one service, sent like an event but bare of the envelope.
pub trait Job: Serialize + DeserializeOwned + JsonSchema {
    /// Where it is routed.
    fn routing_key(&self) -> &'static str;
}

/// An event on the wire.
///
/// Source: CloudEvents 1.0.2, "JSON Event Format"; `sequence` and `traceparent` are its documented
/// extensions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Envelope<T> {
    /// `1.0`
    pub specversion: String,
    /// UUIDv7; consumers drop what they have seen.
    pub id: Uuid,
    pub source: String,
    #[serde(rename = "type")]
    pub event_type: String,
    pub subject: String,
    pub time: Timestamp,
    /// `application/json`
    pub datacontenttype: String,
    pub sequence: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    pub data: T,
}

impl<T: Event> Envelope<T> {
    /// Wraps `data`.
    pub fn new(id: Uuid, time: Timestamp, traceparent: Option<String>, data: T) -> Self {
        Self {
            specversion: "1.0".to_owned(),
            id,
            source: T::SOURCE.to_owned(),
            event_type: T::TYPE.to_owned(),
            subject: data.subject(),
            time,
            datacontenttype: "application/json".to_owned(),
            sequence: data.sequence(),
            traceparent,
            data,
        }
    }
}
