//! Notes what the renderer answered.

use database::AnyConnection;

use crate::{app::App, domain::document::Document, error::Error, store};

/// Keeps the outcome of a job, if it is the one that the credential waits for. A result that comes
/// after a newer job, or after a revocation, changes nothing.
pub async fn keep_document(app: &App, document: Document) -> Result<(), Error> {
    let now = app.clock.now();
    let uuid = app
        .db
        .write(move |conn| Ok::<_, Error>(store::documents::settle(conn, &document, now)?))
        .await?;
    app.pages.forget(uuid);
    Ok(())
}

/// Keeps why there will be no preview of a job's document.
pub async fn give_up_preview(app: &App, job_id: String, code: String) -> Result<(), Error> {
    let give_up = move |conn: &mut AnyConnection| {
        Ok::<_, Error>(store::documents::give_up_preview(conn, &job_id, &code)?)
    };
    app.db.write(give_up).await
}
