//! What every handler and every action gets.

mod figures;
mod shown;

use std::sync::Arc;

use anyhow::Context;
use auth::Verifier;
use bytes::Bytes;
use chassis::{Clock, RouteTable};
use database::Db;
use files::Files;
use tokio::sync::{Mutex, MutexGuard, RwLock, Semaphore};

use crate::config::Settings;
use crate::domain::ids::IdSecret;
use crate::engine::{Pool, Templates};
use crate::store::objects::Objects;

pub use figures::Figures;
pub use shown::Shown;

/// Locks that all renders share; two renders seldom meet at one.
const STRIPES: usize = 64;

/// The running service. It holds no bus: what has to be said goes through the outbox.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub verifier: Verifier,
    pub settings: Arc<Settings>,
    pub secret: Arc<IdSecret>,
    /// Without a slash at the end.
    pub public_base_url: Arc<str>,
    pub routes: Arc<RouteTable>,
    /// The API document as it is served.
    pub api_document: Bytes,
    pub objects: Objects,
    pub templates: Arc<Templates>,
    pub pool: Pool,
    /// Records as strangers may see them.
    pub shown: Shown,
    pub figures: Figures,
    /// Work that goes on when its caller is gone. It outlives the thread that answers a request.
    pub runtime: tokio::runtime::Handle,
    pub running: tokio_util::task::TaskTracker,
    /// How long that work may take to end after a stop was asked for.
    pub shutdown_timeout_s: u64,
    /// Held while requests with pictures are read: decoding takes memory and time.
    pub readers: Arc<Semaphore>,
    /// Shared while objects are put and named; alone while unnamed ones are removed.
    pub naming: Arc<RwLock<()>>,
    stripes: Arc<[Mutex<()>]>,
}

impl App {
    /// Starts the workers. Must be called inside a Tokio runtime.
    ///
    /// # Errors
    ///
    /// A sentence that names the setting at fault.
    pub fn start(
        settings: Settings,
        parts: &chassis::Parts,
        api: &utoipa::openapi::OpenApi,
    ) -> anyhow::Result<Self> {
        settings.check()?;
        let files = Files::open(&settings.store.files).context("store.url")?;
        let objects = Objects::new(files, settings.store.cache_bytes);
        let pool = Pool::start(&settings.pool()?);
        let readers = settings.worker_count() * 2;
        Ok(Self {
            db: parts.db.clone(),
            clock: parts.clock.clone(),
            verifier: parts.verifier.clone(),
            secret: Arc::new(settings.ids.secret.0.clone()),
            settings: Arc::new(settings),
            public_base_url: parts.public_base_url.as_str().into(),
            routes: Arc::new(RouteTable::of(api)),
            api_document: serde_json::to_vec(api)?.into(),
            objects,
            templates: Arc::new(Templates::bundled()),
            shown: Shown::default(),
            figures: Figures::of(pool.clone()),
            pool,
            runtime: tokio::runtime::Handle::current(),
            running: tokio_util::task::TaskTracker::new(),
            shutdown_timeout_s: parts.common.http.shutdown_timeout_s,
            readers: Arc::new(Semaphore::new(readers)),
            naming: Arc::default(),
            stripes: (0..STRIPES).map(|_| Mutex::default()).collect(),
        })
    }

    /// The same service, writing through another view of its database.
    #[must_use]
    pub fn with_db(&self, db: Db) -> Self {
        Self { db, ..self.clone() }
    }

    /// Held while the record of one render is read and written back.
    pub async fn alone_with(&self, render_id: &str) -> MutexGuard<'_, ()> {
        let sum: usize = render_id.bytes().map(usize::from).sum();
        self.stripes[sum % STRIPES].lock().await
    }

    /// Where a render's record is found, from the root of the service.
    pub fn record_path(render_id: &str) -> String {
        format!("/v1/renders/{render_id}")
    }
}
