//! badge-service: issuers, badge classes and assertions, as Open Badges 2.0.
//!
//! [`http`] and [`events`] are what comes in, [`actions`] what then happens, [`domain`] whether it
//! may, [`store`] how it is kept, [`pages`] what people see.

pub mod actions;
pub mod app;
pub mod config;
pub mod domain;
pub mod error;
pub mod events;
pub mod http;
pub mod pages;
pub mod store;

use anyhow::Context;
use async_trait::async_trait;
use chassis::{Parts, RouteTable, Service};
use database::Migrations;
use futures_util::future::BoxFuture;
use messaging::Subscription;
use tokio_util::sync::CancellationToken;

use app::App;

/// This service's tables.
pub const TABLES: Migrations = Migrations {
    postgres: diesel_migrations::embed_migrations!("migrations/postgres"),
    sqlite: diesel_migrations::embed_migrations!("migrations/sqlite"),
};

/// The running service. Cheap to clone.
#[derive(Clone)]
pub struct BadgeService(App);

#[async_trait]
impl Service for BadgeService {
    const NAME: &'static str = "badge-service";
    const ENV_PREFIX: &'static str = "BADGE";
    const PURPOSE: &'static str = "Issues Open Badges, and shows and proves them to everybody.";
    const DEFAULTS: &'static str = config::DEFAULTS;
    const OPEN_TO_ALL_ORIGINS: &'static [&'static str] = &["/public/", "/media/"];
    type Settings = config::Settings;

    fn tables() -> Migrations {
        TABLES
    }

    fn files(settings: &config::Settings) -> Option<files::Settings> {
        Some(settings.storage.place())
    }

    async fn start(settings: config::Settings, parts: Parts) -> anyhow::Result<Self> {
        // Reading the built-in fonts takes a moment.
        let needs = parts.needs.clone();
        let start = tokio::task::spawn_blocking(move || {
            App::start(settings, parts, RouteTable::of(&Self::openapi()))
        });
        let app = start.await.context("the start broke off")??;
        needs.add_files(app.pictures.files()).await;
        Ok(Self(app))
    }

    fn routes(&self, config: &mut actix_web::web::ServiceConfig) {
        http::mount(config, &self.0);
    }

    fn openapi() -> utoipa::openapi::OpenApi {
        http::document()
    }

    fn subscription(&self) -> Option<Subscription> {
        Some(events::subscription(self.0.clone()))
    }

    fn background(&self, _stop: &CancellationToken) -> Vec<BoxFuture<'static, ()>> {
        Vec::new()
    }

    async fn import(&self, document: &str) -> anyhow::Result<String> {
        let summary = actions::import_document::import_document(&self.0, document).await?;
        Ok(summary.to_string())
    }
}
