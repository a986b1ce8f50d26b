//! What this service listens to: jobs, and revocations.

use std::sync::Arc;

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use database::Db;
use events::Event;
use events::badges::AssertionRevoked;
use events::credentials::CredentialRevoked;
use events::renderer::{BULK, INTERACTIVE, RenderJob};
use messaging::{Handler, HandlerError, Message, Queue, Subscription, retry};

use crate::actions;
use crate::app::App;
use crate::error::Error;

/// How many revocations are handled at a time.
const CONCURRENCY: u16 = 16;

/// What the service wants to hear. Jobs that somebody waits for have a queue of their own.
///
/// Names of the queues: contract renderer B15.
pub fn subscription(app: &App) -> Subscription {
    let workers = u16::try_from(app.settings.worker_count()).unwrap_or(u16::MAX);
    let jobs = workers.saturating_mul(2);
    Subscription {
        consumer: "renderer-service",
        family: "render",
        queues: vec![
            Queue { name: "render.interactive", routing_keys: &[INTERACTIVE], concurrency: jobs },
            Queue { name: "render.bulk", routing_keys: &[BULK], concurrency: jobs },
            Queue {
                name: "render.events",
                routing_keys: &[CredentialRevoked::TYPE, AssertionRevoked::TYPE],
                concurrency: CONCURRENCY,
            },
        ],
        db: app.db.clone(),
        handler: Arc::new(app.clone()),
    }
}

#[async_trait]
impl Handler for App {
    async fn handle(&self, message: Message, db: Db) -> Result<(), HandlerError> {
        let app = self.with_db(db);
        match message.routing_key.as_str() {
            CredentialRevoked::TYPE => {
                let news = message.event::<CredentialRevoked>()?.data;
                let verify_id = news.credential_id.simple().to_string();
                Ok(withdraw(&app, &verify_id, news.sequence, news.reason).await?)
            }
            AssertionRevoked::TYPE => {
                let news = message.event::<AssertionRevoked>()?.data;
                // Ids of another form are of nothing that is rendered here.
                let Some(verify_id) = verify_id_of(&news.assertion_id) else { return Ok(()) };
                Ok(withdraw(&app, &verify_id, news.sequence, news.reason).await?)
            }
            INTERACTIVE | BULK => self.answer(&app, &message).await,
            other => Err(HandlerError::Reject(format!("nobody listens to {other}"))),
        }
    }
}

async fn withdraw(
    app: &App,
    verify_id: &str,
    sequence: i64,
    reason: Option<String>,
) -> Result<(), Error> {
    actions::withdraw_verification(app, verify_id, sequence, reason.as_deref()).await
}

impl App {
    /// What is said on giving up is said through the service's own database: the message must stay
    /// unhandled, so that it becomes a dead letter that an operator may replay.
    async fn answer(&self, guarded: &Self, message: &Message) -> Result<(), HandlerError> {
        let Some(job) = message.job::<RenderJob>().ok().filter(|job| is_job_id(&job.job_id)) else {
            let job_id = message.body["job_id"].as_str().filter(|id| is_job_id(id));
            actions::refuse_job(self, job_id.map(str::to_owned), message.attempt).await?;
            return Err(HandlerError::Reject("the message is no render job".to_owned()));
        };
        let (job_id, sequence) = (job.job_id.clone(), job.sequence);
        let outcome =
            actions::answer_job(guarded, job, &message.routing_key, message.attempt).await;
        match outcome {
            Err(error) if error.is_retryable() && retry::is_last_attempt(message.attempt) => {
                // Another delivery of it may have been answered.
                if let Error::Database(database::Error::AlreadyHandled) = error {
                    return Err(HandlerError::AlreadyHandled);
                }
                let attempt = message.attempt;
                actions::give_up_job(self, job_id, sequence, attempt, &error).await?;
                Err(HandlerError::Reject(format!("{}: {error}", error.code())))
            }
            outcome => Ok(outcome?),
        }
    }
}

impl From<Error> for HandlerError {
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => error.into(),
            error => Self::Retry(format!("{}: {error}", error.code())),
        }
    }
}

/// 1 to 128 of `[A-Za-z0-9._:-]`.
fn is_job_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b))
}

/// The verification id of the same UUID as an entity id: 22 characters of base64url.
fn verify_id_of(entity_id: &str) -> Option<String> {
    let uuid = URL_SAFE_NO_PAD.decode(entity_id).ok().filter(|bytes| bytes.len() == 16)?;
    Some(hex::encode(uuid))
}

#[cfg(test)]
mod tests {
    use super::{is_job_id, verify_id_of};

    #[test]
    fn job_ids_have_one_form() {
        assert!(is_job_id("credential:0199c0de:1"));
        for bad in ["", "a b", "ä", &"a".repeat(129)] {
            assert!(!is_job_id(bad), "{bad}");
        }
    }

    #[test]
    fn an_entity_id_is_a_uuid() {
        let hex = verify_id_of("AZnA3gAAcACAAAAAAAAAAQ");
        assert_eq!(hex.as_deref(), Some("0199c0de000070008000000000000001"));
        assert_eq!(verify_id_of("not an id"), None);
    }
}
