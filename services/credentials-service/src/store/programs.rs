//! Programs and the runs that lead to them.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::{Id, catalog};

use super::schema::{program_certificates, program_course_runs, programs};
use crate::domain::catalog::Program;

#[derive(Queryable, Selectable)]
#[diesel(table_name = programs)]
struct Row {
    id: i64,
    uuid: Id<Program>,
    key: String,
    title: String,
    program_type: String,
    url: Option<String>,
    total_hours_of_effort: Option<i32>,
}

impl From<Row> for Program {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            uuid: row.uuid,
            key: row.key,
            title: row.title,
            program_type: row.program_type,
            url: row.url,
            total_hours_of_effort: row.total_hours_of_effort,
        }
    }
}

/// The program with this id, on this site.
pub fn find(conn: &mut AnyConnection, site_id: i64, id: i64) -> Result<Option<Program>, Error> {
    let known = programs::table.find(id).filter(programs::site_id.eq(site_id));
    Ok(known.select(Row::as_select()).first(conn).optional()?.map(Program::from))
}

/// The program with this UUID, on this site.
pub fn find_by_uuid(
    conn: &mut AnyConnection,
    site_id: i64,
    uuid: Id<Program>,
) -> Result<Option<Program>, Error> {
    let known =
        programs::table.filter(programs::site_id.eq(site_id)).filter(programs::uuid.eq(uuid));
    Ok(known.select(Row::as_select()).first(conn).optional()?.map(Program::from))
}

/// Makes or changes the program with this key, links a configuration that waited for it, and
/// answers its id.
pub fn save(
    conn: &mut AnyConnection,
    site_id: i64,
    program: &catalog::Program,
) -> Result<i64, Error> {
    let uuid = Id::<Program>::from(program.uuid());
    let changing = (
        programs::uuid.eq(uuid),
        programs::title.eq(program.title.clone().unwrap_or_else(|| program.key.clone())),
        programs::program_type.eq(program.program_type.clone().unwrap_or_default()),
        programs::type_slug.eq(program.type_slug.clone().unwrap_or_default()),
        programs::url.eq(program.url.clone()),
        programs::total_hours_of_effort.eq(program.total_hours_of_effort),
    );
    let insert = diesel::insert_into(programs::table)
        .values((programs::site_id.eq(site_id), programs::key.eq(&program.key), changing.clone()))
        .on_conflict((programs::site_id, programs::key))
        .do_update()
        .set(changing)
        .returning(programs::id);
    let id: i64 = Portable(insert).get_result(conn)?;
    diesel::update(program_certificates::table)
        .filter(program_certificates::site_id.eq(site_id))
        .filter(program_certificates::program_uuid.eq(uuid))
        .set(program_certificates::program_id.eq(id))
        .execute(conn)?;
    Ok(id)
}

/// Names the runs of a program anew.
pub fn set_runs(conn: &mut AnyConnection, program_id: i64, runs: &[i64]) -> Result<(), Error> {
    diesel::delete(
        program_course_runs::table.filter(program_course_runs::program_id.eq(program_id)),
    )
    .execute(conn)?;
    for (position, run) in (0_i32..).zip(runs) {
        let insert = diesel::insert_into(program_course_runs::table)
            .values((
                program_course_runs::program_id.eq(program_id),
                program_course_runs::course_run_id.eq(run),
                program_course_runs::position.eq(position),
            ))
            .on_conflict_do_nothing();
        Portable(insert).execute(conn)?;
    }
    Ok(())
}
