//! What the jobs write: pages of rows, each short enough for memory.

use database::AnyConnection;

use super::result_file::{Cell, Row};
use crate::{
    domain::{
        completion::{Achievement, LearnerCredential},
        course_enrollment::RunOfProgram,
        job::{Order, Task},
        program::Program,
    },
    error::Error,
    store::{
        course_enrollments::{self, Participant},
        credentials,
        enrollments::{self, EnrolledLearner},
        programs,
    },
};

/// The columns of exports of enrollments; the last two only with accounts.
const ENROLLMENT_COLUMNS: [&str; 5] =
    ["student_key", "status", "account_exists", "username", "email"];

/// The columns of exports of a course run; the last one only where course staff is shown.
const COURSE_RUN_COLUMNS: [&str; 5] =
    ["course_id", "student_key", "status", "account_exists", "course_staff"];

/// The columns of completions.
const COMPLETION_COLUMNS: [&str; 9] = [
    "student_key",
    "username",
    "credential_uuid",
    "kind",
    "course_key",
    "status",
    "awarded_at",
    "revoked_at",
    "public_url",
];

/// Takes the next page; false if no more is wanted.
type Take<'a> = &'a mut dyn FnMut(Vec<Row>) -> bool;

/// A page's rows, and what the next page begins after, if there may be one.
type Page<K> = (Vec<Row>, Option<K>);

/// The columns of an order's result.
pub(super) fn columns(order: &Order) -> &'static [&'static str] {
    match order.task {
        Task::ProgramEnrollments if order.with_accounts => &ENROLLMENT_COLUMNS,
        Task::ProgramEnrollments => &ENROLLMENT_COLUMNS[..3],
        Task::CourseRunEnrollments { .. } if order.with_course_staff => &COURSE_RUN_COLUMNS,
        Task::CourseRunEnrollments { .. } => &COURSE_RUN_COLUMNS[..4],
        Task::Completions => &COMPLETION_COLUMNS,
    }
}

/// Reads all rows of an order, page by page; a page may be empty.
///
/// # Errors
///
/// [`Error::NoSuchProgram`] if the program is gone.
pub(super) fn read(
    conn: &mut AnyConnection,
    order: &Order,
    page_rows: u16,
    take: Take<'_>,
) -> Result<(), Error> {
    let program = programs::find(conn, &order.program_key)?.ok_or(Error::NoSuchProgram)?;
    match &order.task {
        Task::ProgramEnrollments => pages(take, |after| {
            let learners = enrollments::page(conn, &program, after, i64::from(page_rows))?;
            let next = next(&learners, page_rows, |learner| learner.id);
            let row = |learner| enrollment_row(learner, order.with_accounts);
            Ok((learners.into_iter().map(row).collect(), next))
        }),
        Task::CourseRunEnrollments { course_key } => {
            let shown = programs::course_run(conn, program.id, course_key)?;
            let course_id = shown.and_then(|run| run.external_key).unwrap_or(course_key.clone());
            let run = RunOfProgram { program, course_key: course_key.clone() };
            pages(take, |after| {
                let learners = course_enrollments::page(conn, &run, after, i64::from(page_rows))?;
                let next = next(&learners, page_rows, |learner| learner.id);
                let row = |learner| course_run_row(&course_id, learner, order.with_course_staff);
                Ok((learners.into_iter().map(row).collect(), next))
            })
        }
        Task::Completions => {
            let course_keys = programs::course_keys(conn, program.id)?;
            pages(take, |after| {
                let learners = enrollments::page(conn, &program, after, i64::from(page_rows))?;
                let next = next(&learners, page_rows, |learner| learner.id);
                Ok((completion_rows(conn, &learners, &program, &course_keys)?, next))
            })
        }
    }
}

fn pages<K>(
    take: Take<'_>,
    mut page: impl FnMut(Option<K>) -> Result<Page<K>, Error>,
) -> Result<(), Error> {
    let mut after = None;
    loop {
        let (rows, next) = page(after)?;
        if !take(rows) || next.is_none() {
            return Ok(());
        }
        after = next;
    }
}

/// A page that is not full is the last one.
fn next<T, K>(rows: &[T], page_rows: u16, key: impl Fn(&T) -> K) -> Option<K> {
    rows.last().map(key).filter(|_| rows.len() == usize::from(page_rows))
}

fn enrollment_row(learner: EnrolledLearner, with_accounts: bool) -> Row {
    let mut row = vec![
        Cell::Text(learner.student_key),
        Cell::Text(learner.status),
        Cell::Flag(learner.account.is_some()),
    ];
    if with_accounts {
        let (username, email) =
            learner.account.map(|account| (account.username, account.email)).unwrap_or_default();
        row.extend([Cell::Text(username), Cell::Text(email)]);
    }
    row
}

fn course_run_row(course_id: &str, learner: Participant, with_course_staff: bool) -> Row {
    let mut row = vec![
        Cell::Text(course_id.to_owned()),
        Cell::Text(learner.student_key),
        Cell::Text(learner.status),
        Cell::Flag(learner.has_account),
    ];
    if with_course_staff {
        row.push(Cell::Flag(learner.course_staff));
    }
    row
}

/// What learners hold of the program; nothing while a learner's account is unknown.
fn completion_rows(
    conn: &mut AnyConnection,
    learners: &[EnrolledLearner],
    program: &Program,
    course_keys: &[String],
) -> Result<Vec<Row>, Error> {
    let username = |learner: &EnrolledLearner| Some(learner.account.as_ref()?.username.clone());
    let usernames: Vec<String> = learners.iter().filter_map(username).collect();
    let usernames: Vec<&str> = usernames.iter().map(String::as_str).collect();
    let held = credentials::of_learners(conn, &usernames)?;
    let is_of_program = |credential: &&LearnerCredential| match &credential.achievement {
        Achievement::Program { uuid } => *uuid == program.discovery_uuid,
        Achievement::Course { key } => course_keys.contains(key),
    };
    let mut rows = Vec::new();
    for learner in learners {
        let Some(account) = &learner.account else { continue };
        let held = held.get(&account.username).into_iter().flatten().filter(is_of_program);
        rows.extend(held.map(|credential| completion_row(&learner.student_key, credential)));
    }
    Ok(rows)
}

fn completion_row(student_key: &str, credential: &LearnerCredential) -> Row {
    let instant =
        |at: Option<model::Timestamp>| at.map_or(Cell::Null, |at| Cell::Text(at.seconds()));
    vec![
        Cell::Text(student_key.to_owned()),
        Cell::Text(credential.username.clone()),
        Cell::Text(credential.uuid.to_string()),
        Cell::Text(credential.achievement.kind().to_owned()),
        match &credential.achievement {
            Achievement::Course { key } => Cell::Text(key.clone()),
            Achievement::Program { .. } => Cell::Null,
        },
        Cell::Text(credential.status().to_owned()),
        instant(credential.awarded.map(|told| told.at)),
        instant(credential.revocation()),
        Cell::Text(credential.public_url.clone()),
    ]
}
