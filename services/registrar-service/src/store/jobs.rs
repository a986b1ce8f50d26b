//! Jobs: a line of work that outlives the processes that do it.

use database::{AnyConnection, Error};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::schema::jobs;
use crate::domain::{
    job::{Failure, Format, Job, JobState, Order, Task},
    user::User,
};

/// One loop of one process that does jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worker;

#[derive(Queryable, Selectable)]
#[diesel(table_name = jobs)]
struct Row {
    id: Id<Job>,
    user_id: Id<User>,
    task: String,
    program_key: String,
    course_key: Option<String>,
    format: String,
    with_accounts: bool,
    with_course_staff: bool,
    state: String,
    attempts: i32,
    created_at: Timestamp,
    error_code: Option<String>,
    error_message: Option<String>,
}

impl TryFrom<Row> for Job {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let unknown = |column| Error::corrupt("jobs", row.id, format!("unknown {column}"));
        let failure = row
            .error_code
            .map(|code| Failure { code, message: row.error_message.unwrap_or_default() });
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            order: Order {
                task: Task::named(&row.task, row.course_key).ok_or_else(|| unknown("task"))?,
                program_key: row.program_key,
                format: Format::from_name(&row.format).ok_or_else(|| unknown("format"))?,
                with_accounts: row.with_accounts,
                with_course_staff: row.with_course_staff,
            },
            state: JobState::from_name(&row.state).ok_or_else(|| unknown("state"))?,
            attempts: row.attempts,
            created_at: row.created_at,
            failure,
        })
    }
}

/// Keeps a new job, due at once.
pub fn insert(conn: &mut AnyConnection, job: &Job) -> Result<(), Error> {
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(job.id),
            jobs::user_id.eq(job.user_id),
            jobs::task.eq(job.order.task.name()),
            jobs::program_key.eq(&job.order.program_key),
            jobs::course_key.eq(job.order.task.course_key()),
            jobs::format.eq(job.order.format.name()),
            jobs::with_accounts.eq(job.order.with_accounts),
            jobs::with_course_staff.eq(job.order.with_course_staff),
            jobs::state.eq(job.state.name()),
            jobs::due_at.eq(job.created_at),
            jobs::created_at.eq(job.created_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// The job with this id.
pub fn find(conn: &mut AnyConnection, id: Id<Job>) -> Result<Option<Job>, Error> {
    let row: Option<Row> = jobs::table.find(id).select(Row::as_select()).first(conn).optional()?;
    row.map(Job::try_from).transpose()
}

/// A user's unfinished jobs, oldest first.
pub fn unfinished_of(
    conn: &mut AnyConnection,
    user: Id<User>,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    let rows: Vec<Row> = jobs::table
        .filter(jobs::user_id.eq(user))
        .filter(jobs::finished_at.is_null())
        .order((jobs::created_at, jobs::id))
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Job::try_from).collect()
}

/// How many unfinished jobs a user has.
pub fn count_unfinished_of(conn: &mut AnyConnection, user: Id<User>) -> Result<i64, Error> {
    Ok(jobs::table
        .filter(jobs::user_id.eq(user))
        .filter(jobs::finished_at.is_null())
        .count()
        .get_result(conn)?)
}

/// The job that has been due for longest: it waits to be begun, or its lease has run out.
pub fn due(conn: &mut AnyConnection, now: Timestamp) -> Result<Option<Job>, Error> {
    let row: Option<Row> = jobs::table
        .filter(jobs::finished_at.is_null())
        .filter(jobs::due_at.le(now))
        .order((jobs::due_at, jobs::id))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Job::try_from).transpose()
}

/// Begins a waiting job: `worker` holds its lease until `lease_ends`.
///
/// # Errors
///
/// [`Error::Stale`] if another worker was faster.
pub fn begin(
    conn: &mut AnyConnection,
    job: &Job,
    worker: Id<Worker>,
    lease_ends: Timestamp,
) -> Result<(), Error> {
    let changed = diesel::update(jobs::table.find(job.id))
        .filter(jobs::state.eq(job.state.name()))
        .filter(jobs::worker.is_null())
        .filter(jobs::attempts.eq(job.attempts))
        .set((
            jobs::state.eq(JobState::InProgress.name()),
            jobs::attempts.eq(job.attempts + 1),
            jobs::worker.eq(Some(worker)),
            jobs::due_at.eq(Some(lease_ends)),
        ))
        .execute(conn)?;
    database::expect_one(changed, "jobs", job.id)
}

/// Moves the end of a lease.
///
/// # Errors
///
/// [`Error::Stale`] if the worker lost it.
pub fn extend(
    conn: &mut AnyConnection,
    id: Id<Job>,
    worker: Id<Worker>,
    lease_ends: Timestamp,
) -> Result<(), Error> {
    let changed = diesel::update(jobs::table.find(id))
        .filter(jobs::worker.eq(worker))
        .set(jobs::due_at.eq(Some(lease_ends)))
        .execute(conn)?;
    database::expect_one(changed, "jobs", id)
}

/// How a worker's hold on a job ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    Succeeded,
    Failed(Failure),
    /// It is tried again, not before this.
    Retry {
        at: Timestamp,
    },
}

/// Ends the hold of `worker` on a job; without a worker, that of one whose lease ran out before
/// `now`.
///
/// # Errors
///
/// [`Error::Stale`] if the job is not held so.
pub fn release(
    conn: &mut AnyConnection,
    id: Id<Job>,
    worker: Option<Id<Worker>>,
    ending: &Ending,
    now: Timestamp,
) -> Result<(), Error> {
    let (state, due_at, failure) = match ending {
        Ending::Succeeded => (JobState::Succeeded, None, None),
        Ending::Failed(failure) => (JobState::Failed, None, Some(failure)),
        Ending::Retry { at } => (JobState::Retrying, Some(*at), None),
    };
    let columns = (
        jobs::state.eq(state.name()),
        jobs::worker.eq(None::<Id<Worker>>),
        jobs::due_at.eq(due_at),
        jobs::finished_at.eq(due_at.is_none().then_some(now)),
        jobs::error_code.eq(failure.map(|failure| failure.code.as_str())),
        jobs::error_message.eq(failure.map(|failure| failure.message.as_str())),
    );
    let held = jobs::table.find(id);
    let changed = match worker {
        Some(worker) => {
            diesel::update(held).filter(jobs::worker.eq(worker)).set(columns).execute(conn)?
        }
        None => diesel::update(held)
            .filter(jobs::worker.is_not_null())
            .filter(jobs::due_at.le(now))
            .set(columns)
            .execute(conn)?,
    };
    database::expect_one(changed, "jobs", id)
}

/// Some jobs that were created before `before` and are not running.
pub fn old(conn: &mut AnyConnection, before: Timestamp, limit: i64) -> Result<Vec<Job>, Error> {
    let rows: Vec<Row> = jobs::table
        .filter(jobs::created_at.lt(before))
        .filter(jobs::worker.is_null())
        .order(jobs::created_at)
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Job::try_from).collect()
}

/// Forgets a job that is not running.
pub fn delete(conn: &mut AnyConnection, id: Id<Job>) -> Result<(), Error> {
    diesel::delete(jobs::table.find(id)).filter(jobs::worker.is_null()).execute(conn)?;
    Ok(())
}
