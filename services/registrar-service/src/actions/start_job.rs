//! Takes an order for what takes longer than a request.

use model::Id;
use uuid::Uuid;

use super::sign_in::has_flag;
use crate::{
    app::App,
    domain::{
        job::{Format, Job, JobState, Order, Task},
        user::{FLAG_ACCOUNTS_IN_EXPORTS, FLAG_COURSE_STAFF, User},
    },
    error::Error,
    store::jobs,
};

/// Starts a job of `user`; it is there to be looked at when this returns.
///
/// What the result shows of accounts and course staff is decided now, by the user's flags.
///
/// # Errors
///
/// [`Error::TooManyJobs`] if the user has too many unfinished ones.
pub async fn start_job(
    app: &App,
    user: &User,
    program_key: &str,
    task: Task,
    format: Format,
) -> Result<Id<Job>, Error> {
    // Random, since it is all that a job's link shows.
    let (id, now) = (Id::<Job>::from(Uuid::new_v4()), app.clock.now());
    let (within, user, program_key) = (app.clone(), user.clone(), program_key.to_owned());
    app.db
        .write(move |conn| {
            let most = within.settings.jobs.most_unfinished;
            if jobs::count_unfinished_of(conn, user.id)? >= most {
                return Err(Error::TooManyJobs);
            }
            let order = Order {
                task,
                program_key,
                format,
                with_accounts: has_flag(&within, conn, &user, FLAG_ACCOUNTS_IN_EXPORTS)?,
                with_course_staff: has_flag(&within, conn, &user, FLAG_COURSE_STAFF)?,
            };
            let job = Job {
                id,
                user_id: user.id,
                order,
                state: JobState::Pending,
                attempts: 0,
                created_at: now,
                failure: None,
            };
            Ok(jobs::insert(conn, &job)?)
        })
        .await?;
    app.new_job.notify_one();
    Ok(id)
}
