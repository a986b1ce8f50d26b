//! What the registrar listens to: event → action, one line each.

use async_trait::async_trait;
use database::Db;
use events::{
    Event,
    credentials::{CredentialAwarded, CredentialRevoked, Of},
};
use messaging::{Handler, HandlerError, Message, Queue, Subscription};

use crate::{
    actions::note_credential::note_credential,
    app::App,
    domain::completion::{Achievement, LearnerCredential, Told},
    error::Error,
};

/// How many events are handled at a time.
const CONCURRENCY: u16 = 16;

/// What the service wants to hear.
pub fn subscription(app: App) -> Subscription {
    Subscription {
        consumer: "registrar-service",
        family: "registrar-service",
        queues: vec![Queue {
            name: "registrar-service",
            routing_keys: &[CredentialAwarded::TYPE, CredentialRevoked::TYPE],
            concurrency: CONCURRENCY,
        }],
        db: app.db.clone(),
        handler: std::sync::Arc::new(Listener(app)),
    }
}

struct Listener(App);

#[async_trait]
impl Handler for Listener {
    async fn handle(&self, message: Message, db: Db) -> Result<(), HandlerError> {
        let app = App { db, ..self.0.clone() };
        let news = match message.routing_key.as_str() {
            CredentialAwarded::TYPE => awarded(message.event()?.data),
            CredentialRevoked::TYPE => revoked(message.event()?.data),
            other => return Err(HandlerError::Reject(format!("nobody asked for {other}"))),
        };
        note_credential(&app, news).await.map_err(|error| match error {
            Error::Database(error) => error.into(),
            other => HandlerError::Retry(other.to_string()),
        })
    }
}

fn awarded(event: CredentialAwarded) -> LearnerCredential {
    LearnerCredential {
        uuid: event.credential_id,
        username: event.learner.username,
        achievement: achievement(event.achievement.of),
        public_url: event.public_url,
        awarded: Some(Told { sequence: event.sequence, at: event.issued_at }),
        revoked: None,
    }
}

fn revoked(event: CredentialRevoked) -> LearnerCredential {
    LearnerCredential {
        uuid: event.credential_id,
        username: event.learner.username,
        achievement: achievement(event.achievement.of),
        public_url: event.public_url,
        awarded: None,
        revoked: Some(Told { sequence: event.sequence, at: event.revoked_at }),
    }
}

fn achievement(of: Of) -> Achievement {
    match of {
        Of::Course { course_key, .. } => Achievement::Course { key: course_key },
        Of::Program { program_uuid, .. } => Achievement::Program { uuid: program_uuid },
    }
}
