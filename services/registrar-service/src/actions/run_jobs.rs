//! Does the jobs that wait, one at a time, in as many loops as the configuration says.
//!
//! A worker holds a lease on its job and moves it on while it works. When a process dies, its leases
//! run out and others begin the jobs anew; a result becomes visible only when it is whole.

mod result_file;
mod rows;
mod work;

use std::time::Duration;

use chrono::Duration as Span;
use model::{Id, Timestamp};
use object_store::path::Path;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use self::work::Work;
use crate::{
    app::App,
    domain::job::{Failure, Job, JobState, failure},
    error::Error,
    store::jobs::{self, Ending, Worker},
};

/// How often a worker looks for jobs that nobody told it of: other processes', and lost ones.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The wait before a job is tried again after a failure that may pass, in seconds, times the
/// number of attempts so far.
const RETRY_AFTER_S: i64 = 5;

/// The folder of results.
pub const RESULTS: &str = "job-results";

/// Where the result with this file name is kept.
pub fn result_path(file_name: &str) -> Path {
    Path::from_iter([RESULTS, file_name])
}

/// Does jobs until `stop`; what is under way then is left for another worker, and what was written of
/// it is taken back.
pub async fn run_jobs(app: App, stop: CancellationToken) {
    let worker = Id::fresh();
    while !stop.is_cancelled() {
        match run_next(&app, worker, &stop).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => error!(%error, "the next job could not be taken"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = app.new_job.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
    app.files.settled().await;
}

/// Takes one due job and does it; false if there was none.
async fn run_next(app: &App, worker: Id<Worker>, stop: &CancellationToken) -> Result<bool, Error> {
    let now = app.clock.now();
    let Some(job) = app.db.read(move |conn| jobs::due(conn, now)).await? else {
        return Ok(false);
    };
    match claim(app, &job, worker, now).await {
        Ok(true) => {}
        // Somebody else was faster, or the job now waits for its next attempt.
        Ok(false) | Err(Error::Database(database::Error::Stale { .. })) => return Ok(true),
        Err(error) => return Err(error),
    }
    let limit = Duration::from_secs(u64::from(app.settings.jobs.time_limit_s));
    let work = Work { app, job: &job, worker, stop };
    let ending = match tokio::time::timeout(limit, work.run()).await {
        Ok(Ok(ending)) => ending,
        Ok(Err(error)) => after_failure(app, &job, &error),
        Err(_elapsed) => Ending::Failed(Failure::new(failure::TIME_LIMIT, "the time is over")),
    };
    info!(job.id = %job.id, task = job.order.task.name(), ?ending, "a job was left");
    let (id, now) = (job.id, app.clock.now());
    app.db.write(move |conn| jobs::release(conn, id, Some(worker), &ending, now)).await?;
    Ok(true)
}

/// Begins a waiting job. One whose worker is lost goes back into the line, or fails when that
/// happened too often.
async fn claim(app: &App, job: &Job, worker: Id<Worker>, now: Timestamp) -> Result<bool, Error> {
    let (job, most) = (job.clone(), app.settings.jobs.most_attempts);
    let lease_ends = lease_end(app, now);
    app.db
        .write(move |conn| {
            if job.state != JobState::InProgress {
                jobs::begin(conn, &job, worker, lease_ends)?;
                return Ok(true);
            }
            let ending = if job.attempts >= most {
                Ending::Failed(Failure::new(failure::WORKER_LOST, "worker lost"))
            } else {
                Ending::Retry { at: now }
            };
            warn!(job.id = %job.id, ?ending, "the worker of a job was lost");
            jobs::release(conn, job.id, None, &ending, now)?;
            Ok(false)
        })
        .await
}

fn lease_end(app: &App, now: Timestamp) -> Timestamp {
    now.plus(Span::seconds(i64::from(app.settings.jobs.lease_s)))
}

/// A failure of ours may pass: the job is tried again, but not for ever.
fn after_failure(app: &App, job: &Job, cause: &Error) -> Ending {
    let attempts = job.attempts + 1;
    match cause {
        Error::NoSuchProgram => {
            let message = format!("Bad program key: {}", job.order.program_key);
            Ending::Failed(Failure::new(failure::BAD_PROGRAM_KEY, message))
        }
        cause if attempts >= app.settings.jobs.most_attempts => {
            error!(job.id = %job.id, error = %cause, "a job failed");
            Ending::Failed(Failure::new(failure::WORKER_LOST, "failed too often on our side"))
        }
        cause => {
            warn!(job.id = %job.id, error = %cause, "a job will be tried again");
            let wait = Span::seconds(RETRY_AFTER_S * i64::from(attempts));
            Ending::Retry { at: app.clock.now().plus(wait) }
        }
    }
}
