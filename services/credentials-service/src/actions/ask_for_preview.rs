//! Has the picture made that social networks show of a certificate.

use database::AnyConnection;
use events::renderer::RenderJob;
use messaging::outbox;
use model::{Id, Timestamp};

use crate::{
    app::App,
    domain::{
        document::PREVIEW,
        rendering::{self, Wanted},
        user_credential::UserCredential,
    },
    error::Error,
    store::{self, certificates::Gathering},
};

/// Asks for the preview of a credential that has a document, if nobody did so yet.
pub async fn ask_for_preview(app: &App, uuid: Id<UserCredential>) -> Result<(), Error> {
    let (inner, now) = (app.clone(), app.clock.now());
    app.db.write(move |conn| ask(conn, &inner, uuid, now)).await
}

/// A revocation removes the document's row, so that whoever has the row has the credential's newest
/// award; the sequence tells the renderer of revocations that come later.
fn ask(
    conn: &mut AnyConnection,
    app: &App,
    uuid: Id<UserCredential>,
    now: Timestamp,
) -> Result<(), Error> {
    let awaited = store::documents::await_preview(conn, uuid, now)?;
    let Some((id, document)) = awaited else { return Ok(()) };
    let credential = store::user_credentials::get(conn, id)?;
    let sequence = Some(credential.sequence);
    let mut gathering = Gathering::new(conn, &app.shown)?.with_pictures();
    let certificate = gathering.certificates(conn, vec![credential])?.pop();
    let certificate = certificate.ok_or(Error::NoSuchCredential)?;
    let page = app.page_url(&certificate.site, uuid);
    let (wanted, language) = (Wanted::DocumentAndPreview, &app.settings.pages.language);
    match rendering::request(&certificate, wanted, &page, language) {
        Some(request) => {
            let job_id = format!("{document}{PREVIEW}");
            let job = RenderJob { job_id, sequence, bulk: false, request };
            Ok(outbox::request(conn, &job, now)?)
        }
        // It had a document, so that it had a name.
        None => Ok(store::documents::give_up_preview(conn, &document, "nameless")?),
    }
}
