//! What every action gets. There is no bus in it: what is told was saved first.

pub mod documents;
pub mod freshness;
pub mod pictures;

use std::sync::Arc;

use anyhow::Context;
use auth::Verifier;
use chassis::{Clock, Parts, RouteTable};
use database::Db;
use files::Files;

use crate::{
    config::Settings,
    domain::{
        entity_id::EntityId,
        origin::{Kind, Origin},
        profile::Defaults,
    },
};
use documents::Documents;
use pictures::Pictures;

/// The running service. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub settings: Arc<Settings>,
    pub verifier: Verifier,
    /// What all public addresses begin with.
    pub origin: Arc<Origin>,
    /// What issuers have when nobody says otherwise.
    pub defaults: Arc<Defaults>,
    /// Which methods which paths answer.
    pub routes: Arc<RouteTable>,
    /// Public documents, as they were last served.
    pub documents: Documents,
    pub pictures: Pictures,
}

impl App {
    /// Makes the service from what it was told.
    ///
    /// # Errors
    ///
    /// If a setting makes no sense, or the place of pictures cannot be opened.
    pub fn start(settings: Settings, parts: Parts, routes: RouteTable) -> anyhow::Result<Self> {
        let origin = Origin::try_from(parts.public_base_url.clone())
            .with_context(|| format!("http.public_base_url is {:?}", parts.public_base_url))?;
        settings.check(&origin)?;
        let defaults = settings.issuer_defaults(&origin)?;
        let files = Files::open(&settings.storage.place()).context("storage.url")?;
        let pictures = Pictures::new(files, settings.cache.picture_bytes);
        Ok(Self {
            db: parts.db,
            clock: parts.clock,
            verifier: parts.verifier,
            routes: Arc::new(routes),
            documents: Documents::new(&settings.cache),
            pictures,
            origin: Arc::new(origin),
            defaults: Arc::new(defaults),
            settings: Arc::new(settings),
        })
    }

    /// The page for people: of the operator's own front end, or else of this service.
    pub fn page_url(&self, kind: Kind, id: EntityId) -> String {
        match self.settings.public.pages_url.trim_end_matches('/') {
            "" => self.origin.page(kind, id),
            elsewhere => format!("{elsewhere}/{}/{id}", kind.segment()),
        }
    }
}
