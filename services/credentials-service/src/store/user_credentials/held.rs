//! What learners hold, or held.

use std::collections::{HashMap, HashSet};

use database::{AnyConnection, Error};
use diesel::prelude::*;

use super::{Joined, Row, described, user_credential};
use crate::{
    domain::{
        award::{Award, Configured},
        user_credential::{CertificateId, Status, UserCredential},
    },
    store::{
        rows::among,
        schema::{course_certificates, program_certificates, user_credentials},
    },
};

/// Credentials by learner and configuration.
#[derive(Debug, Default)]
pub struct Held(HashMap<(String, CertificateId), UserCredential>);

impl Held {
    /// The program credentials of these learners that count.
    pub fn programs_of(&self, usernames: &[&str]) -> Vec<UserCredential> {
        let usernames: HashSet<&str> = usernames.iter().copied().collect();
        let counts = |each: &&UserCredential| {
            each.is_program_held() && usernames.contains(each.username.as_str())
        };
        let mut programs: Vec<UserCredential> = self.0.values().filter(counts).cloned().collect();
        programs.sort_unstable_by_key(|each| each.id);
        programs
    }

    /// The credential that an award is about, if the learner has it.
    pub fn of(&self, award: &Award<Configured>) -> Option<&UserCredential> {
        self.0.get(&(award.username.clone(), award.what.certificate))
    }
}

/// The credentials of any of these learners and any of these configurations, of any status.
pub fn held(
    conn: &mut AnyConnection,
    usernames: &[&str],
    certificates: &[CertificateId],
) -> Result<Held, Error> {
    let (courses, programs) = by_kind(certificates);
    let query = among!(described!().into_boxed(), user_credentials::username, usernames);
    let query = match (courses.as_slice(), programs.as_slice()) {
        ([course], []) => query.filter(user_credentials::course_certificate_id.eq(course)),
        ([], [program]) => query.filter(user_credentials::program_certificate_id.eq(program)),
        (courses, programs) => query.filter(
            user_credentials::course_certificate_id
                .eq_any(courses)
                .assume_not_null()
                .or(user_credentials::program_certificate_id.eq_any(programs).assume_not_null()),
        ),
    };
    by_key(query.load(conn)?)
}

/// The same, and, where a course is among the configurations, whatever program credentials these
/// learners have.
pub fn held_with_programs(
    conn: &mut AnyConnection,
    usernames: &[&str],
    certificates: &[CertificateId],
) -> Result<Held, Error> {
    let (courses, _) = by_kind(certificates);
    if courses.is_empty() {
        return held(conn, usernames, certificates);
    }
    let query = among!(described!().into_boxed(), user_credentials::username, usernames);
    let program = user_credentials::program_certificate_id.is_not_null();
    let query = match courses.as_slice() {
        [course] => query.filter(
            program.or(user_credentials::course_certificate_id.eq(course).assume_not_null()),
        ),
        courses => query.filter(
            program.or(user_credentials::course_certificate_id.eq_any(courses).assume_not_null()),
        ),
    };
    by_key(query.load(conn)?)
}

/// The ids of courses' configurations, and those of programs'.
fn by_kind(certificates: &[CertificateId]) -> (Vec<i64>, Vec<i64>) {
    let (mut courses, mut programs) = (Vec::new(), Vec::new());
    for certificate in certificates {
        match certificate {
            CertificateId::Course(id) => courses.push(*id),
            CertificateId::Program(id) => programs.push(*id),
        }
    }
    (courses, programs)
}

fn by_key(rows: Vec<Joined>) -> Result<Held, Error> {
    let key = |each: UserCredential| ((each.username.clone(), each.of.certificate()), each);
    let held: Result<_, Error> =
        rows.into_iter().map(|row| user_credential(row).map(key)).collect();
    Ok(Held(held?))
}

/// Everything that a learner was awarded, oldest first; `after` continues.
pub fn awarded_to(
    conn: &mut AnyConnection,
    username: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<UserCredential>, Error> {
    let rows: Vec<Joined> = described!()
        .filter(user_credentials::username.eq(username))
        .filter(user_credentials::status.eq(Status::Awarded.as_str()))
        .filter(user_credentials::id.gt(after))
        .order(user_credentials::id)
        .limit(limit)
        .load(conn)?;
    rows.into_iter().map(user_credential).collect()
}

/// The program credentials that these learners hold.
pub fn programs_awarded_to(
    conn: &mut AnyConnection,
    usernames: &[&str],
) -> Result<Vec<UserCredential>, Error> {
    let rows: Vec<Joined> =
        among!(described!().into_boxed(), user_credentials::username, usernames)
            .filter(user_credentials::program_certificate_id.is_not_null())
            .filter(user_credentials::status.eq(Status::Awarded.as_str()))
            .order(user_credentials::id)
            .load(conn)?;
    rows.into_iter().map(user_credential).collect()
}
