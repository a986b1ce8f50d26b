//! Which renders there are, and which objects each of them names.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::Timestamp;

use super::schema::{assets, render_objects, renders, verifications};

/// Whether the tables object to showing a render.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    Visible,
    Withdrawn,
    /// The tables know nothing of it: what the store says counts.
    Unknown,
}

/// Whether a render may be seen, as the tables know it.
pub fn visibility(conn: &mut AnyConnection, render_id: &str) -> Result<Visibility, Error> {
    let row: Option<(i64, Option<Timestamp>, i64)> = renders::table
        .inner_join(verifications::table.on(verifications::verify_id.eq(renders::verify_id)))
        .filter(renders::render_id.eq(render_id))
        .select((renders::sequence, renders::deleted_at, verifications::withdrawn_sequence))
        .first(conn)
        .optional()?;
    Ok(match row {
        None => Visibility::Unknown,
        Some((sequence, deleted_at, withdrawn_sequence))
            if deleted_at.is_some() || sequence < withdrawn_sequence =>
        {
            Visibility::Withdrawn
        }
        Some(_) => Visibility::Visible,
    })
}

/// Whether the render was deleted and nobody asked for it since.
pub fn is_deleted(conn: &mut AnyConnection, render_id: &str) -> Result<bool, Error> {
    let deleted: i64 = renders::table
        .find(render_id)
        .filter(renders::deleted_at.is_not_null())
        .count()
        .get_result(conn)?;
    Ok(deleted == 1)
}

/// Keeps a render with the objects it names; a deleted one is there again.
pub fn keep(
    conn: &mut AnyConnection,
    render_id: &str,
    verify_id: &str,
    sequence: i64,
    objects: &[String],
) -> Result<(), Error> {
    let insert = diesel::insert_into(renders::table)
        .values((
            renders::render_id.eq(render_id),
            renders::verify_id.eq(verify_id),
            renders::sequence.eq(sequence),
        ))
        .on_conflict(renders::render_id)
        .do_nothing();
    Portable(insert).execute(conn)?;
    diesel::update(renders::table.find(render_id))
        .filter(renders::sequence.lt(sequence))
        .set(renders::sequence.eq(sequence))
        .execute(conn)?;
    diesel::update(renders::table.find(render_id))
        .filter(renders::deleted_at.is_not_null())
        .set(renders::deleted_at.eq(None::<Timestamp>))
        .execute(conn)?;
    for sha256 in objects {
        let insert = diesel::insert_into(render_objects::table)
            .values((render_objects::render_id.eq(render_id), render_objects::sha256.eq(sha256)))
            .on_conflict((render_objects::render_id, render_objects::sha256))
            .do_nothing();
        Portable(insert).execute(conn)?;
    }
    Ok(())
}

/// The objects that nothing but this render names.
pub fn objects_only_of(conn: &mut AnyConnection, render_id: &str) -> Result<Vec<String>, Error> {
    let mine: Vec<String> = render_objects::table
        .filter(render_objects::render_id.eq(render_id))
        .select(render_objects::sha256)
        .load(conn)?;
    let mut only_mine = Vec::new();
    for sha256 in mine {
        let others: i64 = render_objects::table
            .filter(render_objects::sha256.eq(&sha256))
            .filter(render_objects::render_id.ne(render_id))
            .count()
            .get_result(conn)?;
        let assets: i64 =
            assets::table.filter(assets::sha256.eq(&sha256)).count().get_result(conn)?;
        if others + assets == 0 {
            only_mine.push(sha256);
        }
    }
    Ok(only_mine)
}

/// Marks a render deleted; it names nothing any more.
pub fn delete(conn: &mut AnyConnection, render_id: &str, now: Timestamp) -> Result<(), Error> {
    diesel::delete(render_objects::table.filter(render_objects::render_id.eq(render_id)))
        .execute(conn)?;
    diesel::update(renders::table.find(render_id))
        .filter(renders::deleted_at.is_null())
        .set(renders::deleted_at.eq(now))
        .execute(conn)?;
    Ok(())
}
