//! Awards again or revokes a credential that exists.

use model::Id;

use super::{
    Actor, Urgency,
    announce::AfterCommit,
    award_all::{By, announce_with_programs, remember},
};
use crate::{
    app::App,
    domain::{
        site::Site,
        user_credential::{Attribute, Status, UserCredential},
    },
    error::Error,
    store,
};

/// Gives a credential a status (`None` keeps the one it has), and tells the other services if
/// that changed anything, or does neither.
pub async fn change_status(
    app: &App,
    site: &Site,
    uuid: Id<UserCredential>,
    status: Option<Status>,
    actor: Actor,
) -> Result<(UserCredential, Vec<Attribute>), Error> {
    let (inner, site_id) = (app.clone(), site.id);
    let by = By { actor, urgency: Urgency::Interactive, now: app.clock.now() };
    let (changed, after_commit) = app
        .db
        .write(move |conn| {
            let known = store::user_credentials::find(conn, uuid)?;
            let known = known.ok_or(Error::NoSuchCredential)?;
            store::learners::lock(conn, &known.username)?;
            let id = store::user_credentials::touch(conn, site_id, uuid, by.now)?
                .ok_or(Error::NoSuchCredential)?;
            let before = store::user_credentials::get(conn, id)?;
            let old = before.status;
            let credential = UserCredential { status: status.unwrap_or(old), ..before };
            let mut after_commit = AfterCommit::default();
            if credential.status != old {
                store::user_credentials::set_statuses(conn, &[id], credential.status, by.now)?;
                remember(conn, [(&credential, Some(old))], &by)?;
                let changed = vec![credential.clone()];
                let programs = store::user_credentials::programs_awarded_to;
                after_commit = announce_with_programs(conn, &inner, changed, programs, &by)?;
            }
            let attributes = store::user_credentials::attributes(conn, id)?;
            Ok::<_, Error>(((credential, attributes), after_commit))
        })
        .await?;
    after_commit.run(app);
    Ok(changed)
}
