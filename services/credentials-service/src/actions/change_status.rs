//! Awards again or revokes a credential that exists.

use model::Id;

use super::{
    Actor, Awarded,
    announce::{self, Touched},
    award_credential::remember,
};
use crate::{
    app::App,
    domain::{
        site::Site,
        user_credential::{Of, Status, UserCredential},
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
) -> Result<Awarded, Error> {
    let now = app.clock.now();
    let (inner, site_id) = (app.clone(), site.id);
    let (awarded, touched) = app
        .db
        .write(move |conn| {
            let known = store::user_credentials::find(conn, uuid)?;
            let known = known.ok_or(Error::NoSuchCredential)?;
            store::learners::lock(conn, &known.username)?;
            let id = store::user_credentials::touch(conn, site_id, uuid, now)?
                .ok_or(Error::NoSuchCredential)?;
            let mut touched = Touched::new();
            let before = store::user_credentials::get(conn, id)?;
            let status = status.unwrap_or(before.status);
            if status != before.status {
                store::user_credentials::save_status(conn, id, status, before.date_override)?;
                remember(conn, id, Some(before.status), status, &actor, now)?;
                touched.extend(announce::announce(conn, &inner, id, now)?);
                if let Of::Course { .. } = before.of {
                    let username = &before.username;
                    touched.extend(announce::announce_programs_of(conn, &inner, username, now)?);
                }
            }
            let credential = store::user_credentials::get(conn, id)?;
            let attributes = store::user_credentials::attributes(conn, id)?;
            Ok::<_, Error>((Awarded { credential, attributes }, touched))
        })
        .await?;
    app.pages.forget(touched);
    Ok(awarded)
}
