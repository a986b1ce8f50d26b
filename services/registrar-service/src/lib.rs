//! The registrar: which school teaches what to whom, who of them may see it, and who of a
//! school's learners holds which credential.
//!
//! `http` takes requests apart, `actions` do them, `domain` has the rules, `store` the tables;
//! `events` is what other services tell it.

mod actions;
mod app;
mod config;
mod domain;
mod error;
mod events;
mod http;
mod store;

use std::sync::Arc;

use anyhow::Context;
use async_trait::async_trait;
use auth::KeyRing;
use chassis::{Parts, Service};
use database::Migrations;
use files::Files;
use futures_util::future::BoxFuture;
use messaging::Subscription;
use model::catalog::Catalog;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use web::csrf::Csrf;

use crate::{
    actions::issue_token::TokenIssuer,
    app::{App, keys},
    config::Settings,
};

/// The registrar's tables.
pub const TABLES: Migrations = Migrations {
    postgres: diesel_migrations::embed_migrations!("migrations/postgres"),
    sqlite: diesel_migrations::embed_migrations!("migrations/sqlite"),
};

/// Keeps the token that proves that a change was asked for by our own pages.
const CSRF_COOKIE: &str = "registrar_csrftoken";

/// The running registrar.
#[derive(Clone)]
pub struct RegistrarService(App);

#[async_trait]
impl Service for RegistrarService {
    const NAME: &'static str = "registrar-service";
    const ENV_PREFIX: &'static str = "REGISTRAR";
    const PURPOSE: &'static str =
        "Says who is enrolled in which program, and shows schools what their learners hold.";
    const DEFAULTS: &'static str = config::DEFAULTS;
    type Settings = Settings;

    fn tables() -> Migrations {
        TABLES
    }

    fn files(settings: &Settings) -> Option<files::Settings> {
        Some(settings.storage.place())
    }

    async fn start(settings: Settings, parts: Parts) -> anyhow::Result<Self> {
        settings.check()?;
        let files = Files::open(&settings.storage.place()).context("storage.url")?;
        parts.needs.add_files(&files).await;
        let token_keys = keys::of_tokens(&parts)?;
        let verifier = keys::verifier(&parts, &token_keys)?;
        let links = keys::of_links(&parts)?;
        let tokens = TokenIssuer::new(&settings.oauth, token_keys)?;
        let http = &parts.common.http;
        let csrf = Csrf::new(CSRF_COOKIE, &parts.public_base_url, &http.cors_origins);
        let spare_threads = parts.common.database.threads.saturating_sub(1).max(1);
        Ok(Self(App {
            workers: settings.jobs.workers.min(spare_threads),
            db: parts.db,
            clock: parts.clock,
            settings: Arc::new(settings),
            verifier,
            tokens: Arc::new(tokens),
            files,
            links: Arc::new(links),
            new_job: Arc::new(Notify::new()),
            csrf,
            public_base_url: parts.public_base_url.into(),
        }))
    }

    fn routes(&self, config: &mut actix_web::web::ServiceConfig) {
        http::routes(config, &self.0);
    }

    fn openapi() -> utoipa::openapi::OpenApi {
        http::openapi()
    }

    /// The service's own keys, and those of the tokens it gives to machine clients.
    fn key_rings(&self, parts: &Parts) -> Vec<KeyRing> {
        vec![parts.keys.clone(), self.0.tokens.keys().clone()]
    }

    fn subscription(&self) -> Option<Subscription> {
        Some(events::subscription(self.0.clone()))
    }

    fn background(&self, stop: &CancellationToken) -> Vec<BoxFuture<'static, ()>> {
        let worker = |_| -> BoxFuture<'static, ()> {
            Box::pin(actions::run_jobs::run_jobs(self.0.clone(), stop.clone()))
        };
        let mut work: Vec<_> = (0..self.0.workers).map(worker).collect();
        work.push(Box::pin(actions::purge::purge(self.0.clone(), stop.clone())));
        work
    }

    async fn import(&self, document: &str) -> anyhow::Result<String> {
        let catalog: Catalog =
            serde_json::from_str(document).context("the import document cannot be read")?;
        let done = actions::import_catalog::import_catalog(&self.0, catalog).await?;
        Ok(format!(
            "registrar-service: created or changed {} organizations, {} programs, {} learner \
             links and {} enrollments; created {} groups and {} users.",
            done.organizations,
            done.programs,
            done.learner_links,
            done.enrollments,
            done.groups,
            done.users
        ))
    }
}
