//! Deletes a render: its files go, its tombstone stays.

use crate::app::App;
use crate::error::Error;
use crate::store::{accepted, records, renders, verifications};

use super::settle_verification::record_verification;

/// Deletes a render. Objects that another render names stay.
///
/// # Errors
///
/// If there is no such render, or the database or the store cannot be reached.
pub async fn delete_render(app: &App, render_id: &str) -> Result<(), Error> {
    let now = app.clock.now();
    {
        // Nothing may be named while what nobody names is removed.
        let _naming = app.naming.write().await;
        let _alone = app.alone_with(render_id).await;
        let kept = records::render(&app.objects, render_id).await?;
        let record = kept.ok_or(Error::NoSuch("render"))?;
        if let Some(verify) = &record.verify {
            records::delete_certificate(&app.objects, &verify.id, render_id).await?;
        }
        records::save_render(&app.objects, &record.withdrawn()).await?;
        let id = render_id.to_owned();
        let unnamed = app.db.read(move |conn| renders::objects_only_of(conn, &id)).await?;
        for sha256 in &unnamed {
            app.objects.remove(sha256).await?;
        }
        let id = render_id.to_owned();
        app.db
            .write(move |conn| {
                accepted::forget(conn, &id)?;
                renders::delete(conn, &id, now)
            })
            .await?;
        app.shown.forget(render_id);
    }
    forget_verification(app, render_id).await
}

/// A verification record goes with the last render it could show, unless it says "withdrawn".
async fn forget_verification(app: &App, render_id: &str) -> Result<(), Error> {
    let record = records::render(&app.objects, render_id).await?;
    let Some(verify) = record.and_then(|record| record.verify) else { return Ok(()) };
    let id = verify.id.clone();
    let (other, standing) = app
        .db
        .read(move |conn| {
            let other = verifications::newest_render(conn, &id)?;
            Ok::<_, database::Error>((other, verifications::standing(conn, &id)?))
        })
        .await?;
    if other.is_none() && !standing.is_withdrawn() {
        return Ok(records::delete_verification(&app.objects, &verify.id).await?);
    }
    record_verification(app, &verify.id).await
}
