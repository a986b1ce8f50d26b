//! What the jobs write: pages of rows, each short enough for memory.

use std::time::Duration;

use chrono::Duration as Span;
use database::AnyConnection;
use model::Id;

use super::{
    Work, lease_end,
    result_file::{Cell, ResultFile, Row},
    result_path,
};
use crate::{
    domain::{
        completion::{Achievement, LearnerCredential},
        enrollment::Enrollment,
        job::Task,
        program::Program,
    },
    error::Error,
    store::{
        credentials,
        enrollments::{self, EnrolledLearner},
        jobs::{self, Ending},
        programs,
    },
};

/// The columns of exports of enrollments; the last two only with accounts.
const ENROLLMENT_COLUMNS: [&str; 5] =
    ["student_key", "status", "account_exists", "username", "email"];

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

/// A page's rows, and the enrollment that the next page begins after, if there may be one.
type Page = (Vec<Row>, Option<Id<Enrollment>>);

impl Work<'_> {
    /// Writes the whole result, page by page.
    pub(super) async fn run(&self) -> Result<Ending, Error> {
        let key = self.job.order.program_key.clone();
        let (program, course_keys) = self
            .app
            .db
            .read(move |conn| {
                let program = programs::find(conn, &key)?.ok_or(Error::NoSuchProgram)?;
                let course_keys = programs::course_keys(conn, program.id)?;
                Ok::<_, Error>((program, course_keys))
            })
            .await?;
        let columns = self.columns();
        let path = result_path(&self.job.file_name());
        let mut file =
            ResultFile::begin(self.app.files.clone(), path, self.job.order.format, columns);
        let mut after = None;
        let mut speak_at = self.app.clock.now();
        loop {
            if self.stop.is_cancelled() {
                file.abandon().await?;
                return Ok(Ending::Retry { at: self.app.clock.now() });
            }
            if self.app.clock.now() >= speak_at {
                self.extend_lease().await?;
                let pause = Duration::from_secs(u64::from(self.app.settings.jobs.lease_s)) / 3;
                let pause = Span::from_std(pause).unwrap_or_default();
                speak_at = self.app.clock.now().plus(pause);
            }
            let (rows, next) = self.page(&program, &course_keys, after).await?;
            file.write(&rows).await?;
            match next {
                Some(_) => after = next,
                None => break,
            }
        }
        file.finish().await?;
        Ok(Ending::Succeeded)
    }

    fn columns(&self) -> &'static [&'static str] {
        match self.job.order.task {
            Task::ListProgramEnrollments if self.job.order.with_accounts => &ENROLLMENT_COLUMNS,
            Task::ListProgramEnrollments => &ENROLLMENT_COLUMNS[..3],
            Task::ListCompletions => &COMPLETION_COLUMNS,
        }
    }

    async fn extend_lease(&self) -> Result<(), Error> {
        let (id, worker) = (self.job.id, self.worker);
        let ends = lease_end(self.app, self.app.clock.now());
        self.app.db.write(move |conn| Ok(jobs::extend(conn, id, worker, ends)?)).await
    }

    async fn page(
        &self,
        program: &Program,
        course_keys: &[String],
        after: Option<Id<Enrollment>>,
    ) -> Result<Page, Error> {
        let limit = self.app.settings.jobs.page_rows;
        let order = self.job.order.clone();
        let (program, course_keys) = (program.clone(), course_keys.to_vec());
        self.app
            .db
            .read(move |conn| {
                let learners = enrollments::page(conn, &program, after, i64::from(limit))?;
                let full = learners.len() == usize::from(limit);
                let next = learners.last().map(|last| last.id).filter(|_| full);
                let mut rows = Vec::new();
                for learner in learners {
                    match order.task {
                        Task::ListProgramEnrollments => {
                            rows.push(enrollment_row(learner, order.with_accounts));
                        }
                        Task::ListCompletions => {
                            rows.extend(completion_rows(conn, learner, &program, &course_keys)?);
                        }
                    }
                }
                Ok((rows, next))
            })
            .await
    }
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

/// What one learner holds of the program; nothing while the learner's account is unknown.
fn completion_rows(
    conn: &mut AnyConnection,
    learner: EnrolledLearner,
    program: &Program,
    course_keys: &[String],
) -> Result<Vec<Row>, Error> {
    let Some(account) = learner.account else { return Ok(Vec::new()) };
    let held = credentials::of_learner(conn, &account.username)?;
    let rows = held.into_iter().filter(|credential| match &credential.achievement {
        Achievement::Program { uuid } => *uuid == program.discovery_uuid,
        Achievement::Course { key } => course_keys.contains(key),
    });
    Ok(rows.map(|credential| completion_row(&learner.student_key, credential)).collect())
}

fn completion_row(student_key: &str, credential: LearnerCredential) -> Row {
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
        Cell::Text(credential.public_url),
    ]
}
