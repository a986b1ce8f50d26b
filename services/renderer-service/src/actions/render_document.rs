//! Makes the files of one request that are not there yet, and keeps them.

mod files;

use std::time::Instant;

use database::AnyConnection;
use futures_util::future::try_join;
use model::Timestamp;

use self::files::{Files, make_missing};
use super::delete_render::clear_leftovers;
use super::settle_verification::{Decision, mark_as_decided, record_decision, record_verification};
use crate::app::App;
use crate::domain::record::{Artifact, Warning};
use crate::domain::{Deletion, Parsed, RenderRecord, RenderStatus, Standing, VerifiedCertificate};
use crate::engine::Priority;
use crate::error::Error;
use crate::store::renders::{self, Keeping, Kept, Known};
use crate::store::{accepted, records, verifications};

pub(super) use self::files::there;

/// How a document is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// The version of the certificate that the caller speaks of, if it told one.
    pub sequence: Option<i64>,
    pub priority: Priority,
}

/// A request that was answered.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// As it is stored; a withdrawn render's is a tombstone.
    pub record: RenderRecord,
    /// Whether this brought a file that was not there. Of several who ask for the same at once,
    /// one brings it.
    pub is_new: bool,
}

/// What else the transaction does in which a render begins to count; it is told whether the render
/// may be seen.
type Tell = Box<
    dyn FnOnce(&mut AnyConnection, &RenderRecord, Timestamp) -> Result<(), database::Error> + Send,
>;

/// Makes a document and keeps it: first its objects, then its record, then the transaction that
/// makes it count and runs `tell`.
///
/// A request that news of a later withdrawal overtook ends withdrawn; no file of it can be seen.
///
/// # Errors
///
/// What rendering fails with, or that store or database cannot be reached. Nothing is told then.
pub async fn render_document(
    app: &App,
    parsed: Parsed,
    wish: Wish,
    tell: impl FnOnce(&mut AnyConnection, &RenderRecord, Timestamp) -> Result<(), database::Error>
    + Send
    + 'static,
) -> Result<Rendered, Error> {
    let before = Before::look(app, &parsed, wish.sequence).await?;
    let mut files = Files::default();
    if !before.is_withdrawn() {
        files = make_missing(app, &parsed, before.record.as_ref(), wish.priority).await?;
    }
    let (timings, made) = (files.timings, Instant::now());
    let kept = match keep(app, &parsed, &before, files, Box::new(tell)).await {
        // Told twice: the first time may have been cut off before it was settled.
        Err(error @ Error::Database(database::Error::AlreadyHandled)) => {
            mark_as_decided(app, &parsed.render_id).await?;
            record_verification(app, &before.verify_id).await?;
            return Err(error);
        }
        kept => kept?,
    };
    if let Some(timings) = timings {
        app.figures.rendered(timings, made.elapsed());
    }
    // From here on the tables answer for it, whatever the store says.
    if let Err(error) = settle(app, &kept, &before.verify_id).await {
        let render_id = kept.rendered.record.render_id.as_str();
        tracing::error!(render_id, %error, "not settled; if it was deleted, delete it again");
    }
    Ok(kept.rendered)
}

/// Why a render cannot be had, by its record.
pub(super) fn withdrawal(record: &RenderRecord) -> Option<Error> {
    match (record.status, record.deletion()) {
        (RenderStatus::Withdrawn, Some(_)) => Some(Error::Deleted),
        (RenderStatus::Withdrawn, None) => Some(Error::Withdrawn),
        _ => None,
    }
}

/// What was known of a render before it was made.
struct Before {
    now: Timestamp,
    verify_id: String,
    standing: Standing,
    /// The sequence that the caller told.
    told: Option<i64>,
    /// What this render counts as.
    sequence: i64,
    /// A deletion that still holds.
    deletion: Option<Deletion>,
    record: Option<RenderRecord>,
}

impl Before {
    async fn look(app: &App, parsed: &Parsed, told: Option<i64>) -> Result<Self, Error> {
        let now = app.clock.now();
        let verify = parsed.request.data.verify.as_ref();
        let verify_id = verify.and_then(|verify| verify.id.clone()).unwrap_or_default();
        let (id, render_id) = (verify_id.clone(), parsed.render_id.clone());
        let (standing, known, counts_as) = app
            .db
            .read(move |conn| {
                let standing = verifications::standing(conn, &id)?;
                let known = renders::known(conn, &render_id)?;
                let counts_as = renders::sequence(conn, &render_id)?;
                Ok::<_, database::Error>((standing, known, counts_as))
            })
            .await?;
        let record = records::render(&app.objects, &parsed.render_id).await?;
        // An old job that comes late asks for what a newer one may have brought back.
        let sequence = standing.sequence_of(told).max(counts_as.unwrap_or(0));
        let mut before = Self { now, verify_id, standing, told, sequence, deletion: None, record };
        before.deletion = before.deletion_that_holds(known);
        Ok(before)
    }

    fn is_withdrawn(&self) -> bool {
        self.deletion.is_some() || self.standing.withdraws(self.sequence)
    }

    /// The tables decide; where they know nothing, the tombstone in the store counts. News that a
    /// withdrawal overtook bring nothing back.
    fn deletion_that_holds(&self, known: Known) -> Option<Deletion> {
        let deletion = match known {
            Known::There => None,
            Known::Deleted(deletion) => Some(deletion),
            Known::Not => self.record.as_ref().and_then(RenderRecord::deletion),
        };
        let is_overtaken = self.standing.withdraws(self.sequence);
        deletion.filter(|deletion| is_overtaken || deletion.forbids(self.told))
    }

    /// The same once the document is made: somebody may have deleted it meanwhile.
    async fn deletion_by_now(&self, app: &App, render_id: &str) -> Result<Option<Deletion>, Error> {
        let id = render_id.to_owned();
        let known = app.db.read(move |conn| renders::known(conn, &id)).await?;
        Ok(self.deletion_that_holds(known))
    }
}

/// A request whose transaction is done.
struct Settling {
    rendered: Rendered,
    /// Digests of the objects that were put; absent, if nothing at all was written to the store.
    put: Option<Vec<String>>,
    /// What the tables now say of its number.
    decision: Decision,
}

/// Keeps what was made. A render that was deleted keeps nothing, and stays deleted.
async fn keep(
    app: &App,
    parsed: &Parsed,
    before: &Before,
    files: Files,
    tell: Tell,
) -> Result<Settling, Error> {
    // Until the transaction names them, nobody may remove the objects.
    let _naming = app.naming.read().await;
    let deletion = before.deletion_by_now(app, &parsed.render_id).await?;
    if deletion.is_some() {
        let record = new_record(parsed, before);
        let counted = count(app, record, before, deletion, tell).await?;
        let rendered = Rendered { record: counted.record, is_new: false };
        return Ok(Settling { rendered, put: None, decision: counted.decision });
    }
    let artifacts = files::put(app, &parsed.render_id, files.made).await?;
    let put: Vec<_> = artifacts.iter().map(|artifact| artifact.sha256.clone()).collect();
    let _alone = app.alone_with(&parsed.render_id).await;
    let kept = records::render(&app.objects, &parsed.render_id).await?;
    let record = merge(new_record(parsed, before), kept.clone(), artifacts, files.warnings);
    let record = if before.is_withdrawn() { record.withheld() } else { record };
    // A job that is told twice brings nothing new, while another process may be adding to the record.
    let is_news = kept.is_none_or(|kept| kept != record);
    let recorded = async { if is_news { write_record(app, &record).await } else { Ok(()) } };
    // Neither says anything of the other: they are flushed to disk side by side.
    try_join(recorded, write_certificate(app, parsed, before)).await?;
    let Counted { record, names_more, decision } = count(app, record, before, None, tell).await?;
    app.shown.forget(&record.render_id);
    let is_new = !put.is_empty() && (names_more || files.replaces_lost);
    Ok(Settling { rendered: Rendered { record, is_new }, put: Some(put), decision })
}

fn new_record(parsed: &Parsed, before: &Before) -> RenderRecord {
    RenderRecord::queued(parsed.render_id.clone(), &parsed.request, before.now.utc())
}

/// Writes what the verification page of a render shows.
async fn write_certificate(app: &App, parsed: &Parsed, before: &Before) -> Result<(), Error> {
    let certificate =
        VerifiedCertificate::of(&parsed.render_id, &parsed.request, &app.public_base_url);
    Ok(records::save_certificate(&app.objects, &before.verify_id, &certificate).await?)
}

/// Writes the record of a render, whose files are there.
async fn write_record(app: &App, record: &RenderRecord) -> Result<(), Error> {
    match record.status {
        // Another process may be bringing the document back: what it writes stays as it is, and is
        // marked as the tables say.
        RenderStatus::Withdrawn => records::save_new_render(&app.objects, record).await?,
        _ => records::save_render(&app.objects, record).await?,
    }
    Ok(())
}

/// A render that counts.
struct Counted {
    /// As it may be seen.
    record: RenderRecord,
    /// Whether the render names a file that it did not name before.
    names_more: bool,
    /// What the tables say of its number from then on.
    decision: Decision,
}

/// The transaction in which a render begins to count.
///
/// Another process may have deleted the render in this very moment; the transaction finds out.
async fn count(
    app: &App,
    record: RenderRecord,
    before: &Before,
    deletion: Option<Deletion>,
    tell: Tell,
) -> Result<Counted, Error> {
    let (verify_id, now) = (before.verify_id.clone(), before.now);
    let (sequence, told, was_withdrawn) = (before.sequence, before.told, before.is_withdrawn());
    app.db
        .write(move |conn| {
            let standing = verifications::hear_award(conn, &verify_id, sequence)?;
            accepted::forget(conn, &record.render_id)?;
            let is_withdrawn = was_withdrawn || standing.withdraws(sequence);
            let objects: Vec<_> = record.artifacts.iter().map(|each| &*each.sha256).collect();
            let (render_id, told) = (&*record.render_id, told.filter(|_| !is_withdrawn));
            let kept = Kept { render_id, verify_id: &verify_id, sequence, told, objects: &objects };
            let kept = match deletion {
                None => renders::keep(conn, &kept, now)?,
                Some(deletion) => Keeping::Deleted(deletion),
            };
            let (record, names_more) = match kept {
                Keeping::Deleted(deletion) => (record.deleted(deletion), false),
                Keeping::Kept { names_more } if is_withdrawn => (record.withdrawn(), names_more),
                Keeping::Kept { names_more } => (record, names_more),
            };
            tell(conn, &record, now)?;
            let decision = Decision::read(conn, &verify_id)?;
            Ok(Counted { record, names_more, decision })
        })
        .await
}

/// The record with what was made now and what was kept before.
fn merge(
    new: RenderRecord,
    kept: Option<RenderRecord>,
    made: Vec<Artifact>,
    warnings: Vec<Warning>,
) -> RenderRecord {
    let Some(kept) = kept else { return new.done(made, warnings) };
    let mut artifacts = kept.artifacts;
    artifacts.retain(|old| made.iter().all(|new| new.output != old.output));
    artifacts.extend(made);
    artifacts.sort_by_key(|artifact| artifact.output);
    let warnings = if warnings.is_empty() { kept.warnings } else { warnings };
    RenderRecord { created_at: kept.created_at, ..new.done(artifacts, warnings) }
}

/// The transaction may have found a withdrawal that came while the document was made.
async fn settle(app: &App, kept: &Settling, verify_id: &str) -> Result<(), Error> {
    let record = &kept.rendered.record;
    match (record.status, record.deletion()) {
        (RenderStatus::Withdrawn, Some(deletion)) => {
            clear_leftovers(app, &record.render_id, deletion, kept.put.as_deref()).await?;
        }
        (RenderStatus::Withdrawn, None) => mark_as_decided(app, &record.render_id).await?,
        _ => {}
    }
    record_decision(app, verify_id, kept.decision.clone()).await
}
