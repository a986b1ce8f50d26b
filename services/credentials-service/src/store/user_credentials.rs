//! User credentials, their attributes and their history.

mod attributes;
mod history;
mod list;

pub use attributes::{attributes, attributes_of_all, set_attribute};
pub use history::{Change, record};
pub use list::{Filter, Scan, count, list, scan};

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::schema::{
    course_certificates, program_certificates, program_course_runs, user_credentials,
};
use crate::domain::{
    catalog::Program,
    user_credential::{Of, Status, UserCredential},
    visibility::CourseEvidence,
};

/// A row with what its configuration says.
#[derive(Queryable, Selectable)]
#[diesel(table_name = user_credentials)]
struct Row {
    id: i64,
    uuid: Id<UserCredential>,
    site_id: i64,
    username: String,
    course_certificate_id: Option<i64>,
    program_certificate_id: Option<i64>,
    status: String,
    date_override: Option<Timestamp>,
    sequence: i64,
    revoked_sequence: i64,
    told: Option<String>,
    created: Timestamp,
    modified: Timestamp,
}

type Course = Option<(String, String, Option<Timestamp>)>;
type OfProgram = Option<(Id<Program>, Option<i64>)>;
type Joined = (Row, Course, OfProgram);

/// The rows with their configurations; filters follow.
macro_rules! described {
    () => {
        user_credentials::table
            .left_join(course_certificates::table)
            .left_join(program_certificates::table)
            .select((
                Row::as_select(),
                (
                    course_certificates::course_id,
                    course_certificates::certificate_type,
                    course_certificates::certificate_available_date,
                )
                    .nullable(),
                (program_certificates::program_uuid, program_certificates::program_id).nullable(),
            ))
    };
}
use described;

fn user_credential((row, course, program): Joined) -> Result<UserCredential, Error> {
    let wrong = |reason: &str| Error::corrupt("user_credentials", row.id, reason);
    let status = Status::named(&row.status).ok_or_else(|| wrong("there is no such status"))?;
    let of = match (row.course_certificate_id, course, row.program_certificate_id, program) {
        (Some(certificate_id), Some((course_id, mode, available)), ..) => {
            Of::Course { certificate_id, course_id, mode, available }
        }
        (.., Some(certificate_id), Some((program_uuid, program_id))) => {
            Of::Program { certificate_id, program_uuid, program_id }
        }
        _ => return Err(wrong("it has no configuration")),
    };
    Ok(UserCredential {
        id: row.id,
        uuid: row.uuid,
        site_id: row.site_id,
        username: row.username,
        of,
        status,
        date_override: row.date_override,
        sequence: row.sequence,
        revoked_sequence: row.revoked_sequence,
        told: row.told,
        created: row.created,
        modified: row.modified,
    })
}

/// The credential with this row id.
pub fn get(conn: &mut AnyConnection, id: i64) -> Result<UserCredential, Error> {
    user_credential(described!().filter(user_credentials::id.eq(id)).first::<Joined>(conn)?)
}

/// The credential with this UUID, on any site.
pub fn find(
    conn: &mut AnyConnection,
    uuid: Id<UserCredential>,
) -> Result<Option<UserCredential>, Error> {
    let row =
        described!().filter(user_credentials::uuid.eq(uuid)).first::<Joined>(conn).optional()?;
    row.map(user_credential).transpose()
}

/// The configuration that a credential is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    Course(i64),
    Program(i64),
}

/// Takes the row of (learner, configuration) until the transaction ends, making it if it is not
/// there. Answers its id, and whether it was made.
///
/// The insert that turns into an update is what makes two callers at once wait for each other
/// instead of failing: the second finds the row of the first.
pub fn claim(
    conn: &mut AnyConnection,
    site_id: i64,
    username: &str,
    certificate: Certificate,
    fresh: Id<UserCredential>,
    now: Timestamp,
) -> Result<(i64, bool), Error> {
    let (course, program) = match certificate {
        Certificate::Course(id) => (Some(id), None),
        Certificate::Program(id) => (None, Some(id)),
    };
    let insert = diesel::insert_into(user_credentials::table).values((
        user_credentials::uuid.eq(fresh),
        user_credentials::site_id.eq(site_id),
        user_credentials::username.eq(username),
        user_credentials::username_folded.eq(username.to_lowercase()),
        user_credentials::course_certificate_id.eq(course),
        user_credentials::program_certificate_id.eq(program),
        user_credentials::status.eq(Status::Awarded.as_str()),
        user_credentials::created.eq(now),
        user_credentials::modified.eq(now),
    ));
    let returned = (user_credentials::id, user_credentials::uuid);
    let (id, uuid): (i64, Id<UserCredential>) = match certificate {
        Certificate::Course(_) => {
            let insert = insert
                .on_conflict((user_credentials::username, user_credentials::course_certificate_id))
                .do_update()
                .set(user_credentials::modified.eq(now))
                .returning(returned);
            Portable(insert).get_result(conn)?
        }
        Certificate::Program(_) => {
            let insert = insert
                .on_conflict((user_credentials::username, user_credentials::program_certificate_id))
                .do_update()
                .set(user_credentials::modified.eq(now))
                .returning(returned);
            Portable(insert).get_result(conn)?
        }
    };
    Ok((id, uuid == fresh))
}

/// Takes a row until the transaction ends, and answers its id; `None` where the site has no such
/// credential.
pub fn touch(
    conn: &mut AnyConnection,
    site_id: i64,
    uuid: Id<UserCredential>,
    now: Timestamp,
) -> Result<Option<i64>, Error> {
    Ok(diesel::update(user_credentials::table)
        .filter(user_credentials::site_id.eq(site_id))
        .filter(user_credentials::uuid.eq(uuid))
        .set(user_credentials::modified.eq(now))
        .returning(user_credentials::id)
        .get_result(conn)
        .optional()?)
}

/// Writes status and date override of a row that this transaction holds.
pub fn save_status(
    conn: &mut AnyConnection,
    id: i64,
    status: Status,
    date_override: Option<Timestamp>,
) -> Result<(), Error> {
    let changed = diesel::update(user_credentials::table.find(id))
        .set((
            user_credentials::status.eq(status.as_str()),
            user_credentials::date_override.eq(date_override),
        ))
        .execute(conn)?;
    database::expect_one(changed, "user_credentials", id)
}

/// Notes what was told of a credential, over the sequence that was expected.
///
/// # Errors
///
/// [`Error::Stale`] if something else was told meanwhile.
pub fn save_told(
    conn: &mut AnyConnection,
    told: &UserCredential,
    expected: i64,
) -> Result<(), Error> {
    let changed = diesel::update(user_credentials::table.find(told.id))
        .filter(user_credentials::sequence.eq(expected))
        .set((
            user_credentials::sequence.eq(told.sequence),
            user_credentials::revoked_sequence.eq(told.revoked_sequence),
            user_credentials::told.eq(&told.told),
        ))
        .execute(conn)?;
    database::expect_one(changed, "user_credentials", told.id)
}

/// Row ids of everything that a learner was awarded, oldest first; `after` continues.
pub fn awarded_to(
    conn: &mut AnyConnection,
    username: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>, Error> {
    Ok(user_credentials::table
        .filter(user_credentials::username.eq(username))
        .filter(user_credentials::status.eq(Status::Awarded.as_str()))
        .filter(user_credentials::id.gt(after))
        .order(user_credentials::id)
        .limit(limit)
        .select(user_credentials::id)
        .load(conn)?)
}

/// Row ids of the program credentials that a learner holds.
pub fn programs_awarded_to(conn: &mut AnyConnection, username: &str) -> Result<Vec<i64>, Error> {
    Ok(user_credentials::table
        .filter(user_credentials::username.eq(username))
        .filter(user_credentials::program_certificate_id.is_not_null())
        .filter(user_credentials::status.eq(Status::Awarded.as_str()))
        .order(user_credentials::id)
        .select(user_credentials::id)
        .load(conn)?)
}

/// The learner's course credentials of a program's runs, of any status.
pub fn evidence(
    conn: &mut AnyConnection,
    username: &str,
    program_id: i64,
) -> Result<Vec<CourseEvidence>, Error> {
    type Found = (i64, i64, String, Option<Timestamp>, Timestamp);
    let rows: Vec<Found> = user_credentials::table
        .inner_join(course_certificates::table)
        .inner_join(program_course_runs::table.on(
            program_course_runs::course_run_id.nullable().eq(course_certificates::course_run_id),
        ))
        .filter(user_credentials::username.eq(username))
        .filter(program_course_runs::program_id.eq(program_id))
        .select((
            program_course_runs::course_run_id,
            user_credentials::id,
            user_credentials::status,
            course_certificates::certificate_available_date,
            user_credentials::created,
        ))
        .load(conn)?;
    let read = |(course_run_id, credential_id, status, available, created): Found| {
        let status = Status::named(&status).ok_or_else(|| {
            Error::corrupt("user_credentials", credential_id, "there is no such status")
        })?;
        Ok(CourseEvidence { course_run_id, credential_id, status, available, created })
    };
    rows.into_iter().map(read).collect()
}
