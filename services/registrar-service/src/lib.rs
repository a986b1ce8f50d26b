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

use std::{fs, io, path::Path, sync::Arc};

use anyhow::Context;
use async_trait::async_trait;
use auth::{JwkSet, KeyKind, KeyRing, KeySource, TrustedIssuer, Verifier};
use chassis::{Parts, Service};
use database::Migrations;
use futures_util::future::BoxFuture;
use messaging::Subscription;
use model::catalog::Catalog;
use object_store::local::LocalFileSystem;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{actions::issue_token::TokenIssuer, app::App, config::Settings, domain::link::LinkKey};

/// The registrar's tables.
pub const TABLES: Migrations = Migrations {
    postgres: diesel_migrations::embed_migrations!("migrations/postgres"),
    sqlite: diesel_migrations::embed_migrations!("migrations/sqlite"),
};

/// The name of the key that signs machine clients' tokens, beside the service's own.
const TOKEN_KEY: &str = "registrar-service-tokens";

/// The file with the secret behind download links.
const LINK_KEY: &str = "registrar-service-links.key";

/// How often old jobs are looked for.
const PURGE_EVERY: std::time::Duration = std::time::Duration::from_secs(3600);

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

    async fn start(settings: Settings, parts: Parts) -> anyhow::Result<Self> {
        settings.check()?;
        let folder = &settings.storage.folder;
        fs::create_dir_all(folder)
            .with_context(|| format!("storage.folder {} cannot be made", folder.display()))?;
        let files = LocalFileSystem::new_with_prefix(folder)?;
        let token_keys = KeyRing::load_or_generate(&parts.keys_dir, TOKEN_KEY, KeyKind::Rsa)?;
        let verifier = verifier(&parts, &token_keys)?;
        let links = link_key(&parts.keys_dir.join(LINK_KEY))
            .with_context(|| format!("{LINK_KEY} cannot be read or made"))?;
        let tokens = TokenIssuer::new(&settings.oauth, token_keys)?;
        Ok(Self(App {
            db: parts.db,
            clock: parts.clock,
            settings: Arc::new(settings),
            verifier,
            tokens: Arc::new(tokens),
            files: Arc::new(files),
            links: Arc::new(links),
            new_job: Arc::new(Notify::new()),
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
    fn published_keys(&self, parts: &Parts) -> JwkSet {
        let mut set = parts.keys.public();
        set.keys.extend(self.0.tokens.keys().public().keys);
        set
    }

    fn subscription(&self) -> Option<Subscription> {
        Some(events::subscription(self.0.clone()))
    }

    fn background(&self, stop: &CancellationToken) -> Vec<BoxFuture<'static, ()>> {
        let worker = |_| -> BoxFuture<'static, ()> {
            Box::pin(actions::run_jobs::run_jobs(self.0.clone(), stop.clone()))
        };
        let mut work: Vec<_> = (0..self.0.settings.jobs.workers).map(worker).collect();
        work.push(Box::pin(purge(self.0.clone(), stop.clone())));
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

/// Believes whom the configuration names, and the service itself with both of its keys.
fn verifier(parts: &Parts, token_keys: &KeyRing) -> anyhow::Result<Verifier> {
    let mut issuers = Vec::new();
    for each in &parts.common.auth.trusted_issuers {
        issuers.push(each.trusted().map_err(anyhow::Error::msg)?);
    }
    let mut own = parts.keys.public();
    own.keys.extend(token_keys.public().keys);
    let me = &parts.public_base_url;
    issuers.push(TrustedIssuer::new(me, Some(me.clone()), KeySource::Static(own)));
    Ok(Verifier::new(issuers))
}

/// Reads the secret at `path`, or makes one there, readable by its owner alone.
fn link_key(path: &Path) -> io::Result<LinkKey> {
    use std::io::Write;

    let wrong_length = |_| io::Error::new(io::ErrorKind::InvalidData, "it must have 64 bytes");
    match fs::read(path) {
        Ok(bytes) => bytes.try_into().map(LinkKey::new).map_err(wrong_length),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let bytes: [u8; 64] = rand::random();
            let temporary = path.with_extension("new");
            let mut options = fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&temporary)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, path)?;
            Ok(LinkKey::new(bytes))
        }
        Err(error) => Err(error),
    }
}

async fn purge(app: App, stop: CancellationToken) {
    loop {
        match actions::purge_jobs::purge_jobs(&app).await {
            Ok(0) => {}
            Ok(purged) => tracing::info!(purged, "removed old jobs and their results"),
            Err(error) => tracing::warn!(%error, "old jobs could not be removed"),
        }
        match actions::purge_jobs::purge_unfinished_files(&app).await {
            Ok(0) => {}
            Ok(files) => tracing::info!(files, "removed what killed processes had begun"),
            Err(error) => tracing::warn!(%error, "unfinished files could not be removed"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PURGE_EVERY) => {}
        }
    }
}
