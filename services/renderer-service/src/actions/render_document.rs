//! Makes the files of one request that are not there yet, and keeps them.

use std::time::Instant;

use bytes::Bytes;
use chrono::SubsecRound;
use database::AnyConnection;
use futures_util::future::try_join_all;
use model::Timestamp;

use super::settle_verification::{mark, record_verification};
use crate::app::App;
use crate::domain::record::{Artifact, Warning};
use crate::domain::{Fault, FaultCode, Output, Parsed, RenderRecord, RenderStatus, Standing};
use crate::engine::{Job, Priority};
use crate::error::Error;
use crate::store::{accepted, records, renders, verifications};

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
    /// Whether any file had to be made.
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
    let now = app.clock.now();
    let mut record =
        RenderRecord::queued(parsed.render_id.clone(), &parsed.request, now.utc().trunc_subsecs(0));
    let verify_id = record.verify.as_ref().map(|verify| verify.id.clone()).unwrap_or_default();
    let standing = standing(app, &verify_id).await?;
    let was_deleted = is_deleted(app, &parsed.render_id).await?;
    let sequence = standing.sequence_of(wish.sequence);
    let files = if standing.withdraws(sequence) {
        Files::default()
    } else {
        make_missing(app, &parsed, wish.priority).await?
    };
    let is_new = !files.made.is_empty();

    let stored = Instant::now();
    // Until the transaction names them, nobody may remove the objects.
    let naming = app.naming.read().await;
    let is_deleted = !was_deleted && is_deleted(app, &parsed.render_id).await?;
    let made = if is_deleted { Vec::new() } else { files.made };
    let made = store(app, &parsed.render_id, made).await?;
    let alone = app.alone_with(&parsed.render_id).await;
    let kept = records::render(&app.objects, &parsed.render_id).await?;
    let is_withdrawn = is_deleted || standing.withdraws(sequence);
    record = merge(record, kept, made, files.warnings);
    record.status = if is_withdrawn { RenderStatus::Withdrawn } else { RenderStatus::Done };
    records::save_render(&app.objects, &record).await?;
    let (row, tell): (_, Tell) = (record.clone(), Box::new(tell));
    let id = verify_id.clone();
    let record = app
        .db
        .write(move |conn| {
            let standing = verifications::hear_award(conn, &id, sequence)?;
            let objects: Vec<_> = row.artifacts.iter().map(|each| each.sha256.clone()).collect();
            if !is_deleted {
                renders::keep(conn, &row.render_id, &id, sequence, &objects)?;
            }
            accepted::forget(conn, &row.render_id)?;
            let row =
                if is_withdrawn || standing.withdraws(sequence) { row.withdrawn() } else { row };
            tell(conn, &row, now)?;
            Ok::<_, Error>(row)
        })
        .await?;
    app.shown.forget(&record.render_id);
    drop(alone);
    drop(naming);
    if let Some(timings) = files.timings {
        app.figures.rendered(timings, stored.elapsed());
    }
    // From here on the tables answer for it, whatever the store says.
    if let Err(error) = settle(app, &record, &verify_id).await {
        tracing::error!(%error, "the record of a render could not be settled");
    }
    Ok(Rendered { record, is_new })
}

/// The transaction may have found a withdrawal that came while the document was made.
async fn settle(app: &App, record: &RenderRecord, verify_id: &str) -> Result<(), Error> {
    if record.status == RenderStatus::Withdrawn {
        mark(app, &record.render_id, true).await?;
    }
    record_verification(app, verify_id).await
}

/// What a run of the engine brought.
#[derive(Default)]
struct Files {
    made: Vec<(Output, Vec<u8>)>,
    warnings: Vec<Warning>,
    timings: Option<crate::engine::job::Timings>,
}

/// Runs the engine for those outputs whose files are not there.
async fn make_missing(app: &App, parsed: &Parsed, priority: Priority) -> Result<Files, Error> {
    let mut request = parsed.request.clone();
    for output in outputs_there(app, &parsed.render_id).await? {
        request.outputs.remove(&output);
    }
    if request.outputs.is_empty() {
        return Ok(Files::default());
    }
    let gone = || Fault::new(FaultCode::TemplateError, "the template is gone");
    let package = app.templates.package(&request.template).ok_or_else(gone)?;
    let conformance = app.settings.pdf.conformance;
    let job = Job { request, package, pictures: parsed.pictures.clone(), conformance };
    let artifacts = app.pool.render(job, priority).await.inspect_err(|fault| {
        app.figures.failed(fault);
    })?;
    let warnings = parsed.warnings.iter().cloned().chain(artifacts.warnings).collect();
    Ok(Files { made: artifacts.files, warnings, timings: Some(artifacts.timings) })
}

/// The outputs of a render whose files are there.
pub(super) async fn outputs_there(app: &App, render_id: &str) -> Result<Vec<Output>, Error> {
    let kept = records::render(&app.objects, render_id).await?;
    let mut there = Vec::new();
    for artifact in kept.map_or(Vec::new(), |record| record.artifacts) {
        if app.objects.has(&artifact.sha256, artifact.bytes).await? {
            there.push(artifact.output);
        }
    }
    Ok(there)
}

/// Puts files into the store and describes them.
async fn store(
    app: &App,
    render_id: &str,
    files: Vec<(Output, Vec<u8>)>,
) -> Result<Vec<Artifact>, Error> {
    let puts = files.into_iter().map(|(output, file)| async move {
        let filename = output.filename(&app.settings.pdf.filename);
        let url = artifact_url(&app.public_base_url, render_id, &filename);
        let artifact = Artifact::of(output, &file, filename, url);
        app.objects.put(Bytes::from(file)).await?;
        Ok::<_, Error>(artifact)
    });
    try_join_all(puts).await
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

async fn standing(app: &App, verify_id: &str) -> Result<Standing, Error> {
    let id = verify_id.to_owned();
    Ok(app.db.read(move |conn| verifications::standing(conn, &id)).await?)
}

async fn is_deleted(app: &App, render_id: &str) -> Result<bool, Error> {
    let id = render_id.to_owned();
    Ok(app.db.read(move |conn| renders::is_deleted(conn, &id)).await?)
}

/// Where a file is served.
fn artifact_url(base: &str, render_id: &str, filename: &str) -> String {
    let path = [App::record_path(render_id), "artifacts".to_owned()].join("/");
    let mut url = format!("{base}{path}/");
    for byte in filename.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::artifact_url;

    #[test]
    fn an_address_has_no_character_that_an_address_cannot_have() {
        let url = artifact_url("https://certs.example.org", "ab12", "Zertifikat für alle.pdf");
        assert_eq!(
            url,
            "https://certs.example.org/v1/renders/ab12/artifacts/Zertifikat%20f%C3%BCr%20alle.pdf"
        );
    }
}
