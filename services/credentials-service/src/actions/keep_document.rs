//! Notes what the renderer answered.

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
