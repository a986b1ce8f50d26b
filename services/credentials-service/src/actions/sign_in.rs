//! Makes somebody with a valid token known, and takes over what the token says of them.

use auth::Claims;

use super::announce::{self, AfterCommit};
use crate::{
    app::App,
    domain::user::{ADMINS, News, Profile, User},
    error::Error,
    store,
};

/// The longest e-mail address, name and username that are taken over.
const LONGEST: (usize, usize, usize) = (254, 255, 150);

/// The person that these claims speak of; `None` for a name that cannot be kept.
///
/// Only an unknown person or a changed claim costs a write.
pub async fn sign_in(app: &App, username: &str, claims: &Claims) -> Result<Option<User>, Error> {
    if !fits(username, LONGEST.2) {
        return Ok(None);
    }
    let (name, news) = (username.to_owned(), news(claims));
    let is_admin = claims.administrator == Some(true);
    let known = {
        let name = name.clone();
        app.db.read(move |conn| Ok::<_, Error>(store::users::find(conn, &name)?)).await?
    };
    if let Some(user) = known
        && user.profile.after(&news) == user.profile
        && user.groups.contains(ADMINS) == is_admin
    {
        return Ok(Some(user));
    }
    let (now, inner) = (app.clock.now(), app.clone());
    let (user, after_commit) = app
        .db
        .write(move |conn| {
            store::learners::lock(conn, &name)?;
            store::users::ensure(conn, &Profile::named(&name))?;
            let before = store::users::profile(conn, &name)?;
            let before = before.unwrap_or_else(|| Profile::named(&name));
            let after = before.after(&news);
            store::users::save(conn, &after)?;
            store::users::set_membership(conn, &name, ADMINS, is_admin)?;
            let after_commit = if after == before {
                AfterCommit::default()
            } else {
                announce::announce_all_of(conn, &inner, &name, now)?
            };
            Ok::<_, Error>((store::users::find(conn, &name)?, after_commit))
        })
        .await?;
    after_commit.run(app);
    Ok(user)
}

fn news(claims: &Claims) -> News {
    let text = |text: &Option<String>, most| {
        text.as_ref().filter(|text| !text.trim().is_empty() && fits(text, most)).cloned()
    };
    News {
        email: text(&claims.email, LONGEST.0),
        full_name: text(&claims.name, LONGEST.1),
        lms_user_id: claims.user_id,
        is_staff: claims.administrator,
        ..News::default()
    }
}

/// Databases keep no null characters.
fn fits(text: &str, most: usize) -> bool {
    !text.contains('\0') && text.chars().count() <= most
}
