//! Programs and their course runs, as callers ask for them.

use database::{AnyConnection, Error};
use diesel::prelude::*;
use model::Id;

use super::schema::{course_runs, curricula, curriculum_courses, programs};
use crate::domain::{
    permission::Reach,
    program::{CourseRun, Curriculum, ENROLLABLE_TYPE, Organization, Program},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = programs)]
struct Row {
    id: Id<Program>,
    key: String,
    organization_id: Id<Organization>,
    discovery_uuid: Id<Program>,
    title: Option<String>,
    url: Option<String>,
    program_type: Option<String>,
}

impl From<Row> for Program {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            key: row.key,
            organization_id: row.organization_id,
            discovery_uuid: row.discovery_uuid.uuid(),
            title: row.title,
            url: row.url,
            program_type: row.program_type,
        }
    }
}

/// The program with this key.
pub fn find(conn: &mut AnyConnection, key: &str) -> Result<Option<Program>, Error> {
    let row = programs::table
        .filter(programs::key.eq(key))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Into::into))
}

/// Which programs a list is of.
#[derive(Debug, Clone)]
pub struct Listing {
    pub reach: Reach,
    /// Only those that learners can be enrolled in.
    pub enrollable: bool,
    /// Only those that this organization manages.
    pub organization: Option<Id<Organization>>,
    /// A part of the displayed title, whatever its case.
    pub title: Option<String>,
}

type Listed<'a> = programs::BoxedQuery<'a, database::MultiBackend>;

impl Listing {
    fn query(&self) -> Listed<'static> {
        let mut query = programs::table.into_boxed();
        if let Reach::Only { organizations, programs } = &self.reach {
            query = query.filter(
                programs::organization_id
                    .eq_any(organizations.clone())
                    .or(programs::id.eq_any(programs.clone())),
            );
        }
        if self.enrollable {
            query = query.filter(programs::program_type.eq(ENROLLABLE_TYPE));
        }
        if let Some(organization) = self.organization {
            query = query.filter(programs::organization_id.eq(organization));
        }
        if let Some(title) = &self.title {
            query = query.filter(programs::displayed_title.like(containing(title)).escape('\\'));
        }
        query
    }
}

/// The pattern of what contains `text`; `%` and `_` in it mean themselves.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The programs of a listing in order of creation.
pub fn list(
    conn: &mut AnyConnection,
    listing: &Listing,
    offset: i64,
    limit: i64,
) -> Result<Vec<Program>, Error> {
    let rows: Vec<Row> = listing
        .query()
        .order(programs::id)
        .offset(offset)
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// How many programs a listing has.
pub fn count(conn: &mut AnyConnection, listing: &Listing) -> Result<i64, Error> {
    Ok(listing.query().count().get_result(conn)?)
}

/// The curriculum that counts: the first active one.
pub fn active_curriculum(
    conn: &mut AnyConnection,
    program: Id<Program>,
) -> Result<Option<Id<Curriculum>>, Error> {
    Ok(curricula::table
        .filter(curricula::program_id.eq(program))
        .filter(curricula::is_active.eq(true))
        .order(curricula::position)
        .select(curricula::id)
        .first(conn)
        .optional()?)
}

/// The run of the active curriculum with this key, the platform's or the school's own.
pub fn course_run(
    conn: &mut AnyConnection,
    program: Id<Program>,
    key: &str,
) -> Result<Option<CourseRun>, Error> {
    let Some(curriculum) = active_curriculum(conn, program)? else { return Ok(None) };
    let runs = course_runs(conn, curriculum)?;
    Ok(runs.into_iter().find(|run| run.key == key || run.external_key.as_deref() == Some(key)))
}

/// All runs of all courses of a curriculum, in catalog order.
pub fn course_runs(
    conn: &mut AnyConnection,
    curriculum: Id<Curriculum>,
) -> Result<Vec<CourseRun>, Error> {
    type Row = (String, Option<String>, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> = course_runs::table
        .inner_join(curriculum_courses::table.on(course_runs::course_id.eq(curriculum_courses::id)))
        .filter(course_runs::curriculum_id.eq(curriculum))
        .order((curriculum_courses::position, course_runs::position))
        .select((
            course_runs::key,
            course_runs::external_key,
            course_runs::title,
            curriculum_courses::title,
            course_runs::marketing_url,
        ))
        .load(conn)?;
    let run = |(key, external_key, title, course_title, url): Row| CourseRun {
        key,
        external_key,
        title: title.or(course_title),
        url,
    };
    Ok(rows.into_iter().map(run).collect())
}

/// The keys of all runs that a program ever had: learners hold what an earlier curriculum gave.
pub fn course_keys(conn: &mut AnyConnection, program: Id<Program>) -> Result<Vec<String>, Error> {
    Ok(course_runs::table
        .inner_join(curricula::table.on(course_runs::curriculum_id.eq(curricula::id)))
        .filter(curricula::program_id.eq(program))
        .select(course_runs::key)
        .distinct()
        .load(conn)?)
}
