//! What this service has to say, kept in the transaction that made it true.

use database::{AnyConnection, Error, Json};
use diesel::prelude::*;
use events::{Envelope, Event, Job};
use model::{Id, Timestamp};
use serde::Serialize;

use crate::{Message, schema::outbox, trace};

/// How many rows one round of the relay carries.
pub(crate) const BATCH: i64 = 512;

/// The most rows of one statement: PostgreSQL takes 65,535 values in it.
const MOST_ROWS: usize = 1000;

/// When a new message is due: at once, also by the clock of a sibling that is behind the writer's and
/// has to carry what the writer left.
const AT_ONCE: Timestamp = Timestamp::EPOCH;

/// Appends an event. Call it in the transaction of the change.
///
/// # Errors
///
/// If the database refuses.
pub fn append<E: Event>(conn: &mut AnyConnection, event: E, now: Timestamp) -> Result<(), Error> {
    let id = Id::fresh();
    let traceparent = trace::current();
    let envelope = Envelope::new(id.uuid(), now, traceparent.clone(), event);
    insert(conn, id, E::TYPE, &envelope, traceparent, now)
}

/// Appends a job. Call it in the transaction of the change.
///
/// # Errors
///
/// If the database refuses.
pub fn request<J: Job>(conn: &mut AnyConnection, job: &J, now: Timestamp) -> Result<(), Error> {
    insert(conn, Id::fresh(), job.routing_key(), job, trace::current(), now)
}

/// Appends many events of one type, in their order and in few statements. Call it in the transaction
/// of their changes.
///
/// # Errors
///
/// If the database refuses.
pub fn append_all<E: Event>(
    conn: &mut AnyConnection,
    events: impl IntoIterator<Item = E>,
    now: Timestamp,
) -> Result<(), Error> {
    let row = |event| {
        let (id, traceparent) = (Id::fresh(), trace::current());
        let envelope = Envelope::new(id.uuid(), now, traceparent.clone(), event);
        Row::new(id, E::TYPE, &envelope, traceparent, now)
    };
    insert_all(conn, &events.into_iter().map(row).collect::<Result<Vec<_>, _>>()?)
}

/// Appends many jobs, in their order and in few statements. Call it in the transaction of their
/// changes.
///
/// # Errors
///
/// If the database refuses.
pub fn request_all<J: Job>(
    conn: &mut AnyConnection,
    jobs: &[J],
    now: Timestamp,
) -> Result<(), Error> {
    let row = |job: &J| Row::new(Id::fresh(), job.routing_key(), job, trace::current(), now);
    insert_all(conn, &jobs.iter().map(row).collect::<Result<Vec<_>, _>>()?)
}

/// A message that nobody has published yet.
#[derive(Insertable)]
#[diesel(table_name = outbox, treat_none_as_default_value = false)]
struct Row {
    message_id: Id<Message>,
    routing_key: &'static str,
    body: Json,
    traceparent: Option<String>,
    created_at: Timestamp,
    next_attempt_at: Timestamp,
}

impl Row {
    fn new(
        message_id: Id<Message>,
        routing_key: &'static str,
        body: &impl Serialize,
        traceparent: Option<String>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let body = serde_json::to_value(body)
            .map_err(|error| Error::corrupt("outbox", message_id, error))?;
        let body = Json(body);
        Ok(Self {
            message_id,
            routing_key,
            body,
            traceparent,
            created_at: now,
            next_attempt_at: AT_ONCE,
        })
    }
}

/// Many rows a statement on PostgreSQL, where each statement is a journey; a single one is a
/// prepared statement on both.
fn insert_all(conn: &mut AnyConnection, rows: &[Row]) -> Result<(), Error> {
    let written: QueryResult<usize> = match conn {
        AnyConnection::Postgres(conn) => rows
            .chunks(MOST_ROWS)
            .map(|chunk| match chunk {
                [row] => diesel::insert_into(outbox::table).values(row).execute(conn),
                rows => diesel::insert_into(outbox::table).values(rows).execute(conn),
            })
            .sum(),
        AnyConnection::Sqlite(conn) => rows
            .iter()
            .map(|row| diesel::insert_into(outbox::table).values(row).execute(conn))
            .sum(),
    };
    written.map(drop).map_err(Error::from)
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
            outbox::next_attempt_at.eq(AT_ONCE),
        ))
        .execute(conn)?;
    Ok(())
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

/// Whether anything waits and is due.
pub(crate) fn has_due(conn: &mut AnyConnection, now: Timestamp) -> Result<bool, Error> {
    let due = outbox::table
        .filter(outbox::published_at.is_null())
        .filter(outbox::next_attempt_at.le(now))
        .select(outbox::id)
        .limit(1);
    Ok(due.first::<i64>(conn).optional()?.is_some())
}

/// What waits and is due, longest due first, at most [`BATCH`]. On PostgreSQL the rows are locked until
/// the transaction ends, and rows that another relay has locked are passed over.
///
/// The order is that of the index of what waits: by id, PostgreSQL goes through all that was published
/// before, where much waits.
pub(crate) fn claim(conn: &mut AnyConnection, now: Timestamp) -> Result<Vec<Waiting>, Error> {
    let due = outbox::table
        .filter(outbox::published_at.is_null())
        .filter(outbox::next_attempt_at.le(now))
        .order((outbox::next_attempt_at, outbox::id))
        .limit(BATCH)
        .select((
            outbox::id,
            outbox::attempts,
            outbox::message_id,
            outbox::routing_key,
            outbox::body,
            outbox::traceparent,
        ));
    Ok(match conn {
        AnyConnection::Postgres(conn) => due.for_update().skip_locked().load(conn)?,
        AnyConnection::Sqlite(conn) => due.load(conn)?,
    })
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

/// Forgets what was published before `before` among the `limit` oldest rows, and says how many.
pub(crate) fn prune(
    conn: &mut AnyConnection,
    before: Timestamp,
    limit: i64,
) -> Result<usize, Error> {
    let oldest = outbox::table.order(outbox::id).limit(limit).select(outbox::id);
    let ids: Vec<i64> = oldest.load(conn)?;
    let old = outbox::table.filter(outbox::id.eq_any(ids)).filter(outbox::published_at.lt(before));
    Ok(diesel::delete(old).execute(conn)?)
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
