//! Enrollments in course runs.

use std::collections::{HashMap, HashSet};

use database::{AnyConnection, Error};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::{
    learners,
    schema::{course_enrollments, program_enrollments},
};
use crate::domain::{
    change::Status,
    course_enrollment::{CourseEnrollment, CourseStatus, RunOfProgram},
    enrollment::Enrollment,
    program::{Organization, Program},
};

/// Whether a learner takes part in a run, and as what.
pub type Standing = (CourseStatus, bool);

/// How some learners of a program stand in one of its runs, by their program enrollments.
pub fn standings(
    conn: &mut AnyConnection,
    course_key: &str,
    enrollments: &[Id<Enrollment>],
) -> Result<HashMap<Id<Enrollment>, Standing>, Error> {
    let rows: Vec<(Id<CourseEnrollment>, Id<Enrollment>, String, bool)> = course_enrollments::table
        .filter(course_enrollments::course_key.eq(course_key))
        .filter(course_enrollments::enrollment_id.eq_any(enrollments))
        .select((
            course_enrollments::id,
            course_enrollments::enrollment_id,
            course_enrollments::status,
            course_enrollments::course_staff,
        ))
        .load(conn)?;
    let standing = |(id, enrollment, status, staff): (_, _, String, _)| {
        let status = CourseStatus::from_name(&status)
            .ok_or_else(|| Error::corrupt("course_enrollments", id, "there is no such status"))?;
        Ok((enrollment, (status, staff)))
    };
    rows.into_iter().map(standing).collect()
}

/// Which of these learners take part in a run through another program of the same organization.
pub fn active_elsewhere(
    conn: &mut AnyConnection,
    run: &RunOfProgram,
    student_keys: &[&str],
) -> Result<HashSet<String>, Error> {
    let keys: Vec<String> = course_enrollments::table
        .inner_join(program_enrollments::table)
        .filter(course_enrollments::organization_id.eq(run.program.organization_id))
        .filter(course_enrollments::student_key.eq_any(student_keys))
        .filter(course_enrollments::course_key.eq(&run.course_key))
        .filter(course_enrollments::status.eq(CourseStatus::Active.name()))
        .filter(program_enrollments::program_id.ne(run.program.id))
        .select(course_enrollments::student_key)
        .load(conn)?;
    Ok(keys.into_iter().collect())
}

/// Lets nobody else change the enrollments of some learners in a run until the transaction ends,
/// through whichever program of the organization. All who change many take hold of them first, in the
/// order of the learners' keys, so that nobody waits in a circle. SQLite has one writer.
pub fn lock(
    conn: &mut AnyConnection,
    run: &RunOfProgram,
    student_keys: &[&str],
) -> Result<(), Error> {
    let AnyConnection::Postgres(conn) = conn else { return Ok(()) };
    if student_keys.len() > 1 {
        // By their places in programs: there is no index for it here. Read first, since within one
        // statement the planner may prefer to go through everybody in the run.
        let places: Vec<Id<Enrollment>> = program_enrollments::table
            .filter(program_enrollments::student_key.eq_any(student_keys))
            .select(program_enrollments::id)
            .load(conn)?;
        course_enrollments::table
            .filter(course_enrollments::enrollment_id.eq_any(places))
            .filter(course_enrollments::course_key.eq(&run.course_key))
            .filter(course_enrollments::organization_id.eq(run.program.organization_id))
            .order((course_enrollments::student_key, course_enrollments::id))
            .select(course_enrollments::id)
            .for_no_key_update()
            .execute(conn)?;
    }
    Ok(())
}

/// Keeps new enrollments, one after the other, and returns the learners' places in the program whose
/// enrollments are kept; others have one in this run already, here or through another program. Many
/// take one statement on PostgreSQL, where each is a journey.
pub fn insert(
    conn: &mut AnyConnection,
    enrollments: &[CourseEnrollment],
    now: Timestamp,
) -> Result<HashSet<Id<Enrollment>>, Error> {
    let values = |enrollment: &CourseEnrollment| {
        (
            course_enrollments::id.eq(enrollment.id),
            course_enrollments::enrollment_id.eq(enrollment.enrollment_id),
            course_enrollments::organization_id.eq(enrollment.organization_id),
            course_enrollments::student_key.eq(enrollment.student_key.clone()),
            course_enrollments::course_key.eq(enrollment.course_key.clone()),
            course_enrollments::status.eq(enrollment.status.name()),
            course_enrollments::course_staff.eq(enrollment.course_staff),
            course_enrollments::created_at.eq(now),
            course_enrollments::modified_at.eq(now),
        )
    };
    let insert = diesel::insert_into(course_enrollments::table);
    match conn {
        AnyConnection::Postgres(conn) => Ok(insert
            .values(enrollments.iter().map(values).collect::<Vec<_>>())
            .on_conflict_do_nothing()
            .returning(course_enrollments::enrollment_id)
            .get_results(conn)?
            .into_iter()
            .collect()),
        AnyConnection::Sqlite(conn) => {
            let mut kept = HashSet::new();
            for enrollment in enrollments {
                let insert = insert.values(values(enrollment)).on_conflict_do_nothing();
                if insert.execute(conn)? == 1 {
                    kept.insert(enrollment.enrollment_id);
                }
            }
            Ok(kept)
        }
    }
}

/// Changes the enrollments that belong to some learners' places in a program.
///
/// # Errors
///
/// A unique violation if a learner began to take part through another program meanwhile.
pub fn update(
    conn: &mut AnyConnection,
    enrollments: &[Id<Enrollment>],
    course_key: &str,
    status: CourseStatus,
    course_staff: Option<bool>,
    now: Timestamp,
) -> Result<(), Error> {
    diesel::update(course_enrollments::table)
        .filter(course_enrollments::enrollment_id.eq_any(enrollments))
        .filter(course_enrollments::course_key.eq(course_key))
        .set((
            course_enrollments::status.eq(status.name()),
            course_staff.map(|staff| course_enrollments::course_staff.eq(staff)),
            course_enrollments::modified_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Lets the enrollments of a program belong to the organization that manages it by now.
///
/// # Errors
///
/// A unique violation if a learner of that organization takes part in the same run.
pub fn follow_program(
    conn: &mut AnyConnection,
    program: Id<Program>,
    organization: Id<Organization>,
) -> Result<(), Error> {
    let of_program = program_enrollments::table
        .filter(program_enrollments::program_id.eq(program))
        .select(program_enrollments::id);
    diesel::update(course_enrollments::table)
        .filter(course_enrollments::enrollment_id.eq_any(of_program))
        .filter(course_enrollments::organization_id.ne(organization))
        .set(course_enrollments::organization_id.eq(organization))
        .execute(conn)?;
    Ok(())
}

/// A learner in a course run, as exports show it.
pub struct Participant {
    pub id: Id<CourseEnrollment>,
    pub student_key: String,
    pub status: String,
    pub has_account: bool,
    pub course_staff: bool,
}

/// The enrollments of a program's run after one of them, in order of creation.
pub fn page(
    conn: &mut AnyConnection,
    run: &RunOfProgram,
    after: Option<Id<CourseEnrollment>>,
    limit: i64,
) -> Result<Vec<Participant>, Error> {
    type Shown = (Id<CourseEnrollment>, String, String, bool);
    let rows: Vec<Shown> = course_enrollments::table
        .inner_join(program_enrollments::table)
        .filter(program_enrollments::program_id.eq(run.program.id))
        .filter(course_enrollments::course_key.eq(&run.course_key))
        .filter(course_enrollments::id.gt(after.unwrap_or_else(|| uuid::Uuid::nil().into())))
        .order(course_enrollments::id)
        .limit(limit)
        .select((
            course_enrollments::id,
            course_enrollments::student_key,
            course_enrollments::status,
            course_enrollments::course_staff,
        ))
        .load(conn)?;
    let keys: Vec<&str> = rows.iter().map(|(_, key, ..)| key.as_str()).collect();
    let accounts = learners::accounts(conn, run.program.organization_id, &keys)?;
    let participant = |(id, student_key, status, course_staff): Shown| Participant {
        id,
        has_account: accounts.contains_key(&student_key),
        student_key,
        status,
        course_staff,
    };
    Ok(rows.into_iter().map(participant).collect())
}
