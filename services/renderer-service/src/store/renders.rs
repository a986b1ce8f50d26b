//! Which renders there are, and which objects each of them names.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::Timestamp;

use super::schema::{assets, render_objects, renders, verifications};
use crate::domain::Deletion;

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

/// Whether a render was deleted, as the tables know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    There,
    Deleted(Deletion),
    /// The tables know nothing of it: what the store says counts.
    Not,
}

/// What is known of a render.
pub fn known(conn: &mut AnyConnection, render_id: &str) -> Result<Known, Error> {
    let row: Option<(Option<Timestamp>, Option<i64>)> = renders::table
        .find(render_id)
        .select((renders::deleted_at, renders::deleted_sequence))
        .first(conn)
        .optional()?;
    Ok(match row {
        None => Known::Not,
        Some((None, _)) => Known::There,
        // A process from before sequences were remembered deletes without one.
        Some((Some(_), sequence)) => Known::Deleted(Deletion { sequence: sequence.unwrap_or(0) }),
    })
}

/// What a render counts as, if the tables know it: the newest of all that asked for it.
pub fn sequence(conn: &mut AnyConnection, render_id: &str) -> Result<Option<i64>, Error> {
    Ok(renders::table.find(render_id).select(renders::sequence).first(conn).optional()?)
}

/// A render as the tables keep it.
pub struct Kept<'a> {
    pub render_id: &'a str,
    pub verify_id: &'a str,
    /// What it counts as.
    pub sequence: i64,
    /// The sequence that its caller told, if it told one.
    pub told: Option<i64>,
    /// What it names, each by its digest.
    pub objects: &'a [&'a str],
}

/// How keeping a render ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// With `names_more`, it names what it did not name before.
    Kept { names_more: bool },
    /// It was deleted, and stays so.
    Deleted(Deletion),
}

/// Keeps a render. One that was deleted is there again only for newer news.
pub fn keep(conn: &mut AnyConnection, kept: &Kept<'_>, now: Timestamp) -> Result<Keeping, Error> {
    let insert = diesel::insert_into(renders::table)
        .values((
            renders::render_id.eq(kept.render_id),
            renders::verify_id.eq(kept.verify_id),
            renders::sequence.eq(kept.sequence),
            renders::made_at.eq(now),
            renders::was_made.eq(!kept.objects.is_empty()),
        ))
        .on_conflict(renders::render_id)
        .do_nothing();
    if Portable(insert).execute(conn)? > 0 {
        return Ok(Keeping::Kept { names_more: name(conn, kept)? });
    }
    hold(conn, kept.render_id)?;
    if let Known::Deleted(deletion) = known(conn, kept.render_id)? {
        if deletion.forbids(kept.told) {
            return Ok(Keeping::Deleted(deletion));
        }
        bring_back(conn, kept.render_id)?;
    }
    diesel::update(renders::table.find(kept.render_id))
        .filter(renders::sequence.lt(kept.sequence))
        .set(renders::sequence.eq(kept.sequence))
        .execute(conn)?;
    let names_more = name(conn, kept)?;
    if names_more {
        diesel::update(renders::table.find(kept.render_id))
            .filter(renders::was_made.eq(false))
            .set((renders::was_made.eq(true), renders::made_at.eq(now)))
            .execute(conn)?;
    }
    Ok(Keeping::Kept { names_more })
}

/// Lets no other transaction change the render before this one ends. SQLite has one writer anyway.
fn hold(conn: &mut AnyConnection, render_id: &str) -> Result<(), Error> {
    if let AnyConnection::Postgres(conn) = conn {
        let row = renders::table.find(render_id).select(renders::render_id).for_update();
        row.first::<String>(conn).optional()?;
    }
    Ok(())
}

/// A render that is made again is as new as one that never was.
fn bring_back(conn: &mut AnyConnection, render_id: &str) -> Result<(), Error> {
    diesel::update(renders::table.find(render_id))
        .set((
            renders::deleted_at.eq(None::<Timestamp>),
            renders::deleted_sequence.eq(None::<i64>),
            renders::was_made.eq(false),
        ))
        .execute(conn)?;
    Ok(())
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

/// Those of these objects that neither a render nor an asset names.
pub fn unnamed(conn: &mut AnyConnection, objects: Vec<String>) -> Result<Vec<String>, Error> {
    let mut unnamed = Vec::new();
    for sha256 in objects {
        let by_renders: i64 = render_objects::table
            .filter(render_objects::sha256.eq(&sha256))
            .count()
            .get_result(conn)?;
        let by_assets: i64 =
            assets::table.filter(assets::sha256.eq(&sha256)).count().get_result(conn)?;
        if by_renders + by_assets == 0 {
            unnamed.push(sha256);
        }
    }
    Ok(unnamed)
}

/// A render that was deleted, and the objects that it named until then.
pub struct Deleted {
    pub deletion: Deletion,
    pub named: Vec<String>,
}

/// Marks a render deleted; it names nothing any more. Nothing, if the tables do not know it.
pub fn delete(
    conn: &mut AnyConnection,
    render_id: &str,
    now: Timestamp,
) -> Result<Option<Deleted>, Error> {
    hold(conn, render_id)?;
    let sequence: Option<i64> = renders::table
        .inner_join(verifications::table.on(verifications::verify_id.eq(renders::verify_id)))
        .filter(renders::render_id.eq(render_id))
        .select(verifications::awarded_sequence)
        .first(conn)
        .optional()?;
    let Some(sequence) = sequence else { return Ok(None) };
    diesel::update(renders::table.find(render_id))
        .set(renders::deleted_sequence.eq(sequence))
        .execute(conn)?;
    diesel::update(renders::table.find(render_id))
        .filter(renders::deleted_at.is_null())
        .set(renders::deleted_at.eq(now))
        .execute(conn)?;
    let mine = render_objects::table.filter(render_objects::render_id.eq(render_id));
    let named = mine.select(render_objects::sha256).load(conn)?;
    diesel::delete(mine).execute(conn)?;
    Ok(Some(Deleted { deletion: Deletion { sequence }, named }))
}
