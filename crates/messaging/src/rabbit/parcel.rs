//! A message as the broker carries it: body, properties, headers.

use lapin::{
    BasicProperties,
    message::Delivery,
    types::{AMQPValue, FieldTable, ShortString},
};
use model::Id;
use serde_json::Value;
use uuid::Uuid;

use crate::{Message, trace::TRACEPARENT};

/// Under which key the message was first told, while its routing key names a queue.
const TOLD_AS: &str = "x-routing-key";

/// Which delivery this is, counting from 1.
const ATTEMPT: &str = "x-attempt";

/// Why it was not handled, the last time.
pub(super) const REASON: &str = "x-reason";

/// When that was, RFC 3339.
pub(super) const FAILED_AT: &str = "x-failed-at";

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 1000;

/// Kept on disk by the broker.
const PERSISTENT: u8 = 2;

/// A message, packed.
pub(super) struct Parcel {
    pub payload: Vec<u8>,
    pub properties: BasicProperties,
}

/// Why and when a message was not handled.
pub(super) struct Failure<'a> {
    pub reason: &'a str,
    pub at: String,
}

/// Packs a message for its next delivery.
pub(super) fn pack(message: &Message, failure: Option<&Failure<'_>>) -> Parcel {
    let mut headers = FieldTable::default();
    let mut insert = |key: &str, text: &str| {
        headers.insert(ShortString::from(key), AMQPValue::LongString(text.into()));
    };
    insert(TOLD_AS, &message.routing_key);
    if let Some(traceparent) = &message.traceparent {
        insert(TRACEPARENT, traceparent);
    }
    if let Some(failure) = failure {
        let reason: String = failure.reason.chars().take(LONGEST_REASON).collect();
        insert(REASON, &reason);
        insert(FAILED_AT, &failure.at);
    }
    headers.insert(ATTEMPT.into(), AMQPValue::LongUInt(message.attempt));
    let properties = BasicProperties::default()
        .with_content_type("application/json".into())
        .with_delivery_mode(PERSISTENT)
        .with_message_id(message.id.to_string().into())
        .with_type(message.routing_key.as_str().into())
        .with_headers(headers);
    Parcel { payload: message.body.to_string().into_bytes(), properties }
}

/// Unpacks a delivery. A body that is no JSON becomes a JSON text, for the listener to refuse.
pub(super) fn unpack(delivery: &Delivery) -> Message {
    let headers = delivery.properties.headers();
    let told_as = text_of(headers.as_ref(), TOLD_AS);
    let attempt = headers.as_ref().and_then(|table| table.inner().get(ATTEMPT));
    Message {
        id: id_of(delivery),
        routing_key: told_as.unwrap_or_else(|| delivery.routing_key.to_string()),
        body: serde_json::from_slice(&delivery.data)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&delivery.data).into())),
        traceparent: text_of(headers.as_ref(), TRACEPARENT),
        attempt: match attempt {
            Some(AMQPValue::LongUInt(attempt)) => *attempt,
            _ => 1,
        },
    }
}

pub(super) fn text_of(headers: Option<&FieldTable>, key: &str) -> Option<String> {
    match headers?.inner().get(key)? {
        AMQPValue::LongString(text) => String::from_utf8(text.as_bytes().to_vec()).ok(),
        _ => None,
    }
}

/// The message's id; where a foreign sender gave none that is a UUID, one made of what it sent, so
/// that the same thing sent twice is one message.
pub(super) fn id_of(delivery: &Delivery) -> Id<Message> {
    let given = delivery.properties.message_id().as_ref().map(ToString::to_string);
    let made = || {
        let name = given.as_deref().map_or(delivery.data.as_slice(), str::as_bytes);
        Uuid::new_v5(&Uuid::NAMESPACE_OID, name).into()
    };
    given.as_deref().and_then(|text| text.parse().ok()).unwrap_or_else(made)
}
