//! Program enrollments.

use std::collections::{HashMap, HashSet};

use database::{AnyConnection, Error};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::{
    learners,
    schema::{program_enrollments, programs},
};
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

/// Keeps new enrollments, one after the other, and returns those that are; the others' learners have
/// one in the program already. Many take one statement on PostgreSQL, where each is a journey.
pub fn insert(
    conn: &mut AnyConnection,
    enrollments: Vec<Enrollment>,
    now: Timestamp,
) -> Result<Vec<Enrollment>, Error> {
    let values = |enrollment: &Enrollment| {
        (
            program_enrollments::id.eq(enrollment.id),
            program_enrollments::program_id.eq(enrollment.program_id),
            program_enrollments::curriculum_uuid
                .eq(enrollment.curriculum_uuid.map(Id::<Curriculum>::from)),
            program_enrollments::student_key.eq(enrollment.student_key.clone()),
            program_enrollments::status.eq(enrollment.status.name()),
            program_enrollments::sequence.eq(enrollment.sequence),
            program_enrollments::created_at.eq(now),
            program_enrollments::modified_at.eq(now),
        )
    };
    let insert = diesel::insert_into(program_enrollments::table);
    let learner = (program_enrollments::program_id, program_enrollments::student_key);
    let kept: HashSet<Id<Enrollment>> = match conn {
        AnyConnection::Postgres(conn) => insert
            .values(enrollments.iter().map(values).collect::<Vec<_>>())
            .on_conflict(learner)
            .do_nothing()
            .returning(program_enrollments::id)
            .get_results(conn)?
            .into_iter()
            .collect(),
        AnyConnection::Sqlite(conn) => {
            let mut kept = HashSet::new();
            for enrollment in &enrollments {
                let insert = insert.values(values(enrollment)).on_conflict(learner).do_nothing();
                if insert.execute(conn)? == 1 {
                    kept.insert(enrollment.id);
                }
            }
            kept
        }
    };
    Ok(enrollments.into_iter().filter(|enrollment| kept.contains(&enrollment.id)).collect())
}

/// Lets nobody else change the enrollments of some learners until the transaction ends. All who
/// change many take hold of them first, in the order of their keys, so that nobody waits in a circle.
/// SQLite has one writer.
pub fn lock(
    conn: &mut AnyConnection,
    program: Id<Program>,
    student_keys: &[&str],
) -> Result<(), Error> {
    let AnyConnection::Postgres(conn) = conn else { return Ok(()) };
    if student_keys.len() > 1 {
        program_enrollments::table
            .filter(program_enrollments::program_id.eq(program))
            .filter(program_enrollments::student_key.eq_any(student_keys))
            .order(program_enrollments::student_key)
            .select(program_enrollments::id)
            .for_no_key_update()
            .execute(conn)?;
    }
    Ok(())
}

/// Gives the enrollments of some learners another status, counts the changes, and returns those that
/// it changed: not those that have the status already. It names no state it read, so that of two
/// writers neither is refused.
pub fn set_status(
    conn: &mut AnyConnection,
    program: Id<Program>,
    student_keys: &[&str],
    status: EnrollmentStatus,
    now: Timestamp,
) -> Result<Vec<Enrollment>, Error> {
    if student_keys.is_empty() {
        return Ok(Vec::new());
    }
    let changed: Vec<Row> = diesel::update(program_enrollments::table)
        .filter(program_enrollments::program_id.eq(program))
        .filter(program_enrollments::student_key.eq_any(student_keys))
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
        .get_results(conn)?;
    changed.into_iter().map(Enrollment::try_from).collect()
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
    let rows: Vec<(Id<Enrollment>, String, String)> = program_enrollments::table
        .filter(program_enrollments::program_id.eq(program.id))
        .filter(program_enrollments::id.gt(after.unwrap_or_else(|| uuid::Uuid::nil().into())))
        .order(program_enrollments::id)
        .limit(limit)
        .select((
            program_enrollments::id,
            program_enrollments::student_key,
            program_enrollments::status,
        ))
        .load(conn)?;
    // Not joined: the planner may prefer to go through all accounts, for each page again.
    let keys: Vec<&str> = rows.iter().map(|(_, key, _)| key.as_str()).collect();
    let mut accounts = learners::accounts(conn, program.organization_id, &keys)?;
    let learner = |(id, student_key, status)| {
        let account = accounts.remove(&student_key);
        EnrolledLearner { id, student_key, status, account }
    };
    Ok(rows.into_iter().map(learner).collect())
}
