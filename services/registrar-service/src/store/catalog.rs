//! Programs with all that the catalog says of them: read to compare, written when changed.

mod curricula;

use database::{AnyConnection, Error, Json};
use diesel::prelude::*;
use model::{Id, Timestamp, catalog};
use serde_json::Value;

use super::schema::{curricula as curricula_table, curriculum_courses, organizations, programs};
use crate::domain::program::{Curriculum, Organization, Program, displayed_title};

/// A program as the catalog describes it, with the number of changes that others were told.
pub struct KnownProgram {
    pub id: Id<Program>,
    pub sequence: i64,
    pub described: catalog::Program,
}

#[derive(Queryable)]
struct ProgramRow {
    id: Id<Program>,
    key: String,
    organization: String,
    discovery_uuid: Id<Program>,
    sequence: i64,
    title: Option<String>,
    url: Option<String>,
    program_type: Option<String>,
    type_slug: Option<String>,
    authoring_organizations: Json,
    total_hours_of_effort: Option<i32>,
}

/// The program with this key, its curricula included.
pub fn find(conn: &mut AnyConnection, key: &str) -> Result<Option<KnownProgram>, Error> {
    let row: Option<ProgramRow> = programs::table
        .inner_join(organizations::table.on(programs::organization_id.eq(organizations::id)))
        .filter(programs::key.eq(key))
        .select((
            programs::id,
            programs::key,
            organizations::key,
            programs::discovery_uuid,
            programs::sequence,
            programs::title,
            programs::url,
            programs::program_type,
            programs::type_slug,
            programs::authoring_organizations,
            programs::total_hours_of_effort,
        ))
        .first(conn)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let described = catalog::Program {
        curricula: curricula::of(conn, row.id)?,
        key: row.key,
        organization: row.organization,
        discovery_uuid: Some(row.discovery_uuid.uuid()),
        title: row.title,
        url: row.url,
        program_type: row.program_type,
        type_slug: row.type_slug,
        authoring_organizations: texts(row.authoring_organizations, "programs", row.id)?,
        total_hours_of_effort: row.total_hours_of_effort,
    };
    Ok(Some(KnownProgram { id: row.id, sequence: row.sequence, described }))
}

/// Keeps a new program, or describes it anew.
///
/// # Errors
///
/// [`Error::Stale`] if it was changed since `known` was read.
pub fn save(
    conn: &mut AnyConnection,
    id: Id<Program>,
    known: Option<&KnownProgram>,
    organization: Id<Organization>,
    described: &catalog::Program,
    now: Timestamp,
) -> Result<(), Error> {
    let title = displayed_title(&described.key, described.title.as_deref()).to_lowercase();
    let columns = (
        programs::organization_id.eq(organization),
        programs::discovery_uuid.eq(Id::<Program>::from(described.uuid())),
        programs::title.eq(&described.title),
        programs::displayed_title.eq(title),
        programs::url.eq(&described.url),
        programs::program_type.eq(&described.program_type),
        programs::type_slug.eq(&described.type_slug),
        programs::authoring_organizations.eq(list(&described.authoring_organizations)),
        programs::total_hours_of_effort.eq(described.total_hours_of_effort),
        programs::modified_at.eq(now),
    );
    match known {
        None => {
            diesel::insert_into(programs::table)
                .values((
                    columns,
                    programs::id.eq(id),
                    programs::key.eq(&described.key),
                    programs::sequence.eq(0),
                    programs::created_at.eq(now),
                ))
                .execute(conn)?;
        }
        Some(known) => {
            let changed = diesel::update(programs::table.find(known.id))
                .filter(programs::sequence.eq(known.sequence))
                .set(columns)
                .execute(conn)?;
            database::expect_one(changed, "programs", id)?;
        }
    }
    curricula::replace(conn, id, &described.curricula)
}

/// Counts that a program is told to others. Returns the sequence of what is told.
///
/// # Errors
///
/// [`Error::Stale`] if it was told since `known` was read.
pub fn tell(conn: &mut AnyConnection, known: &KnownProgram, now: Timestamp) -> Result<i64, Error> {
    let sequence = known.sequence + 1;
    let changed = diesel::update(programs::table.find(known.id))
        .filter(programs::sequence.eq(known.sequence))
        .set((programs::sequence.eq(sequence), programs::modified_at.eq(now)))
        .execute(conn)?;
    database::expect_one(changed, "programs", known.id)?;
    Ok(sequence)
}

/// The key of the program that a curriculum belongs to.
pub fn program_of_curriculum(
    conn: &mut AnyConnection,
    curriculum: uuid::Uuid,
) -> Result<Option<String>, Error> {
    Ok(curricula_table::table
        .inner_join(programs::table.on(curricula_table::program_id.eq(programs::id)))
        .filter(curricula_table::id.eq(Id::<Curriculum>::from(curriculum)))
        .select(programs::key)
        .first(conn)
        .optional()?)
}

/// The keys of the programs that name an organization: as manager, author, or owner of a course.
pub fn programs_naming(
    conn: &mut AnyConnection,
    id: Id<Organization>,
    key: &str,
) -> Result<Vec<String>, Error> {
    type Row = (String, Id<Organization>, Json, Option<Json>);
    let rows: Vec<Row> =
        programs::table
            .left_join(curricula_table::table.on(curricula_table::program_id.eq(programs::id)))
            .left_join(curriculum_courses::table.on(
                curriculum_courses::curriculum_id.nullable().eq(curricula_table::id.nullable()),
            ))
            .order(programs::id)
            .select((
                programs::key,
                programs::organization_id,
                programs::authoring_organizations,
                curriculum_courses::owners.nullable(),
            ))
            .load(conn)?;
    let holds = |list: &Json| {
        list.0.as_array().is_some_and(|keys| keys.iter().any(|each| each.as_str() == Some(key)))
    };
    let mut keys: Vec<String> = rows
        .into_iter()
        .filter(|(_, manager, authors, owners)| {
            *manager == id || holds(authors) || owners.as_ref().is_some_and(holds)
        })
        .map(|(key, ..)| key)
        .collect();
    keys.dedup();
    Ok(keys)
}

fn list(texts: &[String]) -> Json {
    Json(Value::from(texts.to_vec()))
}

fn texts(
    list: Json,
    table: &'static str,
    id: impl std::fmt::Display,
) -> Result<Vec<String>, Error> {
    serde_json::from_value(list.0).map_err(|error| Error::corrupt(table, id, error))
}
