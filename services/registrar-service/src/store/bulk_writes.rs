//! Requests with many rows: who is busy with them, and for how long they are remembered.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::schema::bulk_writes;
use crate::domain::{
    bulk::{Bulk, Holder, Order},
    user::User,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = bulk_writes)]
struct Row {
    id: Id<Bulk>,
    target: String,
    body_digest: Option<String>,
    lease_ends_at: Option<Timestamp>,
    expires_at: Timestamp,
}

impl From<Row> for Bulk {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            target: row.target,
            body_digest: row.body_digest,
            lease_ends_at: row.lease_ends_at,
            expires_at: row.expires_at,
        }
    }
}

/// A user's request with this key.
pub fn with_key(
    conn: &mut AnyConnection,
    user: Id<User>,
    key: &str,
) -> Result<Option<Bulk>, Error> {
    let row: Option<Row> = bulk_writes::table
        .filter(bulk_writes::user_id.eq(user))
        .filter(bulk_writes::idempotency_key.eq(key))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Into::into))
}

/// Until when somebody is busy with a request, and until when it is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    pub lease_ends_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Keeps a new request, held by `holder`; false if its user has one with the same key.
pub fn insert(
    conn: &mut AnyConnection,
    id: Id<Bulk>,
    order: &Order,
    holder: Id<Holder>,
    terms: Terms,
) -> Result<bool, Error> {
    let insert = diesel::insert_into(bulk_writes::table)
        .values((
            bulk_writes::id.eq(id),
            bulk_writes::user_id.eq(order.user_id),
            bulk_writes::idempotency_key.eq(&order.idempotency_key),
            bulk_writes::target.eq(&order.target),
            bulk_writes::holder.eq(Some(holder)),
            bulk_writes::lease_ends_at.eq(Some(terms.lease_ends_at)),
            bulk_writes::expires_at.eq(terms.expires_at),
        ))
        .on_conflict((bulk_writes::user_id, bulk_writes::idempotency_key))
        .do_nothing();
    Ok(Portable(insert).execute(conn)? == 1)
}

/// Lets `holder` go on with a request whose lease has run out; false if another was faster.
pub fn take_over(
    conn: &mut AnyConnection,
    bulk: &Bulk,
    holder: Id<Holder>,
    lease_ends_at: Timestamp,
) -> Result<bool, Error> {
    let changed = diesel::update(bulk_writes::table.find(bulk.id))
        .filter(bulk_writes::lease_ends_at.eq(bulk.lease_ends_at))
        .set((
            bulk_writes::holder.eq(Some(holder)),
            bulk_writes::lease_ends_at.eq(Some(lease_ends_at)),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Moves the end of a lease; with it a transaction begins that only the holder may do. False if the
/// holder lost it.
pub fn hold(
    conn: &mut AnyConnection,
    id: Id<Bulk>,
    holder: Id<Holder>,
    lease_ends_at: Timestamp,
) -> Result<bool, Error> {
    let changed = diesel::update(bulk_writes::table.find(id))
        .filter(bulk_writes::holder.eq(holder))
        .set(bulk_writes::lease_ends_at.eq(Some(lease_ends_at)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Notes that the whole body has come. Its holder's, as all that follows.
pub fn note_received(conn: &mut AnyConnection, id: Id<Bulk>, digest: &str) -> Result<(), Error> {
    diesel::update(bulk_writes::table.find(id))
        .set(bulk_writes::body_digest.eq(Some(digest)))
        .execute(conn)?;
    Ok(())
}

/// Notes that every row is decided: nobody holds the request any more.
pub fn finish(conn: &mut AnyConnection, id: Id<Bulk>, expires_at: Timestamp) -> Result<(), Error> {
    diesel::update(bulk_writes::table.find(id))
        .set((
            bulk_writes::holder.eq(None::<Id<Holder>>),
            bulk_writes::lease_ends_at.eq(None::<Timestamp>),
            bulk_writes::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets a request with its rows, whoever holds it.
pub fn forget(conn: &mut AnyConnection, id: Id<Bulk>) -> Result<(), Error> {
    diesel::delete(bulk_writes::table.find(id)).execute(conn)?;
    Ok(())
}

/// Lets go of a request, unless another holds it by now: one that has come whole can be gone on with
/// at once; of another nothing was done, and it is forgotten with its rows.
pub fn release(
    conn: &mut AnyConnection,
    id: Id<Bulk>,
    holder: Id<Holder>,
    now: Timestamp,
) -> Result<(), Error> {
    diesel::delete(bulk_writes::table.find(id))
        .filter(bulk_writes::holder.eq(holder))
        .filter(bulk_writes::body_digest.is_null())
        .execute(conn)?;
    hold(conn, id, holder, now).map(drop)
}

/// Some requests that were to be remembered until before `before`, and that nobody is busy with.
pub fn old(
    conn: &mut AnyConnection,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Id<Bulk>>, Error> {
    Ok(bulk_writes::table
        .filter(bulk_writes::expires_at.lt(before))
        .filter(bulk_writes::lease_ends_at.is_null().or(bulk_writes::lease_ends_at.lt(before)))
        .order(bulk_writes::expires_at)
        .limit(limit)
        .select(bulk_writes::id)
        .load(conn)?)
}
