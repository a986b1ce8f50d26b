//! What this service has to say, kept in the transaction that made it true.

use database::{AnyConnection, Error, Json};
use diesel::prelude::*;
use events::{Envelope, Event, Job};
use model::{Id, Timestamp};
use serde::Serialize;

use crate::{Message, schema::outbox};

/// How many rows one round of the relay carries.
pub(crate) const BATCH: i64 = 512;

/// Appends an event. Call it in the transaction of the change.
///
/// # Errors
///
/// If the database refuses.
pub fn append<E: Event>(conn: &mut AnyConnection, event: E, now: Timestamp) -> Result<(), Error> {
    let id = Id::fresh();
    let traceparent = current_traceparent();
    let envelope = Envelope::new(id.uuid(), now, traceparent.clone(), event);
    insert(conn, id, E::TYPE, &envelope, traceparent, now)
}

/// Appends a job. Call it in the transaction of the change.
///
/// # Errors
///
/// If the database refuses.
pub fn request<J: Job>(conn: &mut AnyConnection, job: &J, now: Timestamp) -> Result<(), Error> {
    insert(conn, Id::fresh(), job.routing_key(), job, current_traceparent(), now)
}

fn insert(
    conn: &mut AnyConnection,
    id: Id<Message>,
    routing_key: &str,
    body: &impl Serialize,
    traceparent: Option<String>,
    now: Timestamp,
) -> Result<(), Error> {
    let body = serde_json::to_value(body).map_err(|error| Error::corrupt("outbox", id, error))?;
    diesel::insert_into(outbox::table)
        .values((
            outbox::message_id.eq(id),
            outbox::routing_key.eq(routing_key),
            outbox::body.eq(Json(body)),
            outbox::traceparent.eq(traceparent),
            outbox::created_at.eq(now),
            outbox::next_attempt_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The W3C trace context of the current span; none until telemetry is set up.
fn current_traceparent() -> Option<String> {
    None
}

/// A message that waits to be published.
#[derive(Queryable)]
pub(crate) struct Waiting {
    pub id: i64,
    pub attempts: i32,
    message_id: Id<Message>,
    routing_key: String,
    body: Json,
    traceparent: Option<String>,
}

impl Waiting {
    pub(crate) fn message(&self) -> Message {
        Message {
            id: self.message_id,
            routing_key: self.routing_key.clone(),
            body: self.body.0.clone(),
            traceparent: self.traceparent.clone(),
            attempt: 1,
        }
    }
}

pub(crate) fn due(conn: &mut AnyConnection, now: Timestamp) -> Result<Vec<Waiting>, Error> {
    Ok(outbox::table
        .filter(outbox::published_at.is_null())
        .filter(outbox::next_attempt_at.le(now))
        .order(outbox::id)
        .limit(BATCH)
        .select((
            outbox::id,
            outbox::attempts,
            outbox::message_id,
            outbox::routing_key,
            outbox::body,
            outbox::traceparent,
        ))
        .load(conn)?)
}

pub(crate) fn mark_published(
    conn: &mut AnyConnection,
    ids: &[i64],
    now: Timestamp,
) -> Result<(), Error> {
    diesel::update(outbox::table.filter(outbox::id.eq_any(ids)))
        .set(outbox::published_at.eq(now))
        .execute(conn)?;
    Ok(())
}

pub(crate) fn postpone(
    conn: &mut AnyConnection,
    id: i64,
    attempts: i32,
    until: Timestamp,
) -> Result<(), Error> {
    diesel::update(outbox::table.find(id))
        .set((outbox::attempts.eq(attempts), outbox::next_attempt_at.eq(until)))
        .execute(conn)?;
    Ok(())
}

pub(crate) fn prune(conn: &mut AnyConnection, before: Timestamp) -> Result<usize, Error> {
    Ok(diesel::delete(outbox::table.filter(outbox::published_at.lt(before))).execute(conn)?)
}

/// How many messages wait, and since when the oldest does.
///
/// # Errors
///
/// If the database refuses.
pub fn backlog(conn: &mut AnyConnection) -> Result<(i64, Option<Timestamp>), Error> {
    let waiting = outbox::table.filter(outbox::published_at.is_null());
    let count = waiting.count().get_result(conn)?;
    let oldest =
        waiting.order(outbox::id).select(outbox::created_at).first::<Timestamp>(conn).optional()?;
    Ok((count, oldest))
}

/// Everything said so far under `routing_key`, oldest first. For tests and operators.
///
/// # Errors
///
/// If the database refuses.
pub fn said(conn: &mut AnyConnection, routing_key: &str) -> Result<Vec<serde_json::Value>, Error> {
    let bodies: Vec<Json> = outbox::table
        .filter(outbox::routing_key.eq(routing_key))
        .order(outbox::id)
        .select(outbox::body)
        .load(conn)?;
    Ok(bodies.into_iter().map(|body| body.0).collect())
}
