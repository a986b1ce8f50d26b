//! Courses and their runs.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::{Id, catalog};

use super::schema::{course_certificates, course_runs, courses};
use crate::domain::catalog::CourseRun;

type Row = (i64, i64, String, Option<String>, Option<String>, Option<String>);

fn course_run(row: Row) -> CourseRun {
    let (id, course_id, key, title_override, course_title, marketing_url) = row;
    let title = title_override.or(course_title).filter(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| key.clone());
    CourseRun { id, course_id, key, title, marketing_url }
}

/// The run with this key.
pub fn find(conn: &mut AnyConnection, site_id: i64, key: &str) -> Result<Option<CourseRun>, Error> {
    let known = course_runs::table
        .inner_join(courses::table)
        .filter(course_runs::site_id.eq(site_id))
        .filter(course_runs::key.eq(key))
        .select((
            course_runs::id,
            course_runs::course_id,
            course_runs::key,
            course_runs::title_override,
            courses::title.nullable(),
            course_runs::marketing_url,
        ));
    Ok(known.first(conn).optional()?.map(course_run))
}

/// Takes the run's row until the transaction ends, so that one configuration is made of it.
pub fn lock(conn: &mut AnyConnection, id: i64) -> Result<(), Error> {
    diesel::update(course_runs::table.find(id))
        .set(course_runs::key.eq(course_runs::key))
        .execute(conn)?;
    Ok(())
}

/// Makes or changes the course with this UUID, and answers its id.
pub fn save_course(
    conn: &mut AnyConnection,
    site_id: i64,
    course: &catalog::Course,
) -> Result<i64, Error> {
    let changing = (
        courses::key.eq(course.key().unwrap_or_default()),
        courses::title.eq(course.title.clone()),
    );
    let insert = diesel::insert_into(courses::table)
        .values((
            courses::site_id.eq(site_id),
            courses::uuid.eq(Id::<catalog::Course>::from(course.uuid())),
            changing.clone(),
        ))
        .on_conflict((courses::site_id, courses::uuid))
        .do_update()
        .set(changing)
        .returning(courses::id);
    Ok(Portable(insert).get_result(conn)?)
}

/// Makes or changes the run with this key, links configurations that waited for it, and answers
/// its id.
pub fn save_run(
    conn: &mut AnyConnection,
    site_id: i64,
    course_id: i64,
    run: &catalog::CourseRun,
) -> Result<i64, Error> {
    let changing = (
        course_runs::course_id.eq(course_id),
        course_runs::uuid.eq(Id::<catalog::CourseRun>::from(run.uuid())),
        course_runs::title_override.eq(run.title.clone()),
        course_runs::marketing_url.eq(run.marketing_url.clone()),
        course_runs::start_date.eq(run.start),
        course_runs::end_date.eq(run.end),
        course_runs::pacing_type.eq(run.pacing_type.clone()),
    );
    let insert = diesel::insert_into(course_runs::table)
        .values((
            course_runs::site_id.eq(site_id),
            course_runs::key.eq(run.key.as_str()),
            changing.clone(),
        ))
        .on_conflict((course_runs::site_id, course_runs::key))
        .do_update()
        .set(changing)
        .returning(course_runs::id);
    let id: i64 = Portable(insert).get_result(conn)?;
    diesel::update(course_certificates::table)
        .filter(course_certificates::site_id.eq(site_id))
        .filter(course_certificates::course_id.eq(run.key.as_str()))
        .filter(course_certificates::course_run_id.is_null())
        .set(course_certificates::course_run_id.eq(id))
        .execute(conn)?;
    Ok(id)
}
