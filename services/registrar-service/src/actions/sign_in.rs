//! Knows a caller by a token: whoever was never seen before becomes a user.

use database::AnyConnection;
use model::Id;

use crate::{
    app::App,
    domain::{
        permission::Grants,
        user::{Introduction, User},
    },
    error::Error,
    store::{grants, users},
};

/// A user and what it may do.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub user: User,
    pub grants: Grants,
}

/// Finds the user that a token names, makes or updates it where the token has something new, and
/// lets it take up memberships that wait for its address: they count for the same request.
///
/// # Errors
///
/// [`Error::UserDisabled`] for a user who may not call.
pub async fn sign_in(app: &App, introduction: Introduction) -> Result<SignedIn, Error> {
    let asked = introduction.clone();
    let unchanged = app
        .db
        .read(move |conn| match users::find(conn, &asked.username)? {
            Some(user) if asked.update(&user).is_none() => signed_in(conn, user).map(Some),
            _ => Ok::<_, Error>(None),
        })
        .await?;
    match unchanged {
        Some(signed_in) => Ok(signed_in),
        None => introduce(app, introduction).await,
    }
}

/// Whether a flag is on for a user, by a group of the user's or for everybody.
pub fn has_flag(
    app: &App,
    conn: &mut AnyConnection,
    user: &User,
    flag: &str,
) -> Result<bool, Error> {
    let for_everyone = app.settings.flags.everyone.iter().any(|each| each == flag);
    Ok(for_everyone || grants::has_flag(conn, user, flag)?)
}

/// As [`has_flag`], for whoever has no connection.
///
/// # Errors
///
/// If the database refuses.
pub async fn user_has_flag(app: &App, user: &User, flag: &'static str) -> Result<bool, Error> {
    let (within, user) = (app.clone(), user.clone());
    app.db.read(move |conn| has_flag(&within, conn, &user, flag)).await
}

async fn introduce(app: &App, introduction: Introduction) -> Result<SignedIn, Error> {
    let (now, id) = (app.clock.now(), Id::fresh());
    app.db
        .write(move |conn| {
            let newcomer = introduction.clone().newcomer(id);
            if users::find(conn, &newcomer.username)?.is_none()
                && users::insert(conn, &newcomer, now)?
            {
                users::take_up_memberships(conn, &newcomer)?;
                return signed_in(conn, newcomer);
            }
            // Known, or made meanwhile by another request of the same user.
            let known = users::find(conn, &newcomer.username)?.ok_or(Error::UserDisabled)?;
            let user = match introduction.update(&known) {
                Some(user) => {
                    users::update(conn, &user, now)?;
                    users::take_up_memberships(conn, &user)?;
                    user
                }
                None => known,
            };
            signed_in(conn, user)
        })
        .await
}

fn signed_in(conn: &mut AnyConnection, user: User) -> Result<SignedIn, Error> {
    if !user.is_active {
        return Err(Error::UserDisabled);
    }
    Ok(SignedIn { grants: grants::of(conn, &user)?, user })
}
