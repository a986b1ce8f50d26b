//! User credentials, their attributes and their history.

mod attributes;
mod evidence;
mod held;
mod history;
mod list;
mod write;

pub use attributes::{attributes, attributes_of_all, set_attributes};
pub use evidence::evidence;
pub use held::{Held, awarded_to, held, held_with_programs, programs_awarded_to};
pub use history::{Change, record};
pub use list::{Filter, Scan, count, list, scan};
pub use write::{Fresh, insert, save_told, set_date_override, set_statuses, touch};

use database::{AnyConnection, Error};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::schema::{course_certificates, program_certificates, user_credentials};
use crate::domain::{
    catalog::Program,
    user_credential::{Of, Status, UserCredential},
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
