//! Makes the files of one request that are not there yet, and keeps them.

mod files;

use std::time::Instant;

use database::AnyConnection;
use model::Timestamp;

use self::files::{Files, make_missing, put};
use super::settle_verification::{mark, record_verification};
use crate::app::App;
use crate::domain::record::{Artifact, Warning};
use crate::domain::{Parsed, RenderRecord, RenderStatus, Standing, VerifiedCertificate};
use crate::engine::Priority;
use crate::error::Error;
use crate::store::renders::{self, Kept};
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
        files = make_missing(app, &parsed, wish.priority).await?;
    }
    let (timings, made) = (files.timings, Instant::now());
    let rendered = keep(app, &parsed, &before, files, Box::new(tell)).await?;
    if let Some(timings) = timings {
        app.figures.rendered(timings, made.elapsed());
    }
    // From here on the tables answer for it, whatever the store says.
    if let Err(error) = settle(app, &rendered.record, &before.verify_id).await {
        tracing::error!(%error, "the record of a render could not be settled");
    }
    Ok(rendered)
}

/// What was known of a render before it was made.
struct Before {
    now: Timestamp,
    verify_id: String,
    standing: Standing,
    /// What this render counts as.
    sequence: i64,
    was_deleted: bool,
}

impl Before {
    async fn look(app: &App, parsed: &Parsed, told: Option<i64>) -> Result<Self, Error> {
        let now = app.clock.now();
        let verify = parsed.request.data.verify.as_ref();
        let verify_id = verify.and_then(|verify| verify.id.clone()).unwrap_or_default();
        let (id, render_id) = (verify_id.clone(), parsed.render_id.clone());
        let (standing, was_deleted) = app
            .db
            .read(move |conn| {
                let standing = verifications::standing(conn, &id)?;
                Ok::<_, database::Error>((standing, renders::is_deleted(conn, &render_id)?))
            })
            .await?;
        let sequence = standing.sequence_of(told);
        Ok(Self { now, verify_id, standing, sequence, was_deleted })
    }

    fn is_withdrawn(&self) -> bool {
        self.standing.withdraws(self.sequence)
    }

    /// Whether somebody deleted the render while it was made.
    async fn is_deleted_meanwhile(&self, app: &App, render_id: &str) -> Result<bool, Error> {
        let id = render_id.to_owned();
        let is_deleted = app.db.read(move |conn| renders::is_deleted(conn, &id)).await?;
        Ok(is_deleted && !self.was_deleted)
    }
}

/// Keeps what was made. A render that was deleted meanwhile keeps nothing, and stays deleted.
async fn keep(
    app: &App,
    parsed: &Parsed,
    before: &Before,
    files: Files,
    tell: Tell,
) -> Result<Rendered, Error> {
    // Until the transaction names them, nobody may remove the objects.
    let _naming = app.naming.read().await;
    let is_deleted = before.is_deleted_meanwhile(app, &parsed.render_id).await?;
    let files = if is_deleted { Files::default() } else { files };
    let artifacts = put(app, &parsed.render_id, files.made).await?;
    let has_more = !artifacts.is_empty();
    let _alone = app.alone_with(&parsed.render_id).await;
    let state = State { is_withdrawn: is_deleted || before.is_withdrawn(), is_deleted };
    let record = write_record(app, parsed, before, state, (artifacts, files.warnings)).await?;
    let (record, names_more) = count(app, record, before, state, tell).await?;
    app.shown.forget(&record.render_id);
    Ok(Rendered { record, is_new: has_more && (names_more || files.replaces_lost) })
}

/// What a render has become while it was made.
#[derive(Clone, Copy)]
struct State {
    is_withdrawn: bool,
    is_deleted: bool,
}

/// Writes what the store says of a render: its record, and what its verification page shows.
async fn write_record(
    app: &App,
    parsed: &Parsed,
    before: &Before,
    state: State,
    (made, warnings): (Vec<Artifact>, Vec<Warning>),
) -> Result<RenderRecord, Error> {
    let id = &parsed.render_id;
    if !state.is_deleted {
        let certificate = VerifiedCertificate::of(id, &parsed.request, &app.public_base_url);
        records::save_certificate(&app.objects, &before.verify_id, &certificate).await?;
    }
    let new = RenderRecord::queued(id.clone(), &parsed.request, before.now.utc());
    let kept = records::render(&app.objects, id).await?;
    let mut record = merge(new, kept, made, warnings);
    if state.is_withdrawn {
        record.status = RenderStatus::Withdrawn;
    }
    records::save_render(&app.objects, &record).await?;
    Ok(record)
}

/// The transaction in which a render begins to count: the record as it may be seen, and whether the
/// render names a file that it did not name before.
async fn count(
    app: &App,
    record: RenderRecord,
    before: &Before,
    state: State,
    tell: Tell,
) -> Result<(RenderRecord, bool), Error> {
    let (verify_id, sequence, now) = (before.verify_id.clone(), before.sequence, before.now);
    app.db
        .write(move |conn| {
            let standing = verifications::hear_award(conn, &verify_id, sequence)?;
            let objects: Vec<_> = record.artifacts.iter().map(|each| &*each.sha256).collect();
            let (render_id, verify_id) = (&*record.render_id, &*verify_id);
            let kept = Kept { render_id, verify_id, sequence, objects: &objects };
            let names_more = !state.is_deleted && renders::keep(conn, &kept, now)?;
            accepted::forget(conn, render_id)?;
            let is_withdrawn = state.is_withdrawn || standing.withdraws(sequence);
            let record = if is_withdrawn { record.withdrawn() } else { record };
            tell(conn, &record, now)?;
            Ok((record, names_more))
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
async fn settle(app: &App, record: &RenderRecord, verify_id: &str) -> Result<(), Error> {
    if record.status == RenderStatus::Withdrawn {
        mark(app, &record.render_id, true).await?;
    }
    record_verification(app, verify_id).await
}
