//! What shows that learners finished a program: their course credentials of its runs.

use std::collections::HashMap;

use database::{AnyConnection, Error};
use diesel::prelude::*;
use model::Timestamp;

use crate::{
    domain::{user_credential::Status, visibility::CourseEvidence},
    store::{
        rows::among,
        schema::{course_certificates, program_course_runs, user_credentials},
    },
};

/// The learners' course credentials of the programs' runs, of any status, by learner and program.
pub fn evidence(
    conn: &mut AnyConnection,
    usernames: &[&str],
    programs: &[i64],
) -> Result<HashMap<(String, i64), Vec<CourseEvidence>>, Error> {
    type Found = ((String, i64), i64, i64, String, Option<Timestamp>, Timestamp);
    let query = user_credentials::table
        .inner_join(course_certificates::table)
        .inner_join(program_course_runs::table.on(
            program_course_runs::course_run_id.nullable().eq(course_certificates::course_run_id),
        ))
        .select((
            (user_credentials::username, program_course_runs::program_id),
            program_course_runs::course_run_id,
            user_credentials::id,
            user_credentials::status,
            course_certificates::certificate_available_date,
            user_credentials::created,
        ))
        .into_boxed();
    let query = among!(query, user_credentials::username, usernames);
    let rows: Vec<Found> = among!(query, program_course_runs::program_id, programs).load(conn)?;
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    for (of, course_run_id, credential_id, status, available, created) in rows {
        let status = Status::named(&status).ok_or_else(|| {
            Error::corrupt("user_credentials", credential_id, "there is no such status")
        })?;
        let evidence = CourseEvidence { course_run_id, credential_id, status, available, created };
        all.entry(of).or_default().push(evidence);
    }
    Ok(all)
}
