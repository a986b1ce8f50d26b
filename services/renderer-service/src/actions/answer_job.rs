//! Answers a job with an event: finished, or failed.

use events::renderer::{BULK, RenderJob, RenderingFailed, RenderingFinished};
use messaging::outbox;

use super::read_request::read_request;
use super::render_document::{Wish, render_document, withdrawal};
use crate::app::App;
use crate::engine::Priority;
use crate::error::Error;

/// Renders what a job asks for and says how it ended, in one transaction.
///
/// # Errors
///
/// What may work later; nothing was said then.
pub async fn answer_job(
    app: &App,
    job: RenderJob,
    routing_key: &str,
    attempt: u32,
) -> Result<(), Error> {
    let priority = if routing_key == BULK { Priority::Bulk } else { Priority::Interactive };
    let about = About { job_id: Some(job.job_id), sequence: job.sequence, attempt };
    let outcome = match read_request(app, job.request).await {
        Ok(parsed) => {
            let (wish, told) = (Wish { sequence: job.sequence, priority }, about.clone());
            render_document(app, parsed, wish, move |conn, record, now| match withdrawal(record) {
                Some(error) => outbox::append(conn, told.failed(&error), now),
                None => outbox::append(conn, told.finished(record), now),
            })
            .await
            .map(drop)
        }
        Err(error) => Err(error),
    };
    app.figures.ended("job", outcome.as_ref().err());
    match outcome {
        Err(error) if !error.is_retryable() => say_failed(app, about.failed(&error)).await,
        outcome => outcome,
    }
}

/// Says that nobody tries any more, although the same job might succeed later.
///
/// # Errors
///
/// If the database cannot be reached.
pub async fn give_up_job(
    app: &App,
    job_id: String,
    sequence: Option<i64>,
    attempt: u32,
    error: &Error,
) -> Result<(), Error> {
    say_failed(app, About { job_id: Some(job_id), sequence, attempt }.failed(error)).await
}

/// Says that a job could not be read.
///
/// # Errors
///
/// If the database cannot be reached.
pub async fn refuse_job(app: &App, job_id: Option<String>, attempt: u32) -> Result<(), Error> {
    let failed = RenderingFailed {
        job_id,
        sequence: None,
        code: "bad_json".to_owned(),
        detail: "the message is no render job".to_owned(),
        errors: Vec::new(),
        retryable: false,
        attempt,
    };
    say_failed(app, failed).await
}

/// What the answers to one job share.
#[derive(Clone)]
struct About {
    job_id: Option<String>,
    sequence: Option<i64>,
    attempt: u32,
}

impl About {
    fn finished(self, record: &crate::domain::RenderRecord) -> RenderingFinished {
        RenderingFinished {
            job_id: self.job_id.unwrap_or_default(),
            sequence: self.sequence,
            record: serde_json::to_value(record).unwrap_or_default(),
            attempt: self.attempt,
        }
    }

    fn failed(self, error: &Error) -> RenderingFailed {
        RenderingFailed {
            job_id: self.job_id,
            sequence: self.sequence,
            code: error.code().to_owned(),
            detail: error.detail(),
            errors: error.violations(),
            retryable: error.is_retryable(),
            attempt: self.attempt,
        }
    }
}

async fn say_failed(app: &App, failed: RenderingFailed) -> Result<(), Error> {
    let now = app.clock.now();
    Ok(app.db.write(move |conn| outbox::append(conn, failed, now)).await?)
}
