//! Notes what the badge service made of a credential.

use database::AnyConnection;
use model::Id;

use crate::{
    app::App,
    domain::{document::Badge, user_credential::UserCredential},
    error::Error,
    store,
};

/// Keeps a badge with its credential, unless it answers an award that was revoked meanwhile, or
/// newer news of it was heard.
pub async fn keep_badge(app: &App, uuid: Id<UserCredential>, badge: Badge) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .write(move |conn| {
            if !is_news(conn, &badge.assertion_id, badge.assertion_sequence)? {
                return Ok(());
            }
            let Some(known) = store::user_credentials::find(conn, uuid)? else {
                return Ok(());
            };
            // News of another badge of the same credential, or its revocation, waits.
            store::learners::lock(conn, &known.username)?;
            let credential = store::user_credentials::get(conn, known.id)?;
            let before = store::badges::find(conn, credential.id)?;
            let is_void = badge.credential_sequence <= credential.revoked_sequence;
            if !is_void && before.is_none_or(|before| before.gives_way_to(&badge)) {
                store::badges::save(conn, credential.id, &badge, now)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    app.pages.forget([uuid]);
    Ok(())
}

/// Takes a revoked badge from its page.
pub async fn keep_badge_revocation(
    app: &App,
    assertion_id: String,
    sequence: i64,
) -> Result<(), Error> {
    let now = app.clock.now();
    let uuid = app
        .db
        .write(move |conn| {
            if !is_news(conn, &assertion_id, sequence)? {
                return Ok(None);
            }
            Ok::<_, Error>(store::badges::revoke(conn, &assertion_id, sequence, now)?)
        })
        .await?;
    app.pages.forget(uuid);
    Ok(())
}

/// A revocation may overtake the issue that it revokes.
fn is_news(conn: &mut AnyConnection, assertion_id: &str, sequence: i64) -> Result<bool, Error> {
    Ok(store::subject_versions::advance(conn, "assertion", assertion_id, sequence)?)
}
