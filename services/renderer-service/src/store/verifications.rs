//! What was heard of verification ids.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::Timestamp;

use super::schema::{renders, verifications};
use crate::domain::Standing;

/// What was heard of this id; nothing, of an id that nobody knows.
pub fn standing(conn: &mut AnyConnection, verify_id: &str) -> Result<Standing, Error> {
    let row: Option<(i64, i64)> = verifications::table
        .find(verify_id)
        .select((verifications::awarded_sequence, verifications::withdrawn_sequence))
        .first(conn)
        .optional()?;
    let standing = row.map(|(awarded_sequence, withdrawn_sequence)| Standing {
        awarded_sequence,
        withdrawn_sequence,
    });
    Ok(standing.unwrap_or_default())
}

/// What was heard of an id, with the newest withdrawal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    pub standing: Standing,
    /// When the newest withdrawal was heard, and why it happened, if there was one.
    pub withdrawn_at: Option<Timestamp>,
    pub withdrawn_reason: Option<String>,
}

/// All that was heard of this id; nothing, of an id that nobody knows.
pub fn heard(conn: &mut AnyConnection, verify_id: &str) -> Result<Heard, Error> {
    let row: Option<(i64, i64, Option<Timestamp>, Option<String>)> = verifications::table
        .find(verify_id)
        .select((
            verifications::awarded_sequence,
            verifications::withdrawn_sequence,
            verifications::withdrawn_at,
            verifications::withdrawn_reason,
        ))
        .first(conn)
        .optional()?;
    let heard =
        row.map(|(awarded_sequence, withdrawn_sequence, withdrawn_at, withdrawn_reason)| {
            let standing = Standing { awarded_sequence, withdrawn_sequence };
            Heard { standing, withdrawn_at, withdrawn_reason }
        });
    Ok(heard.unwrap_or_default())
}

/// Hears of an award; older news changes nothing. Returns what is known after it.
pub fn hear_award(
    conn: &mut AnyConnection,
    verify_id: &str,
    sequence: i64,
) -> Result<Standing, Error> {
    let first = Standing::default().after_award(sequence);
    if insert_if_unknown(conn, verify_id, first)? {
        return Ok(first);
    }
    diesel::update(verifications::table.find(verify_id))
        .filter(verifications::awarded_sequence.lt(sequence))
        .set(verifications::awarded_sequence.eq(sequence))
        .execute(conn)?;
    standing(conn, verify_id)
}

/// Hears of a withdrawal; older news changes nothing. Returns what is known after it.
///
/// An id that nobody knows yet is remembered: its job may come later.
pub fn hear_withdrawal(
    conn: &mut AnyConnection,
    verify_id: &str,
    sequence: i64,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<Standing, Error> {
    insert_if_unknown(conn, verify_id, Standing::default())?;
    let after = standing(conn, verify_id)?.after_withdrawal(sequence);
    diesel::update(verifications::table.find(verify_id))
        .filter(verifications::withdrawn_sequence.lt(after.withdrawn_sequence))
        .set((
            verifications::withdrawn_sequence.eq(after.withdrawn_sequence),
            verifications::withdrawn_at.eq(now),
            verifications::withdrawn_reason.eq(reason),
        ))
        .execute(conn)?;
    standing(conn, verify_id)
}

/// Some renders of this id that were not deleted, with their sequences: those whose id comes after
/// `after`, in order.
pub fn renders_of(
    conn: &mut AnyConnection,
    verify_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, i64)>, Error> {
    Ok(renders::table
        .filter(renders::verify_id.eq(verify_id))
        .filter(renders::deleted_at.is_null())
        .filter(renders::render_id.gt(after))
        .order(renders::render_id)
        .limit(limit)
        .select((renders::render_id, renders::sequence))
        .load(conn)?)
}

/// The newest render of a verification id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newest {
    pub render_id: String,
    pub sequence: i64,
    pub is_deleted: bool,
}

/// The render of this id with the highest sequence, the latest of them. Renders that were only
/// promised, or overtaken by a withdrawal, never had files and do not count; one that was deleted
/// does, or the older ones would be shown again.
pub fn newest_render(conn: &mut AnyConnection, verify_id: &str) -> Result<Option<Newest>, Error> {
    let row: Option<(String, i64, Option<Timestamp>)> = renders::table
        .filter(renders::verify_id.eq(verify_id))
        .filter(renders::was_made.eq(true))
        .order((renders::sequence.desc(), renders::made_at.desc(), renders::render_id))
        .select((renders::render_id, renders::sequence, renders::deleted_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(render_id, sequence, deleted_at)| Newest {
        render_id,
        sequence,
        is_deleted: deleted_at.is_some(),
    }))
}

/// Notes down the first that is heard of an id. Returns whether it was unknown.
fn insert_if_unknown(
    conn: &mut AnyConnection,
    verify_id: &str,
    standing: Standing,
) -> Result<bool, Error> {
    let insert = diesel::insert_into(verifications::table)
        .values((
            verifications::verify_id.eq(verify_id),
            verifications::awarded_sequence.eq(standing.awarded_sequence),
            verifications::withdrawn_sequence.eq(standing.withdrawn_sequence),
        ))
        .on_conflict(verifications::verify_id)
        .do_nothing();
    Ok(Portable(insert).execute(conn)? > 0)
}
