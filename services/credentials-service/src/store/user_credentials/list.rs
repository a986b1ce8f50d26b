//! The list of credentials, filtered.

use database::{AnyConnection, Error};
use diesel::prelude::*;
use model::Id;

use super::{Joined, Row, described, user_credential};
use crate::{
    domain::{
        catalog::Program,
        user_credential::{Status, UserCredential},
    },
    store::schema::{
        course_certificates, program_certificates, program_course_runs, programs, user_credentials,
    },
};

/// How many rows are looked at in one step of [`scan`].
const STEP: i64 = 500;

/// Which credentials are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In any spelling of case.
    pub username: Option<String>,
    pub status: Option<Status>,
    /// `true` for programs, `false` for course runs.
    pub of_program: Option<bool>,
    /// Those of this program, and the course credentials of its runs.
    pub program: Option<Id<Program>>,
}

/// The configurations that belong to a program.
struct OfProgram {
    programs: Vec<i64>,
    courses: Vec<i64>,
}

fn of_program(
    conn: &mut AnyConnection,
    site_id: i64,
    uuid: Id<Program>,
) -> Result<OfProgram, Error> {
    let own = program_certificates::table
        .filter(program_certificates::site_id.eq(site_id))
        .filter(program_certificates::program_uuid.eq(uuid))
        .select(program_certificates::id)
        .load(conn)?;
    let courses = course_certificates::table
        .inner_join(program_course_runs::table.on(
            program_course_runs::course_run_id.nullable().eq(course_certificates::course_run_id),
        ))
        .inner_join(programs::table.on(programs::id.eq(program_course_runs::program_id)))
        .filter(programs::site_id.eq(site_id))
        .filter(programs::uuid.eq(uuid))
        .select(course_certificates::id)
        .load(conn)?;
    Ok(OfProgram { programs: own, courses })
}

/// Adds the filter to a query that begins at the credentials.
macro_rules! filtered {
    ($query:expr, $site_id:expr, $filter:expr, $members:expr) => {{
        let mut query = $query.filter(user_credentials::site_id.eq($site_id)).into_boxed();
        if let Some(username) = &$filter.username {
            query = query.filter(user_credentials::username_folded.eq(username.to_lowercase()));
        }
        if let Some(status) = $filter.status {
            query = query.filter(user_credentials::status.eq(status.as_str()));
        }
        match $filter.of_program {
            Some(true) => {
                query = query.filter(user_credentials::program_certificate_id.is_not_null());
            }
            Some(false) => {
                query = query.filter(user_credentials::course_certificate_id.is_not_null());
            }
            None => {}
        }
        if let Some(members) = &$members {
            query = query.filter(
                user_credentials::program_certificate_id
                    .eq_any(&members.programs)
                    .assume_not_null()
                    .or(user_credentials::course_certificate_id
                        .eq_any(&members.courses)
                        .assume_not_null()),
            );
        }
        query
    }};
}

fn members(
    conn: &mut AnyConnection,
    site_id: i64,
    filter: &Filter,
) -> Result<Option<OfProgram>, Error> {
    filter.program.map(|uuid| of_program(conn, site_id, uuid)).transpose()
}

/// How many credentials a filter finds.
pub fn count(conn: &mut AnyConnection, site_id: i64, filter: &Filter) -> Result<i64, Error> {
    let members = members(conn, site_id, filter)?;
    let query = filtered!(user_credentials::table, site_id, filter, members);
    Ok(query.count().get_result(conn)?)
}

/// What a filter finds, oldest first.
pub fn list(
    conn: &mut AnyConnection,
    site_id: i64,
    filter: &Filter,
    offset: i64,
    limit: i64,
) -> Result<Vec<UserCredential>, Error> {
    let members = members(conn, site_id, filter)?;
    // What is passed over is neither joined nor sorted.
    let ids: Vec<i64> = filtered!(user_credentials::table, site_id, filter, members)
        .select(user_credentials::id)
        .order(user_credentials::id)
        .offset(offset)
        .limit(limit)
        .load(conn)?;
    let these = described!().filter(user_credentials::id.eq_any(ids));
    let rows: Vec<Joined> = these.order(user_credentials::id).load(conn)?;
    rows.into_iter().map(user_credential).collect()
}

/// What is wanted of a [`scan`]: some items of those that pass a test.
#[derive(Debug, Clone, Copy)]
pub struct Scan {
    pub offset: u64,
    pub limit: u64,
}

/// Goes through all that a filter finds, oldest first and a step at a time, for tests that only
/// code can make. Answers how many passed, and the items that were asked for.
pub fn scan(
    conn: &mut AnyConnection,
    site_id: i64,
    filter: &Filter,
    wanted: Scan,
    mut passes: impl FnMut(&mut AnyConnection, &UserCredential) -> Result<bool, Error>,
) -> Result<(u64, Vec<UserCredential>), Error> {
    let members = members(conn, site_id, filter)?;
    let (mut passed, mut items, mut after) = (0_u64, Vec::new(), 0_i64);
    loop {
        let rows: Vec<Joined> = filtered!(described!(), site_id, filter, members)
            .filter(user_credentials::id.gt(after))
            .order(user_credentials::id)
            .limit(STEP)
            .load(conn)?;
        let Some((last, ..)) = rows.last() else { return Ok((passed, items)) };
        after = last.id;
        for row in rows {
            let credential = user_credential(row)?;
            if !passes(conn, &credential)? {
                continue;
            }
            if (wanted.offset..wanted.offset.saturating_add(wanted.limit)).contains(&passed) {
                items.push(credential);
            }
            passed += 1;
        }
    }
}
