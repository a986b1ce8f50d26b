//! Curricula with their courses and course runs.

use database::{AnyConnection, Error, Json};
use diesel::prelude::*;
use model::{CourseKey, Id, Timestamp, catalog};

use super::{list, texts};
use crate::{
    domain::program::{CourseRun, Curriculum, Program},
    store::schema::{course_runs, curricula, curriculum_courses},
};

/// Writes a program's curricula in place of those it had.
pub(super) fn replace(
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

/// A program's curricula, in their order.
pub(super) fn of(
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
