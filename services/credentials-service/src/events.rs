//! What the service listens to: event to action.

use std::sync::Arc;

use async_trait::async_trait;
use database::Db;
use events::{
    Event,
    badges::{AssertionIssued, AssertionRevoked},
    registrar::{EnrollmentChanged, ProgramChanged},
    renderer::{RenderingFailed, RenderingFinished},
};
use messaging::{Handler, HandlerError, Message, Queue, Subscription};
use serde_json::Value;

use crate::{
    actions,
    app::App,
    domain::document::{Badge, Document, DocumentState, PREVIEW, Preview},
    error::Error,
};

const HEARD: [&str; 6] = [
    EnrollmentChanged::TYPE,
    ProgramChanged::TYPE,
    RenderingFinished::TYPE,
    RenderingFailed::TYPE,
    AssertionIssued::TYPE,
    AssertionRevoked::TYPE,
];

/// How many messages are handled at a time.
const CONCURRENCY: u16 = 16;

/// What the service wants to hear.
pub fn subscription(consumer: &'static str, app: &App) -> Subscription {
    Subscription {
        consumer,
        family: consumer,
        queues: vec![Queue { name: consumer, routing_keys: &HEARD, concurrency: CONCURRENCY }],
        db: app.db.clone(),
        handler: Arc::new(Listener(app.clone())),
    }
}

struct Listener(App);

#[async_trait]
impl Handler for Listener {
    async fn handle(&self, message: Message, db: Db) -> Result<(), HandlerError> {
        let app = &self.0.with_db(db);
        match message.routing_key.as_str() {
            EnrollmentChanged::TYPE => {
                actions::hear_account(app, message.event::<EnrollmentChanged>()?.data).await
            }
            ProgramChanged::TYPE => {
                let told = message.event::<ProgramChanged>()?.data;
                actions::hear_program(app, app.default_site.id, told).await
            }
            RenderingFinished::TYPE => {
                let document = finished(message.event::<RenderingFinished>()?.data)?;
                actions::keep_document(app, document).await
            }
            RenderingFailed::TYPE => {
                let told = message.event::<RenderingFailed>()?.data;
                // There are jobs that nobody can name.
                let Some(job_id) = told.job_id else { return Ok(()) };
                match job_id.strip_suffix(PREVIEW) {
                    Some(document) => {
                        actions::give_up_preview(app, document.to_owned(), told.code).await
                    }
                    None => {
                        let state = DocumentState::Failed { code: told.code };
                        actions::keep_document(app, Document { job_id, state }).await
                    }
                }
            }
            AssertionIssued::TYPE => {
                let told = message.event::<AssertionIssued>()?.data;
                let Some(of) = told.credential else { return Ok(()) };
                actions::keep_badge(app, of.credential_id.into(), badge(told, of.sequence)).await
            }
            AssertionRevoked::TYPE => {
                let told = message.event::<AssertionRevoked>()?.data;
                actions::keep_badge_revocation(app, told.assertion_id, told.sequence).await
            }
            other => return Err(HandlerError::Reject(format!("{other} is nothing for me"))),
        }
        .map_err(HandlerError::from)
    }
}

impl From<Error> for HandlerError {
    /// What the database refuses may work later; what makes no sense never will.
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => error.into(),
            error => Self::Reject(error.to_string()),
        }
    }
}

/// The document of a render record, with its preview if that was asked for.
fn finished(told: RenderingFinished) -> Result<Document, HandlerError> {
    let url = |output: &str| {
        let artifacts = told.record.get("artifacts").and_then(Value::as_array)?;
        let artifact = artifacts.iter().find(|each| each["output"] == output)?;
        artifact["url"].as_str().map(str::to_owned)
    };
    let pdf_url =
        url("pdf").ok_or_else(|| HandlerError::Reject("the rendering has no PDF".to_owned()))?;
    let state = DocumentState::Ready {
        render_id: told.record["render_id"].as_str().map(str::to_owned),
        pdf_url,
        preview: url("card").map_or(Preview::Unasked, |url| Preview::Ready { url }),
    };
    let job_id = told.job_id.strip_suffix(PREVIEW).unwrap_or(&told.job_id).to_owned();
    Ok(Document { job_id, state })
}

fn badge(told: AssertionIssued, credential_sequence: i64) -> Badge {
    Badge {
        assertion_id: told.assertion_id,
        credential_sequence,
        assertion_sequence: told.sequence,
        open_badge_id: told.open_badge_id,
        page_url: told.page_url,
        image_url: told.image_url,
        revoked: false,
    }
}
