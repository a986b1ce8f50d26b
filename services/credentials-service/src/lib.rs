//! credentials-service: the source of truth for who has been awarded what.
//!
//! It keeps awards and how they are shown, serves the public certificate page, and tells the other
//! services, which make the document and the badge.

mod actions;
mod app;
mod config;
mod domain;
mod error;
mod events;
mod http;
mod pages;
mod store;

use async_trait::async_trait;
use chassis::{Parts, RouteTable, Service};
use database::Migrations;
use futures_util::future::BoxFuture;
use messaging::Subscription;
use model::catalog::Catalog;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// The service's tables.
pub const TABLES: Migrations = Migrations {
    postgres: diesel_migrations::embed_migrations!("migrations/postgres"),
    sqlite: diesel_migrations::embed_migrations!("migrations/sqlite"),
};

/// The running service.
#[derive(Clone)]
pub struct CredentialsService(App);

#[async_trait]
impl Service for CredentialsService {
    const NAME: &'static str = "credentials-service";
    const ENV_PREFIX: &'static str = "CREDENTIALS";
    const PURPOSE: &'static str = "Records who has been awarded what, and shows it to the world.";
    const DEFAULTS: &'static str = config::DEFAULTS;
    const OPEN_TO_ALL_ORIGINS: &'static [&'static str] = &["/api/v1/credentials/"];
    type Settings = config::Settings;

    fn tables() -> Migrations {
        TABLES
    }

    async fn start(settings: Self::Settings, parts: Parts) -> anyhow::Result<Self> {
        let site = actions::prepare(&parts.db, &settings, &parts.public_base_url).await?;
        Ok(Self(App::new(settings, &parts, site, RouteTable::of(&Self::openapi()))))
    }

    fn routes(&self, config: &mut actix_web::web::ServiceConfig) {
        http::mount(config, &self.0);
    }

    fn openapi() -> utoipa::openapi::OpenApi {
        <http::ApiDocument as utoipa::OpenApi>::openapi()
    }

    fn subscription(&self) -> Option<Subscription> {
        Some(events::subscription(Self::NAME, &self.0))
    }

    fn background(&self, _: &CancellationToken) -> Vec<BoxFuture<'static, ()>> {
        Vec::new()
    }

    async fn import(&self, document: &str) -> anyhow::Result<String> {
        let catalog: Catalog = serde_json::from_str(document)?;
        let done = actions::import_catalog(&self.0, self.0.default_site.id, catalog).await?;
        Ok(format!(
            "Imported {} organizations, {} programs, {} courses, {} course runs, {} people.",
            done.organizations, done.programs, done.courses, done.course_runs, done.people
        ))
    }
}
