//! `renderer-service`: turns structured data into documents.
//!
//! It decides nothing about who earned what. [`domain`] reads requests and knows ids and records,
//! [`engine`] sets and exports documents in worker processes, the rest keeps and serves them.

pub mod actions;
pub mod app;
pub mod config;
pub mod domain;
pub mod engine;
pub mod error;
pub mod events;
pub mod http;
pub mod pages;
pub mod store;

use std::time::Duration;

use async_trait::async_trait;
use chassis::{Parts, Service};
use database::Migrations;
use futures_util::future::BoxFuture;
use messaging::Subscription;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::Settings;

/// How often the figures of the workers are brought up to date.
const FIGURES: Duration = Duration::from_secs(1);

/// The service that renders documents.
#[derive(Clone)]
pub struct RendererService {
    pub app: App,
}

/// Becomes one of the service's workers if the command line says so; call it first in `main`.
///
/// Returns how the worker ended, or nothing in any other process.
pub fn run_worker_if_asked() -> Option<anyhow::Result<()>> {
    engine::worker::become_worker_if_asked().map(|code| match code {
        0 => Ok(()),
        code => Err(anyhow::anyhow!("the render worker ended with code {code}")),
    })
}

#[async_trait]
impl Service for RendererService {
    const NAME: &'static str = "renderer-service";
    const ENV_PREFIX: &'static str = "RENDERER";
    const PURPOSE: &'static str = "Makes certificates as PDF documents and pictures, and takes them back when they no longer count.";
    const DEFAULTS: &'static str = config::DEFAULTS;
    type Settings = Settings;

    fn tables() -> Migrations {
        store::TABLES
    }

    fn files(settings: &Settings) -> Option<files::Settings> {
        Some(settings.store.files.clone())
    }

    async fn start(settings: Settings, parts: Parts) -> anyhow::Result<Self> {
        let app = App::start(settings, &parts, &Self::openapi())?;
        parts.needs.require_files(app.objects.files()).await;
        Ok(Self { app })
    }

    fn routes(&self, config: &mut actix_web::web::ServiceConfig) {
        http::mount(config, &self.app);
    }

    fn openapi() -> utoipa::openapi::OpenApi {
        http::document()
    }

    fn subscription(&self) -> Option<Subscription> {
        Some(events::subscription(&self.app))
    }

    fn background(&self, stop: &CancellationToken) -> Vec<BoxFuture<'static, ()>> {
        let (promises, figures, end) = (self.app.clone(), self.app.clone(), self.app.clone());
        let (stop_promises, stop_figures, stop) = (stop.clone(), stop.clone(), stop.clone());
        vec![
            Box::pin(async move {
                // What is not kept by then is kept after the next start.
                stop_promises.run_until_cancelled(actions::keep_promises(promises)).await;
            }),
            Box::pin(async move {
                while !stop_figures.is_cancelled() {
                    figures.figures.observe_pool();
                    stop_figures.run_until_cancelled(tokio::time::sleep(FIGURES)).await;
                }
            }),
            Box::pin(async move {
                stop.cancelled().await;
                end.running.close();
                let patience = Duration::from_secs(end.shutdown_timeout_s);
                if tokio::time::timeout(patience, end.running.wait()).await.is_err() {
                    tracing::warn!("documents were still being made at the end");
                }
            }),
        ]
    }

    async fn import(&self, _document: &str) -> anyhow::Result<String> {
        Ok("renderer-service keeps nothing of an import.".to_owned())
    }
}
