//! Program enrollments.

use std::collections::HashMap;

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::schema::{learner_links, program_enrollments, programs};
use crate::domain::{
    change::Status,
    enrollment::{Account, Enrollment, EnrollmentStatus},
    program::{Curriculum, Organization, Program},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = program_enrollments)]
struct Row {
    id: Id<Enrollment>,
    program_id: Id<Program>,
    curriculum_uuid: Option<Id<Curriculum>>,
    student_key: String,
    status: String,
    sequence: i64,
}

impl TryFrom<Row> for Enrollment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let status = EnrollmentStatus::from_name(&row.status).ok_or_else(|| {
            Error::corrupt("program_enrollments", row.id, "there is no such status")
        })?;
        Ok(Self {
            id: row.id,
            program_id: row.program_id,
            curriculum_uuid: row.curriculum_uuid.map(Id::uuid),
            student_key: row.student_key,
            status,
            sequence: row.sequence,
        })
    }
}

/// The enrollment of one learner in one program.
pub fn find(
    conn: &mut AnyConnection,
    program: Id<Program>,
    student_key: &str,
) -> Result<Option<Enrollment>, Error> {
    let row: Option<Row> = program_enrollments::table
        .filter(program_enrollments::program_id.eq(program))
        .filter(program_enrollments::student_key.eq(student_key))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Enrollment::try_from).transpose()
}

/// The enrollments of some learners in one program, by student key.
pub fn of_learners(
    conn: &mut AnyConnection,
    program: Id<Program>,
    student_keys: &[&str],
) -> Result<HashMap<String, Enrollment>, Error> {
    let rows: Vec<Row> = program_enrollments::table
        .filter(program_enrollments::program_id.eq(program))
        .filter(program_enrollments::student_key.eq_any(student_keys))
        .select(Row::as_select())
        .load(conn)?;
    let by_key = |row: Row| Ok((row.student_key.clone(), Enrollment::try_from(row)?));
    rows.into_iter().map(by_key).collect()
}

/// Keeps a new enrollment; false if the learner has one in the program already.
pub fn insert(
    conn: &mut AnyConnection,
    enrollment: &Enrollment,
    now: Timestamp,
) -> Result<bool, Error> {
    let insert = diesel::insert_into(program_enrollments::table)
        .values((
            program_enrollments::id.eq(enrollment.id),
            program_enrollments::program_id.eq(enrollment.program_id),
            program_enrollments::curriculum_uuid
                .eq(enrollment.curriculum_uuid.map(Id::<Curriculum>::from)),
            program_enrollments::student_key.eq(&enrollment.student_key),
            program_enrollments::status.eq(enrollment.status.name()),
            program_enrollments::sequence.eq(enrollment.sequence),
            program_enrollments::created_at.eq(now),
            program_enrollments::modified_at.eq(now),
        ))
        .on_conflict((program_enrollments::program_id, program_enrollments::student_key))
        .do_nothing();
    Ok(Portable(insert).execute(conn)? == 1)
}

/// Gives an enrollment another status and counts the change; nothing if it has that status already
/// or is not there. It names no state it read, so that of two writers neither is refused.
pub fn set_status(
    conn: &mut AnyConnection,
    program: Id<Program>,
    student_key: &str,
    status: EnrollmentStatus,
    now: Timestamp,
) -> Result<Option<Enrollment>, Error> {
    let changed: Option<Row> = diesel::update(program_enrollments::table)
        .filter(program_enrollments::program_id.eq(program))
        .filter(program_enrollments::student_key.eq(student_key))
        .filter(program_enrollments::status.ne(status.name()))
        .set((
            program_enrollments::status.eq(status.name()),
            program_enrollments::sequence.eq(program_enrollments::sequence + 1),
            program_enrollments::modified_at.eq(now),
        ))
        .returning((
            program_enrollments::id,
            program_enrollments::program_id,
            program_enrollments::curriculum_uuid,
            program_enrollments::student_key,
            program_enrollments::status,
            program_enrollments::sequence,
        ))
        .get_result(conn)
        .optional()?;
    changed.map(Enrollment::try_from).transpose()
}

/// Counts a change of what is told of the learner beside the enrollment itself.
pub fn count_change(
    conn: &mut AnyConnection,
    program: Id<Program>,
    student_key: &str,
    now: Timestamp,
) -> Result<(), Error> {
    diesel::update(program_enrollments::table)
        .filter(program_enrollments::program_id.eq(program))
        .filter(program_enrollments::student_key.eq(student_key))
        .set((
            program_enrollments::sequence.eq(program_enrollments::sequence + 1),
            program_enrollments::modified_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The programs of an organization in which a learner is enrolled, by key.
pub fn programs_of_learner(
    conn: &mut AnyConnection,
    organization: Id<Organization>,
    student_key: &str,
) -> Result<Vec<String>, Error> {
    Ok(program_enrollments::table
        .inner_join(programs::table.on(program_enrollments::program_id.eq(programs::id)))
        .filter(programs::organization_id.eq(organization))
        .filter(program_enrollments::student_key.eq(student_key))
        .order(program_enrollments::id)
        .select(programs::key)
        .load(conn)?)
}

/// An enrollment with the learner's account, if that is known.
pub struct EnrolledLearner {
    pub id: Id<Enrollment>,
    pub student_key: String,
    pub status: String,
    pub account: Option<Account>,
}

/// The enrollments of a program after one of them, in order of creation.
pub fn page(
    conn: &mut AnyConnection,
    program: &Program,
    after: Option<Id<Enrollment>>,
    limit: i64,
) -> Result<Vec<EnrolledLearner>, Error> {
    type Linked = (Option<String>, Option<String>, Option<String>);
    let linked = learner_links::student_key
        .eq(program_enrollments::student_key)
        .and(learner_links::organization_id.eq(program.organization_id));
    let rows: Vec<(Id<Enrollment>, String, String, Linked)> = program_enrollments::table
        .left_join(learner_links::table.on(linked))
        .filter(program_enrollments::program_id.eq(program.id))
        .filter(program_enrollments::id.gt(after.unwrap_or_else(|| uuid::Uuid::nil().into())))
        .order(program_enrollments::id)
        .limit(limit)
        .select((
            program_enrollments::id,
            program_enrollments::student_key,
            program_enrollments::status,
            (
                learner_links::username.nullable(),
                learner_links::email.nullable(),
                learner_links::full_name.nullable(),
            ),
        ))
        .load(conn)?;
    let learner = |(id, student_key, status, linked): (_, _, _, Linked)| {
        let account = match linked {
            (Some(username), Some(email), full_name) => {
                Some(Account { username, email, full_name })
            }
            _ => None,
        };
        EnrolledLearner { id, student_key, status, account }
    };
    Ok(rows.into_iter().map(learner).collect())
}
