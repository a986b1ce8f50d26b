//! What every action gets. There is no bus in it: what is told was saved first.

pub mod keys;

use std::sync::Arc;

use auth::Verifier;
use chassis::Clock;
use database::Db;
use files::Files;
use tokio::sync::Notify;
use web::csrf::Csrf;

use crate::{actions::issue_token::TokenIssuer, config::Settings, domain::link::LinkKey};

/// The running service. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub settings: Arc<Settings>,
    /// Believes trusted issuers, the service's operators, and tokens that it issued itself.
    pub verifier: Verifier,
    pub tokens: Arc<TokenIssuer>,
    pub files: Files,
    pub links: Arc<LinkKey>,
    /// How many jobs are done at a time: as many as configured, but fewer than there are threads
    /// that read, so that requests always find one.
    pub workers: usize,
    /// Rung when there is a new job.
    pub new_job: Arc<Notify>,
    /// What it asks of changes that come with cookies.
    pub csrf: Csrf,
    /// Without a slash at the end.
    pub public_base_url: Arc<str>,
}
