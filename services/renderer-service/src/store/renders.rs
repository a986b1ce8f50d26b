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

/// A render as the tables keep it.
pub struct Kept<'a> {
    pub render_id: &'a str,
    pub verify_id: &'a str,
    pub sequence: i64,
    /// What it names, each by its digest.
    pub objects: &'a [&'a str],
}

/// Keeps a render; a deleted one is there again. Whether it names anything that it did not name
/// before.
pub fn keep(conn: &mut AnyConnection, kept: &Kept<'_>, now: Timestamp) -> Result<bool, Error> {
    let insert = diesel::insert_into(renders::table)
        .values((
            renders::render_id.eq(kept.render_id),
            renders::verify_id.eq(kept.verify_id),
            renders::sequence.eq(kept.sequence),
            renders::made_at.eq(now),
        ))
        .on_conflict(renders::render_id)
        .do_nothing();
    Portable(insert).execute(conn)?;
    diesel::update(renders::table.find(kept.render_id))
        .filter(renders::sequence.lt(kept.sequence))
        .set(renders::sequence.eq(kept.sequence))
        .execute(conn)?;
    diesel::update(renders::table.find(kept.render_id))
        .filter(renders::deleted_at.is_not_null())
        .set((renders::deleted_at.eq(None::<Timestamp>), renders::made_at.eq(now)))
        .execute(conn)?;
    name(conn, kept)
}

fn name(conn: &mut AnyConnection, kept: &Kept<'_>) -> Result<bool, Error> {
    let mut named = 0;
    for &sha256 in kept.objects {
        let render_id = kept.render_id;
        let insert = diesel::insert_into(render_objects::table)
            .values((render_objects::render_id.eq(render_id), render_objects::sha256.eq(sha256)))
            .on_conflict((render_objects::render_id, render_objects::sha256))
            .do_nothing();
        named += Portable(insert).execute(conn)?;
    }
    Ok(named > 0)
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
