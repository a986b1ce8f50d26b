//! Tells the other services what they have not been told yet about credentials.

use database::{AnyConnection, Error};
use events::renderer::RenderJob;
use messaging::outbox;
use model::{Id, Timestamp};
use serde_json::Value;

use crate::{
    app::App,
    domain::{
        announcement::{self, Addresses, News, Say},
        certificate::Certificate,
        rendering::{self, Wanted},
        user_credential::{Status, UserCredential},
    },
    store::{
        self,
        certificates::{Gathering, Learned},
    },
};

/// How many credentials are looked at in one step. A document carries its pictures with it, and the
/// documents of one step are in memory together.
const STEP: usize = 100;

/// What is to be done once the change is committed.
#[derive(Default)]
#[must_use = "pages would be shown as they were"]
pub(super) struct AfterCommit {
    /// The credentials whose pages are to be forgotten.
    pages: Vec<Id<UserCredential>>,
    /// What configurations show, to be remembered.
    learned: Vec<Learned>,
}

impl AfterCommit {
    pub(super) fn extend(&mut self, other: Self) {
        self.pages.extend(other.pages);
        self.learned.extend(other.learned);
    }

    /// Forgets and remembers.
    pub(super) fn run(self, app: &App) {
        app.shown.keep(self.learned);
        app.pages.forget(self.pages);
    }
}

/// Whether somebody waits for the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    Interactive,
    Bulk,
}

/// Tells what is news about these credentials, in the transaction of their change, which holds
/// their learners.
///
/// This can be called after any change, since only news is told. A page counts as changed even
/// without news: whether it may be seen is not told.
pub(super) fn announce(
    conn: &mut AnyConnection,
    app: &App,
    credentials: Vec<UserCredential>,
    urgency: Urgency,
    now: Timestamp,
) -> Result<AfterCommit, Error> {
    let pages = credentials.iter().map(|each| each.uuid).collect();
    let mut gathering = Gathering::new(conn, &app.shown)?.with_pictures();
    let mut rest = credentials.into_iter().peekable();
    while rest.peek().is_some() {
        let step: Vec<UserCredential> = rest.by_ref().take(STEP).collect();
        let certificates = gathering.certificates(conn, step)?;
        let news = certificates.into_iter().filter_map(|each| news(app, each, now));
        tell(conn, news.collect(), urgency, now)?;
    }
    Ok(AfterCommit { pages, learned: gathering.learned() })
}

/// Tells what is news about everything that a learner was awarded: name or address changed.
pub(super) fn announce_all_of(
    conn: &mut AnyConnection,
    app: &App,
    username: &str,
    now: Timestamp,
) -> Result<AfterCommit, Error> {
    let (mut after, mut after_commit) = (0, AfterCommit::default());
    loop {
        let step = store::user_credentials::awarded_to(conn, username, after, STEP as i64)?;
        let Some(last) = step.last() else { return Ok(after_commit) };
        after = last.id;
        after_commit.extend(announce(conn, app, step, Urgency::Interactive, now)?);
    }
}

/// What is news about one credential.
fn news(app: &App, certificate: Certificate, now: Timestamp) -> Option<News> {
    let base = app.base_url_of(&certificate.site);
    let page = app.page_url(&certificate.site, certificate.credential.uuid);
    let is_wanted =
        app.settings.documents.enabled && certificate.credential.status == Status::Awarded;
    let document = if is_wanted {
        rendering::request(&certificate, Wanted::Document, &page, &app.settings.pages.language)
    } else {
        None
    };
    announcement::news(certificate, Addresses { base: &base, page: &page }, document, now)
}

/// Says it, and remembers that it was said.
fn tell(
    conn: &mut AnyConnection,
    news: Vec<News>,
    urgency: Urgency,
    now: Timestamp,
) -> Result<(), Error> {
    let (mut awarded, mut revoked) = (Vec::new(), Vec::new());
    let (mut told, mut jobs, mut undocumented) = (Vec::new(), Vec::new(), Vec::new());
    for News { told: credential, say } in news {
        match say {
            Say::Awarded(event, Some(request)) => {
                awarded.push(*event);
                jobs.push((credential.id, job(&credential, request, urgency)));
            }
            Say::Awarded(event, None) => {
                awarded.push(*event);
                undocumented.extend(credential.was_told_before().then_some(credential.id));
            }
            Say::Revoked(event) => {
                revoked.push(*event);
                undocumented.push(credential.id);
            }
        }
        told.push(credential);
    }
    store::user_credentials::save_told(conn, &told)?;
    outbox::append_all(conn, awarded, now)?;
    outbox::append_all(conn, revoked, now)?;
    store::documents::forget(conn, &undocumented)?;
    ask_for_documents(conn, jobs, now)
}

fn job(credential: &UserCredential, request: Value, urgency: Urgency) -> RenderJob {
    let sequence = credential.sequence;
    RenderJob {
        job_id: format!("credential:{}:{sequence}", credential.uuid.hex()),
        sequence: Some(sequence),
        bulk: urgency == Urgency::Bulk,
        request,
    }
}

fn ask_for_documents(
    conn: &mut AnyConnection,
    jobs: Vec<(i64, RenderJob)>,
    now: Timestamp,
) -> Result<(), Error> {
    let waiting: Vec<(i64, String)> =
        jobs.iter().map(|(credential, job)| (*credential, job.job_id.clone())).collect();
    store::documents::await_jobs(conn, &waiting, now)?;
    let jobs: Vec<RenderJob> = jobs.into_iter().map(|(_, job)| job).collect();
    outbox::request_all(conn, &jobs, now)
}
