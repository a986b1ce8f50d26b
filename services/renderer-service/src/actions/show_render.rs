//! What strangers and callers see of a render.

use std::sync::Arc;

use bytes::Bytes;

use super::render_document::withdrawal;
use crate::app::App;
use crate::domain::record::Artifact;
use crate::domain::{RenderRecord, RenderStatus};
use crate::error::Error;
use crate::store::renders::Visibility;
use crate::store::{records, renders};

/// The record of a render; a withdrawn one's is a tombstone.
///
/// # Errors
///
/// If there is no such render, or the database or the store cannot be reached.
pub async fn show_render(app: &App, render_id: &str) -> Result<Arc<RenderRecord>, Error> {
    if !is_render_id(render_id) {
        return Err(Error::NoSuch("render"));
    }
    if let Some(record) = app.shown.get(render_id) {
        return Ok(record);
    }
    let changes = app.shown.changes();
    let record = records::render(&app.objects, render_id).await?;
    let mut record = record.ok_or(Error::NoSuch("render"))?;
    if is_withdrawn(app, &record).await? {
        record = record.withdrawn();
    } else if record.status == RenderStatus::Withdrawn {
        record.status = RenderStatus::Done;
    }
    let record = Arc::new(record);
    app.shown.keep(Arc::clone(&record), changes);
    Ok(record)
}

/// One file of a render, with its description.
///
/// # Errors
///
/// If there is no such file, the render was withdrawn, or the store cannot be reached.
pub async fn artifact_bytes(
    app: &App,
    render_id: &str,
    filename: &str,
) -> Result<(Artifact, Bytes), Error> {
    let record = show_render(app, render_id).await?;
    if let Some(error) = withdrawal(&record) {
        return Err(error);
    }
    let artifact = record.artifacts.iter().find(|artifact| artifact.filename == filename);
    let artifact = artifact.ok_or(Error::NoSuch("file"))?;
    let bytes = app.objects.get(&artifact.sha256, artifact.bytes).await?;
    Ok((artifact.clone(), bytes.ok_or(Error::NoSuch("file"))?))
}

/// The tables decide; where they know nothing, what the store says counts.
async fn is_withdrawn(app: &App, record: &RenderRecord) -> Result<bool, Error> {
    let id = record.render_id.clone();
    let says_withdrawn = record.status == RenderStatus::Withdrawn;
    match app.db.read(move |conn| renders::visibility(conn, &id)).await? {
        Visibility::Withdrawn => Ok(true),
        Visibility::Visible => Ok(says_withdrawn && record.artifacts.is_empty()),
        Visibility::Unknown if says_withdrawn => Ok(true),
        Visibility::Unknown => {
            let Some(verify) = &record.verify else { return Ok(false) };
            let kept = records::verification(&app.objects, &verify.id).await?;
            Ok(kept.is_some_and(|kept| kept.standing.is_withdrawn()))
        }
    }
}

/// 32 lower-case hexadecimal digits: nothing else is ever looked up as a key.
pub(super) fn is_render_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
