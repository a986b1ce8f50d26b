//! What this service was told: seen once, handled once.

use std::sync::Arc;

use chrono::Duration;
use database::{AnyConnection, Error, Guard, Json, Portable};
use diesel::prelude::*;
use model::{Id, Timestamp};

use crate::{Backlog, DeadLetter, Message, retry::delay_after, schema::inbox};

/// Marks `message` handled, first in whatever transaction does the work.
pub fn guard(consumer: &'static str, message: &Message, clock: fn() -> Timestamp) -> Guard {
    let (id, routing_key) = (message.id, message.routing_key.clone());
    Arc::new(move |conn| mark_handled(conn, consumer, id, &routing_key, clock()))
}

fn mark_handled(
    conn: &mut AnyConnection,
    consumer: &str,
    id: Id<Message>,
    routing_key: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let insert = diesel::insert_into(inbox::table)
        .values((
            inbox::consumer.eq(consumer),
            inbox::message_id.eq(id),
            inbox::routing_key.eq(routing_key),
            inbox::received_at.eq(now),
            inbox::next_attempt_at.eq(now),
            inbox::handled_at.eq(now),
        ))
        .on_conflict((inbox::consumer, inbox::message_id))
        .do_nothing();
    if Portable(insert).execute(conn)? == 1 {
        return Ok(());
    }
    // A waiting row is the in-process bus's; its body has served.
    let changed = diesel::update(inbox::table.find((consumer, id)))
        .filter(inbox::handled_at.is_null())
        .set((
            inbox::handled_at.eq(now),
            inbox::dead_at.eq(None::<Timestamp>),
            inbox::body.eq(None::<Json>),
        ))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Error::AlreadyHandled) }
}

/// A message that waits to be handled, with the number of failures so far.
pub(crate) struct Waiting {
    pub message: Message,
    pub attempts: i32,
}

/// Keeps a message until it is handled. Told twice, keeps one.
pub(crate) fn keep(
    conn: &mut AnyConnection,
    consumer: &str,
    message: &Message,
    now: Timestamp,
) -> Result<(), Error> {
    let insert = diesel::insert_into(inbox::table)
        .values((
            inbox::consumer.eq(consumer),
            inbox::message_id.eq(message.id),
            inbox::routing_key.eq(&message.routing_key),
            inbox::body.eq(Some(Json(message.body.clone()))),
            inbox::traceparent.eq(&message.traceparent),
            inbox::received_at.eq(now),
            inbox::next_attempt_at.eq(now),
        ))
        .on_conflict((inbox::consumer, inbox::message_id))
        .do_nothing();
    Portable(insert).execute(conn)?;
    Ok(())
}

/// What is due under one of `routing_keys`, oldest first.
pub(crate) fn due(
    conn: &mut AnyConnection,
    consumer: &str,
    routing_keys: &[&str],
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Waiting>, Error> {
    type Row = (Id<Message>, String, Option<Json>, Option<String>, i32);
    let rows: Vec<Row> = inbox::table
        .filter(inbox::consumer.eq(consumer))
        .filter(inbox::routing_key.eq_any(routing_keys))
        .filter(inbox::handled_at.is_null())
        .filter(inbox::dead_at.is_null())
        .filter(inbox::next_attempt_at.le(now))
        .order((inbox::next_attempt_at, inbox::message_id))
        .limit(limit)
        .select((
            inbox::message_id,
            inbox::routing_key,
            inbox::body,
            inbox::traceparent,
            inbox::attempts,
        ))
        .load(conn)?;
    let waiting = |(id, routing_key, body, traceparent, attempts): Row| {
        let body = body.ok_or_else(|| Error::corrupt("inbox", id, "a waiting row has no body"))?.0;
        let attempt = u32::try_from(attempts).unwrap_or(0).saturating_add(1);
        Ok(Waiting { message: Message { id, routing_key, body, traceparent, attempt }, attempts })
    };
    rows.into_iter().map(waiting).collect()
}

/// Counts a failure: the message waits for its next try, or is dead.
pub(crate) fn fail(
    conn: &mut AnyConnection,
    consumer: &str,
    waiting: &Waiting,
    reason: &str,
    retry: bool,
    now: Timestamp,
) -> Result<(), Error> {
    let delay = delay_after(waiting.message.attempt).filter(|_| retry);
    let next = delay.and_then(|delay| Duration::from_std(delay).ok()).map(|delay| now.plus(delay));
    diesel::update(inbox::table.find((consumer, waiting.message.id)))
        .filter(inbox::handled_at.is_null())
        .set((
            inbox::attempts.eq(waiting.attempts + 1),
            inbox::next_attempt_at.eq(next.unwrap_or(now)),
            inbox::dead_at.eq(next.is_none().then_some(now)),
            inbox::last_error.eq(reason),
        ))
        .execute(conn)?;
    Ok(())
}

/// What was given up, newest first.
pub(crate) fn dead_letters(
    conn: &mut AnyConnection,
    consumer: &str,
    limit: i64,
) -> Result<Vec<DeadLetter>, Error> {
    type Row = (Id<Message>, String, Option<Timestamp>, Option<String>, Option<Json>);
    let rows: Vec<Row> = inbox::table
        .filter(inbox::consumer.eq(consumer))
        .filter(inbox::dead_at.is_not_null())
        .order(inbox::dead_at.desc())
        .limit(limit)
        .select((
            inbox::message_id,
            inbox::routing_key,
            inbox::dead_at,
            inbox::last_error,
            inbox::body,
        ))
        .load(conn)?;
    let letter = |(message_id, routing_key, dead_at, reason, body): Row| DeadLetter {
        message_id,
        routing_key,
        dead_at,
        reason,
        body: body.map(|body| body.0),
    };
    Ok(rows.into_iter().map(letter).collect())
}

/// Lets a dead letter be tried again, from its first attempt. Whether there was one.
pub(crate) fn replay(
    conn: &mut AnyConnection,
    consumer: &str,
    id: Id<Message>,
    now: Timestamp,
) -> Result<bool, Error> {
    let changed = diesel::update(inbox::table.find((consumer, id)))
        .filter(inbox::dead_at.is_not_null())
        .set((
            inbox::attempts.eq(0),
            inbox::dead_at.eq(None::<Timestamp>),
            inbox::next_attempt_at.eq(now),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Forgets at most `limit` of what was handled before `before`, and says how many; a message that
/// comes again later than that acts again.
///
/// Ids of our own rise with time, so that the primary key finds the oldest. A foreign sender's id
/// may stay for ever.
pub(crate) fn prune(
    conn: &mut AnyConnection,
    consumer: &str,
    before: Timestamp,
    limit: i64,
) -> Result<usize, Error> {
    let ids: Vec<Id<Message>> = inbox::table
        .filter(inbox::consumer.eq(consumer))
        .filter(inbox::message_id.lt(first_id_of(before)))
        .filter(inbox::handled_at.lt(before))
        .order(inbox::message_id)
        .limit(limit)
        .select(inbox::message_id)
        .load(conn)?;
    let old =
        inbox::table.filter(inbox::consumer.eq(consumer)).filter(inbox::message_id.eq_any(ids));
    Ok(diesel::delete(old).execute(conn)?)
}

/// The lowest id that could be made at this instant.
fn first_id_of(instant: Timestamp) -> Id<Message> {
    let millis = u64::try_from(instant.utc().timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid().into()
}

/// How many messages wait, and how many are dead.
pub(crate) fn backlog(conn: &mut AnyConnection, consumer: &str) -> Result<Backlog, Error> {
    let mine =
        inbox::table.filter(inbox::consumer.eq(consumer)).filter(inbox::handled_at.is_null());
    let waiting = mine.filter(inbox::dead_at.is_null()).count().get_result(conn)?;
    let dead = mine.filter(inbox::dead_at.is_not_null()).count().get_result(conn)?;
    Ok(Backlog { waiting, dead })
}
