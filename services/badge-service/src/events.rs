//! What the service listens to: event → action, one line each.

use std::sync::Arc;

use async_trait::async_trait;
use database::Db;
use events::{
    Event,
    credentials::{CredentialAwarded, CredentialRevoked},
};
use messaging::{Handler, HandlerError, Message, Queue, Subscription};

use crate::{
    actions::{award_badge::award_badge, revoke_badge::revoke_badge},
    app::App,
    error::Error,
};

/// How many events are handled at a time.
const CONCURRENCY: u16 = 16;

/// What the service wants to hear.
pub fn subscription(app: App) -> Subscription {
    Subscription {
        consumer: "badge-service",
        family: "badge-service",
        queues: vec![Queue {
            name: "badge-service",
            routing_keys: &[CredentialAwarded::TYPE, CredentialRevoked::TYPE],
            concurrency: CONCURRENCY,
        }],
        db: app.db.clone(),
        handler: Arc::new(Listener(app)),
    }
}

struct Listener(App);

#[async_trait]
impl Handler for Listener {
    async fn handle(&self, message: Message, db: Db) -> Result<(), HandlerError> {
        let app = App { db, ..self.0.clone() };
        let done = match message.routing_key.as_str() {
            CredentialAwarded::TYPE => award_badge(&app, message.event()?.data).await,
            CredentialRevoked::TYPE => revoke_badge(&app, message.event()?.data).await,
            other => return Err(HandlerError::Reject(format!("nobody asked for {other}"))),
        };
        done.map_err(|error| match error {
            Error::Database(error) => error.into(),
            Error::Key(error) => HandlerError::Reject(error.to_string()),
            other => HandlerError::Retry(other.to_string()),
        })
    }
}
