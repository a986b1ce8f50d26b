//! A running service, as its clients meet it.

use std::sync::Arc;

use auth::Claims;
use chassis::{Assembly, Parts, Service, configuration::Configuration};
use database::Db;
use events::{Envelope, Event};
use messaging::{HandlerError, Message, inbox, outbox};
use model::{Id, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{Client, Lms, TestDatabase};

/// A service on a port of its own, with a database of its own, trusting [`Lms`].
///
/// It has no bus: what it says stays in its outbox, to be looked at; what it should hear is told by
/// [`TestApp::hears`].
pub struct TestApp<S: Service> {
    pub service: S,
    pub parts: Parts,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    pub database: Arc<TestDatabase>,
    /// What [`TestApp::start_with`] was given.
    toml: String,
    stop: CancellationToken,
}

impl<S: Service> TestApp<S> {
    /// Starts the service with its defaults.
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// Starts the service with TOML laid over the test's configuration. `{folder}` in it is
    /// replaced by a folder of the test's own.
    pub async fn start_with(toml: &str) -> Self {
        Self::start_on(Arc::new(TestDatabase::create()), None, toml).await
    }

    /// Starts the same service once more on the same database and folder, as behind a proxy that
    /// spreads requests: its public address is the first one's.
    pub async fn another(&self) -> Self {
        self.another_with(&self.toml).await
    }

    /// The same with other TOML than the first one's.
    pub async fn another_with(&self, toml: &str) -> Self {
        Self::start_on(Arc::clone(&self.database), Some(&self.url), toml).await
    }

    async fn start_on(database: Arc<TestDatabase>, public_url: Option<&str>, toml: &str) -> Self {
        let folder = database.folder().display().to_string();
        let keys = serde_json::to_string(&Lms::public_keys()).expect("keys are JSON");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address");
        drop(listener);
        let url = format!("http://{address}");
        let public_url = public_url.unwrap_or(&url);
        let base = format!(
            "[http]\nlisten = \"{address}\"\npublic_base_url = \"{public_url}\"\nthreads = 1\n\
             [database]\nurl = \"{}\"\nthreads = 2\n\
             [auth]\nkeys_dir = \"{folder}/keys\"\n\
             trusted_issuers = [{{ issuer = \"{}\", jwks = '''{keys}''' }}]\n",
            database.url(),
            Lms::ISSUER,
        );
        let configuration = Configuration::defaults(S::ENV_PREFIX, S::DEFAULTS)
            .and_then(|defaults| defaults.with_text(&base, "test"))
            .and_then(|base| base.with_text(&toml.replace("{folder}", &folder), "this test"))
            .expect("the test's configuration is right");
        let mut assembly = Assembly::apart();
        let started = assembly.add::<S>(&configuration).await.expect("the service starts");
        let stop = assembly.stop();
        tokio::spawn(assembly.run());
        let (service, parts) = (started.service, started.parts);
        Self { service, parts, url, database, toml: toml.to_owned(), stop }
    }

    /// A client without a token.
    pub fn anonymous(&self) -> Client {
        Client::anonymous(&self.url)
    }

    /// A client whose token the LMS signed with these claims.
    pub fn caller(&self, claims: &Claims) -> Client {
        self.anonymous().with_token(Lms::token(claims))
    }

    /// The LMS's own account: an administrator.
    pub fn administrator(&self) -> Client {
        self.caller(&Claims { administrator: Some(true), ..Lms::claims("lms_worker") })
    }

    /// Somebody without any rights.
    pub fn nobody(&self) -> Client {
        self.caller(&Lms::claims("nobody"))
    }

    /// The service's database.
    pub fn db(&self) -> &Db {
        &self.parts.db
    }

    /// The events of one type that the service has said, oldest first.
    pub async fn said<E: Event>(&self) -> Vec<E> {
        let envelopes = self.said_as::<Envelope<E>>(E::TYPE).await;
        envelopes.into_iter().map(|envelope| envelope.data).collect()
    }

    /// The messages under one routing key, oldest first.
    pub async fn said_as<T: DeserializeOwned>(&self, routing_key: &str) -> Vec<T> {
        let key = routing_key.to_owned();
        let bodies: Result<Vec<Value>, database::Error> =
            self.db().read(move |conn| outbox::said(conn, &key)).await;
        let bodies = bodies.expect("the outbox can be read");
        bodies
            .into_iter()
            .map(|body| serde_json::from_value(body).expect("the message has its type"))
            .collect()
    }

    /// Tells the service an event, once.
    ///
    /// # Errors
    ///
    /// What the service's handler answers.
    pub async fn hears<E: Event>(&self, event: E) -> Result<(), HandlerError> {
        self.receives(&self.message(event)).await
    }

    /// The message that would bring `event`.
    pub fn message<E: Event>(&self, event: E) -> Message {
        let id = Id::<Message>::fresh();
        let envelope = Envelope::new(id.uuid(), Timestamp::now(), None, event);
        let body = serde_json::to_value(envelope).expect("an event is JSON");
        Message { id, routing_key: E::TYPE.to_owned(), body, traceparent: None, attempt: 1 }
    }

    /// Delivers a message, as the bus would.
    ///
    /// # Errors
    ///
    /// What the service's handler answers.
    pub async fn receives(&self, message: &Message) -> Result<(), HandlerError> {
        let subscription = self.service.subscription().expect("the service listens");
        assert!(
            subscription.hears(&message.routing_key),
            "{} does not listen to {}",
            S::NAME,
            message.routing_key
        );
        let guard = inbox::guard(subscription.consumer, message, Timestamp::now);
        subscription.handler.handle(message.clone(), subscription.db.guarded(guard)).await
    }
}

impl<S: Service> Drop for TestApp<S> {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
