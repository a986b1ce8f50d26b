//! Programs with all that the catalog says of them: read to compare, written when changed.

use database::{AnyConnection, Error, Json};
use diesel::prelude::*;
use model::{CourseKey, Id, Timestamp, catalog};
use serde_json::Value;

use super::schema::{course_runs, curricula, curriculum_courses, organizations, programs};
use crate::domain::program::{CourseRun, Curriculum, Organization, Program, displayed_title};

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
        curricula: curricula_of(conn, row.id)?,
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
    replace_curricula(conn, id, &described.curricula)
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
    Ok(curricula::table
        .inner_join(programs::table.on(curricula::program_id.eq(programs::id)))
        .filter(curricula::id.eq(Id::<Curriculum>::from(curriculum)))
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
    let rows: Vec<Row> = programs::table
        .left_join(curricula::table.on(curricula::program_id.eq(programs::id)))
        .left_join(
            curriculum_courses::table
                .on(curriculum_courses::curriculum_id.nullable().eq(curricula::id.nullable())),
        )
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

fn replace_curricula(
    conn: &mut AnyConnection,
    program: Id<Program>,
    all: &[catalog::Curriculum],
) -> Result<(), Error> {
    diesel::delete(curricula::table.filter(curricula::program_id.eq(program))).execute(conn)?;
    for (position, curriculum) in (0_i32..).zip(all) {
        let id = Id::<Curriculum>::from(curriculum.uuid);
        diesel::insert_into(curricula::table)
            .values((
                curricula::id.eq(id),
                curricula::program_id.eq(program),
                curricula::name.eq(&curriculum.name),
                curricula::is_active.eq(curriculum.is_active),
                curricula::position.eq(position),
            ))
            .execute(conn)?;
        for (position, course) in (0_i32..).zip(&curriculum.courses) {
            insert_course(conn, id, course, position)?;
        }
    }
    Ok(())
}

fn insert_course(
    conn: &mut AnyConnection,
    curriculum: Id<Curriculum>,
    course: &catalog::Course,
    position: i32,
) -> Result<(), Error> {
    let id = Id::<catalog::Course>::fresh();
    diesel::insert_into(curriculum_courses::table)
        .values((
            curriculum_courses::id.eq(id),
            curriculum_courses::curriculum_id.eq(curriculum),
            curriculum_courses::key.eq(&course.key),
            curriculum_courses::uuid.eq(course.uuid.map(Id::<catalog::Course>::from)),
            curriculum_courses::title.eq(&course.title),
            curriculum_courses::owners.eq(list(&course.owners)),
            curriculum_courses::position.eq(position),
        ))
        .execute(conn)?;
    for (position, run) in (0_i32..).zip(&course.course_runs) {
        diesel::insert_into(course_runs::table)
            .values((
                course_runs::id.eq(Id::<CourseRun>::fresh()),
                course_runs::curriculum_id.eq(curriculum),
                course_runs::course_id.eq(id),
                course_runs::key.eq(run.key.as_str()),
                course_runs::uuid.eq(run.uuid.map(Id::<CourseRun>::from)),
                course_runs::external_key.eq(&run.external_key),
                course_runs::title.eq(&run.title),
                course_runs::marketing_url.eq(&run.marketing_url),
                course_runs::start_at.eq(run.start),
                course_runs::end_at.eq(run.end),
                course_runs::pacing_type.eq(&run.pacing_type),
                course_runs::position.eq(position),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn curricula_of(
    conn: &mut AnyConnection,
    program: Id<Program>,
) -> Result<Vec<catalog::Curriculum>, Error> {
    type Row = (Id<Curriculum>, Option<String>, bool);
    let rows: Vec<Row> = curricula::table
        .filter(curricula::program_id.eq(program))
        .order(curricula::position)
        .select((curricula::id, curricula::name, curricula::is_active))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, name, is_active)| {
            let courses = courses_of(conn, id)?;
            Ok(catalog::Curriculum { uuid: id.uuid(), name, is_active, courses })
        })
        .collect()
}

fn courses_of(
    conn: &mut AnyConnection,
    curriculum: Id<Curriculum>,
) -> Result<Vec<catalog::Course>, Error> {
    type CourseId = Id<catalog::Course>;
    type Row = (CourseId, Option<String>, Option<CourseId>, Option<String>, Json);
    let rows: Vec<Row> = curriculum_courses::table
        .filter(curriculum_courses::curriculum_id.eq(curriculum))
        .order(curriculum_courses::position)
        .select((
            curriculum_courses::id,
            curriculum_courses::key,
            curriculum_courses::uuid,
            curriculum_courses::title,
            curriculum_courses::owners,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, key, uuid, title, owners)| {
            Ok(catalog::Course {
                key,
                uuid: uuid.map(Id::uuid),
                title,
                owners: texts(owners, "curriculum_courses", id)?,
                course_runs: runs_of(conn, id)?,
            })
        })
        .collect()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = course_runs)]
struct RunRow {
    id: Id<CourseRun>,
    key: String,
    uuid: Option<Id<CourseRun>>,
    external_key: Option<String>,
    title: Option<String>,
    marketing_url: Option<String>,
    start_at: Option<Timestamp>,
    end_at: Option<Timestamp>,
    pacing_type: Option<String>,
}

fn runs_of(
    conn: &mut AnyConnection,
    course: Id<catalog::Course>,
) -> Result<Vec<catalog::CourseRun>, Error> {
    let rows: Vec<RunRow> = course_runs::table
        .filter(course_runs::course_id.eq(course))
        .order(course_runs::position)
        .select(RunRow::as_select())
        .load(conn)?;
    rows.into_iter()
        .map(|row| {
            let unreadable = |error| Error::corrupt("course_runs", row.id, error);
            Ok(catalog::CourseRun {
                key: row.key.parse::<CourseKey>().map_err(unreadable)?,
                uuid: row.uuid.map(Id::uuid),
                external_key: row.external_key,
                title: row.title,
                marketing_url: row.marketing_url,
                start: row.start_at,
                end: row.end_at,
                pacing_type: row.pacing_type,
            })
        })
        .collect()
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
