//! The two tables, as diesel sees them.

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use database::types::{Instant, JsonText, Uid};

    outbox (id) {
        id -> BigInt,
        message_id -> Uid,
        routing_key -> Text,
        body -> JsonText,
        traceparent -> Nullable<Text>,
        created_at -> Instant,
        attempts -> Integer,
        next_attempt_at -> Instant,
        published_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use database::types::{Instant, JsonText, Uid};

    inbox (consumer, message_id) {
        consumer -> Text,
        message_id -> Uid,
        routing_key -> Text,
        body -> Nullable<JsonText>,
        traceparent -> Nullable<Text>,
        received_at -> Instant,
        attempts -> Integer,
        next_attempt_at -> Instant,
        handled_at -> Nullable<Instant>,
        dead_at -> Nullable<Instant>,
        last_error -> Nullable<Text>,
    }
}
