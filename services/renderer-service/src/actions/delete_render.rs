//! Deletes a render: its files go, its tombstone stays.

use super::settle_verification::{forget_newest, record_verification};
use crate::app::App;
use crate::domain::{Deletion, RenderRecord};
use crate::error::Error;
use crate::store::renders::Known;
use crate::store::{accepted, records, renders};

/// Deletes a render. Objects that another render names stay.
///
/// First the tables, which from then on keep all of it from being shown; then the store. Whoever is
/// cut off in between repeats it, and finds the rest to do.
///
/// # Errors
///
/// If there is no such render, or the database or the store cannot be reached.
pub async fn delete_render(app: &App, render_id: &str) -> Result<(), Error> {
    let now = app.clock.now();
    let (record, is_known) = {
        // Nothing may be named while what nobody names is removed.
        let _naming = app.naming.write().await;
        let _alone = app.alone_with(render_id).await;
        let kept = records::render(&app.objects, render_id).await?;
        let record = kept.ok_or(Error::NoSuch("render"))?;
        let id = render_id.to_owned();
        let deleted = app
            .db
            .write(move |conn| {
                accepted::forget(conn, &id)?;
                renders::delete(conn, &id, now)
            })
            .await?;
        app.shown.forget(render_id);
        match &deleted {
            Some(deleted) => clear(app, &record, &deleted.named, deleted.deletion).await?,
            None => {
                // Who else names them is not known either.
                tracing::warn!(render_id, "a render of another database leaves its objects");
                bury(app, &record, deletion_by_store(app, &record).await?).await?;
            }
        }
        (record, deleted.is_some())
    };
    match record.verify {
        Some(verify) if is_known => record_verification(app, &verify.id).await,
        Some(verify) => forget_newest(app, &verify.id, render_id).await,
        None => Ok(()),
    }
}

/// Clears away what was written for a render that another process deleted meanwhile, or whose
/// deletion was cut off; also the objects that were put for it. `put` is absent where nothing was
/// written.
pub(super) async fn clear_leftovers(
    app: &App,
    render_id: &str,
    deletion: Deletion,
    put: Option<&[String]>,
) -> Result<(), Error> {
    let is_buried = |kept: &RenderRecord| kept.deletion().is_some();
    let record = records::render(&app.objects, render_id).await?;
    if put.is_none() && record.as_ref().is_none_or(is_buried) {
        return Ok(());
    }
    let _naming = app.naming.write().await;
    let _alone = app.alone_with(render_id).await;
    match records::render(&app.objects, render_id).await? {
        Some(record) => clear(app, &record, put.unwrap_or_default(), deletion).await,
        None => Ok(()),
    }
}

/// Takes from the store what a deleted render leaves. Another process may have brought it back for
/// newer news since: then it is that process's.
async fn clear(
    app: &App,
    record: &RenderRecord,
    named: &[String],
    deletion: Deletion,
) -> Result<(), Error> {
    if is_deleted(app, &record.render_id).await? {
        remove_objects(app, record, named).await?;
    }
    if is_deleted(app, &record.render_id).await? {
        bury(app, record, deletion).await?;
    }
    Ok(())
}

async fn is_deleted(app: &App, render_id: &str) -> Result<bool, Error> {
    let id = render_id.to_owned();
    let known = app.db.read(move |conn| renders::known(conn, &id)).await?;
    Ok(matches!(known, Known::Deleted(_)))
}

/// Removes those of a deleted render's objects that nobody names any more.
async fn remove_objects(app: &App, record: &RenderRecord, named: &[String]) -> Result<(), Error> {
    let mut objects = named.to_vec();
    objects.extend(record.artifacts.iter().map(|artifact| artifact.sha256.clone()));
    for sha256 in app.db.read(move |conn| renders::unnamed(conn, objects)).await? {
        app.objects.remove(&sha256).await?;
    }
    Ok(())
}

/// Leaves a tombstone, and nothing that names anybody. The record goes last: it says what there is
/// to remove.
async fn bury(app: &App, record: &RenderRecord, deletion: Deletion) -> Result<(), Error> {
    if let Some(verify) = &record.verify {
        records::delete_certificate(&app.objects, &verify.id, &record.render_id).await?;
    }
    records::save_render(&app.objects, &record.clone().deleted(deletion)).await?;
    app.shown.forget(&record.render_id);
    Ok(())
}

/// What the store knows of the sequences, where the tables know nothing.
async fn deletion_by_store(app: &App, record: &RenderRecord) -> Result<Deletion, Error> {
    let Some(verify) = &record.verify else { return Ok(Deletion { sequence: 0 }) };
    let kept = records::verification(&app.objects, &verify.id).await?;
    let before = record.deletion().map_or(0, |deletion| deletion.sequence);
    let heard = kept.map_or(0, |kept| kept.standing.awarded_sequence);
    Ok(Deletion { sequence: heard.max(before) })
}
