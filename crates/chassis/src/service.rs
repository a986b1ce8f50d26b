//! What chassis asks of a service.

use std::path::PathBuf;

use async_trait::async_trait;
use auth::{KeyRing, Verifier};
use database::{Db, Migrations};
use futures_util::future::BoxFuture;
use messaging::Subscription;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use crate::{Clock, health::Needs, settings::Common};

/// One of the services. A value of it is the running service's `App`; cloning it is cheap.
#[async_trait]
pub trait Service: Clone + Send + Sync + Sized + 'static {
    /// As in `badge-service`.
    const NAME: &'static str;
    /// What its environment variables begin with, as in `BADGE`.
    const ENV_PREFIX: &'static str;
    /// One sentence for people.
    const PURPOSE: &'static str;
    /// Its commented configuration: its own sections, and its values for the shared ones.
    const DEFAULTS: &'static str;
    /// What the paths begin with that browsers may read from any site, without credentials.
    const OPEN_TO_ALL_ORIGINS: &'static [&'static str] = &[];
    /// Its own sections.
    type Settings: DeserializeOwned + Send + Sync + 'static;

    /// Its tables.
    fn tables() -> Migrations;

    /// Where it keeps files, if it does.
    fn files(_settings: &Self::Settings) -> Option<files::Settings> {
        None
    }

    /// Makes the service from what it was told.
    async fn start(settings: Self::Settings, parts: Parts) -> anyhow::Result<Self>;

    /// Mounts its routes.
    fn routes(&self, config: &mut actix_web::web::ServiceConfig);

    /// Describes its routes.
    fn openapi() -> utoipa::openapi::OpenApi;

    /// The keys that others need to believe its tokens: its own, unless it has more.
    fn key_rings(&self, parts: &Parts) -> Vec<KeyRing> {
        vec![parts.keys.clone()]
    }

    /// What it wants to hear, if anything.
    fn subscription(&self) -> Option<Subscription>;

    /// Work beside requests; each future ends after `stop` at the latest.
    fn background(&self, stop: &CancellationToken) -> Vec<BoxFuture<'static, ()>>;

    /// Fills the service from an import document, and says what it did.
    async fn import(&self, document: &str) -> anyhow::Result<String>;
}

/// What chassis has ready for a service.
#[derive(Clone)]
pub struct Parts {
    pub db: Db,
    pub clock: Clock,
    /// The service's own keys.
    pub keys: KeyRing,
    /// Believes the trusted issuers, and the service's own tokens.
    pub verifier: Verifier,
    /// Without a slash at the end.
    pub public_base_url: String,
    pub keys_dir: PathBuf,
    /// What a probe finds missing.
    pub needs: Needs,
    pub common: Common,
}
