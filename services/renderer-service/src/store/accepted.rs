//! Requests that were promised a document and wait for it.

use database::{AnyConnection, Error, Json, Portable};
use diesel::prelude::*;
use model::Timestamp;
use serde_json::Value;

use super::schema::accepted_renders;

/// Remembers a promise; a second one for the same render changes nothing.
pub fn keep(
    conn: &mut AnyConnection,
    render_id: &str,
    request: Value,
    now: Timestamp,
) -> Result<(), Error> {
    let insert = diesel::insert_into(accepted_renders::table)
        .values((
            accepted_renders::render_id.eq(render_id),
            accepted_renders::request.eq(Json(request)),
            accepted_renders::accepted_at.eq(now),
        ))
        .on_conflict(accepted_renders::render_id)
        .do_nothing();
    Portable(insert).execute(conn)?;
    Ok(())
}

/// How many promises wait.
pub fn count(conn: &mut AnyConnection) -> Result<i64, Error> {
    Ok(accepted_renders::table.count().get_result(conn)?)
}

/// What was promised, oldest first: render ids and requests.
pub fn oldest(conn: &mut AnyConnection, limit: i64) -> Result<Vec<(String, Value)>, Error> {
    let rows: Vec<(String, Json)> = accepted_renders::table
        .order((accepted_renders::accepted_at, accepted_renders::render_id))
        .limit(limit)
        .select((accepted_renders::render_id, accepted_renders::request))
        .load(conn)?;
    Ok(rows.into_iter().map(|(render_id, request)| (render_id, request.0)).collect())
}

/// Forgets a promise that was kept, or cannot be.
pub fn forget(conn: &mut AnyConnection, render_id: &str) -> Result<(), Error> {
    diesel::delete(accepted_renders::table.find(render_id)).execute(conn)?;
    Ok(())
}
