//! Enrollments in course runs.

use std::collections::{HashMap, HashSet};

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::schema::{course_enrollments, learner_links, program_enrollments};
use crate::domain::{
    change::{Change, Status},
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

/// Keeps a new enrollment; false if the learner has one in this run already, here or through
/// another program.
pub fn insert(
    conn: &mut AnyConnection,
    enrollment: &CourseEnrollment,
    now: Timestamp,
) -> Result<bool, Error> {
    let insert = diesel::insert_into(course_enrollments::table)
        .values((
            course_enrollments::id.eq(enrollment.id),
            course_enrollments::enrollment_id.eq(enrollment.enrollment_id),
            course_enrollments::organization_id.eq(enrollment.organization_id),
            course_enrollments::student_key.eq(&enrollment.student_key),
            course_enrollments::course_key.eq(&enrollment.course_key),
            course_enrollments::status.eq(enrollment.status.name()),
            course_enrollments::course_staff.eq(enrollment.course_staff),
            course_enrollments::created_at.eq(now),
            course_enrollments::modified_at.eq(now),
        ))
        .on_conflict_do_nothing();
    Ok(Portable(insert).execute(conn)? == 1)
}

/// Changes the enrollment that belongs to a learner's place in a program.
///
/// # Errors
///
/// A unique violation if the learner began to take part through another program meanwhile.
pub fn update(
    conn: &mut AnyConnection,
    enrollment: Id<Enrollment>,
    course_key: &str,
    change: &Change<CourseStatus>,
    now: Timestamp,
) -> Result<(), Error> {
    diesel::update(course_enrollments::table)
        .filter(course_enrollments::enrollment_id.eq(enrollment))
        .filter(course_enrollments::course_key.eq(course_key))
        .set((
            course_enrollments::status.eq(change.status.name()),
            change.course_staff.map(|staff| course_enrollments::course_staff.eq(staff)),
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
    let linked = learner_links::student_key
        .eq(course_enrollments::student_key)
        .and(learner_links::organization_id.eq(run.program.organization_id));
    type Shown = (Id<CourseEnrollment>, String, String, Option<String>, bool);
    let rows: Vec<Shown> = course_enrollments::table
        .inner_join(program_enrollments::table)
        .left_join(learner_links::table.on(linked))
        .filter(program_enrollments::program_id.eq(run.program.id))
        .filter(course_enrollments::course_key.eq(&run.course_key))
        .filter(course_enrollments::id.gt(after.unwrap_or_else(|| uuid::Uuid::nil().into())))
        .order(course_enrollments::id)
        .limit(limit)
        .select((
            course_enrollments::id,
            course_enrollments::student_key,
            course_enrollments::status,
            learner_links::username.nullable(),
            course_enrollments::course_staff,
        ))
        .load(conn)?;
    let participant =
        |(id, student_key, status, username, course_staff): (_, _, _, Option<_>, _)| Participant {
            id,
            student_key,
            status,
            has_account: username.is_some(),
            course_staff,
        };
    Ok(rows.into_iter().map(participant).collect())
}
