//! What every handler and every action gets.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use auth::Verifier;
use chassis::{Clock, RouteTable};
use database::Db;
use moka::sync::Cache;
use tokio::sync::Semaphore;
use web::{conditional::Tagged, csrf::Csrf};

use crate::{
    config::Settings,
    domain::{site::Site, user_credential::UserCredential},
    store::certificates::Remembered,
};
use model::Id;

/// How many hosts are remembered with their sites.
const REMEMBERED_HOSTS: u64 = 1000;

/// How long a host's site is remembered. Another process may change it, and nothing tells of that.
const HOST_REMEMBERED: Duration = Duration::from_secs(1);

/// How many callers may wait for previews at a time.
const WAITING_FOR_PREVIEWS: usize = 32;

/// How many callers are counted at a time.
const COUNTED_CALLERS: u64 = 100_000;

/// Keeps the token that proves that a change was asked for by our own pages.
const CSRF_COOKIE: &str = "credentials_csrftoken";

/// The running service. It holds no bus: what has to be said goes through the outbox.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub verifier: Verifier,
    pub settings: Arc<Settings>,
    /// Without a slash at the end.
    pub public_base_url: Arc<str>,
    /// What it asks of changes that come with cookies.
    pub csrf: Csrf,
    /// The site of imports and of the registrar's news, as it was at the start; and what pages show
    /// while the database cannot be asked for the site.
    pub default_site: Arc<Site>,
    pub routes: Arc<RouteTable>,
    pub pages: PublicPages,
    /// What configurations show.
    pub shown: Remembered,
    /// Whoever waits for a preview holds one of these: strangers may ask.
    pub waiting_for_previews: Arc<Semaphore>,
    /// Sites by the host of a request.
    pub sites: Cache<String, Arc<Site>>,
    /// Calls of this minute, by username. Each process counts its own.
    pub calls: Cache<String, Arc<CallCount>>,
}

/// The calls of one caller since the first of them.
#[derive(Debug)]
pub struct CallCount {
    pub since: Instant,
    pub calls: std::sync::atomic::AtomicU32,
}

/// Rendered certificate pages as strangers see them, by credential.
///
/// A page is kept only if nothing of it changed while it was being read and rendered: otherwise a
/// reader that was overtaken by a revocation would bring the old page back. Nothing tells what other
/// processes change, so a page is served only for a short life, which begins before its rows are
/// read.
#[derive(Clone)]
pub struct PublicPages {
    pages: Cache<Id<UserCredential>, Arc<PublicPage>>,
    changes: Arc<Changes>,
    life: Duration,
}

/// How often pages changed: each credential counts in one of the stripes.
struct Changes {
    stripes: [AtomicU64; STRIPES],
    all: AtomicU64,
}

/// Enough that the changes of one credential seldom keep another's page from being kept.
const STRIPES: usize = 1024;

/// When somebody began to read, and what was the newest change then.
#[derive(Debug, Clone, Copy)]
pub struct AsOf {
    at: Instant,
    changes: (u64, u64),
}

/// One page, ready to be sent.
#[derive(Debug)]
pub struct PublicPage {
    pub as_of: AsOf,
    pub site_id: i64,
    pub html: Tagged,
}

impl PublicPages {
    /// Keeps at most `pages`, each for `life`.
    pub fn new(pages: u64, life: Duration) -> Self {
        let pages = Cache::builder().max_capacity(pages).time_to_live(life).build();
        let stripes = std::array::from_fn(|_| AtomicU64::new(0));
        let changes = Arc::new(Changes { stripes, all: AtomicU64::new(0) });
        Self { pages, changes, life }
    }

    /// The page, if it is known.
    pub fn get(&self, id: Id<UserCredential>) -> Option<Arc<PublicPage>> {
        self.pages.get(&id).filter(|page| page.as_of.at.elapsed() < self.life)
    }

    /// To be asked before the page's rows are read.
    pub fn as_of(&self, id: Id<UserCredential>) -> AsOf {
        AsOf { at: Instant::now(), changes: self.changes(id) }
    }

    /// Remembers a page whose rows were read after its `as_of`.
    pub fn keep(&self, id: Id<UserCredential>, page: Arc<PublicPage>) {
        let before = page.as_of.changes;
        self.pages.insert(id, page);
        if self.changes(id) != before {
            self.pages.invalidate(&id);
        }
    }

    fn changes(&self, id: Id<UserCredential>) -> (u64, u64) {
        (self.stripe(id).load(SeqCst), self.changes.all.load(SeqCst))
    }

    /// Forgets the pages of credentials that changed. To be called after the commit.
    pub fn forget(&self, changed: impl IntoIterator<Item = Id<UserCredential>>) {
        for id in changed {
            self.stripe(id).fetch_add(1, SeqCst);
            self.pages.invalidate(&id);
        }
    }

    /// Forgets all pages: something changed that stands on many. To be called after the commit.
    pub fn forget_all(&self) {
        self.changes.all.fetch_add(1, SeqCst);
        self.pages.invalidate_all();
    }

    fn stripe(&self, id: Id<UserCredential>) -> &AtomicU64 {
        // The last bytes of a UUID are random.
        let [.., a, b] = *id.uuid().as_bytes();
        let index = usize::from(u16::from_be_bytes([a, b])) % STRIPES;
        self.changes.stripes.get(index).unwrap_or(&self.changes.all)
    }
}

impl App {
    /// The caches, empty.
    pub fn new(settings: Settings, parts: &chassis::Parts, site: Site, routes: RouteTable) -> Self {
        let pages = PublicPages::new(
            settings.pages.cached_pages,
            Duration::from_millis(settings.pages.cached_ms),
        );
        Self {
            db: parts.db.clone(),
            clock: parts.clock.clone(),
            verifier: parts.verifier.clone(),
            settings: Arc::new(settings),
            public_base_url: parts.public_base_url.as_str().into(),
            csrf: Csrf::new(CSRF_COOKIE, &parts.public_base_url, &parts.common.http.cors_origins),
            default_site: Arc::new(site),
            routes: Arc::new(routes),
            pages,
            shown: Remembered::default(),
            waiting_for_previews: Arc::new(Semaphore::new(WAITING_FOR_PREVIEWS)),
            sites: Cache::builder()
                .max_capacity(REMEMBERED_HOSTS)
                .time_to_live(HOST_REMEMBERED)
                .build(),
            calls: Cache::builder()
                .max_capacity(COUNTED_CALLERS)
                .time_to_live(Duration::from_secs(60))
                .build(),
        }
    }

    /// The same service, writing through another view of its database.
    #[must_use]
    pub fn with_db(&self, db: Db) -> Self {
        Self { db, ..self.clone() }
    }

    /// Scheme and host under which a site is found, without a slash at the end.
    pub fn base_url_of(&self, site: &Site) -> String {
        let (scheme, host) = self.public_base_url.split_once("://").unwrap_or(("https", ""));
        let is_default = site.domain == host || host.split(':').next() == Some(&site.domain);
        if is_default {
            self.public_base_url.to_string()
        } else {
            format!("{scheme}://{}", site.domain)
        }
    }

    /// The address of a credential's public page.
    pub fn page_url(&self, site: &Site, id: Id<UserCredential>) -> String {
        format!("{}/credentials/{}/", self.base_url_of(site), id.hex())
    }
}
