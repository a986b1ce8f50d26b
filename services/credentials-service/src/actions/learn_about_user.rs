//! Takes over what a school says of a learner.

use events::registrar::EnrollmentChanged;

use super::announce;
use crate::{
    app::App,
    domain::user::{News, Profile},
    error::Error,
    store,
};

/// Keeps the account that an enrollment names, unless newer news of the enrollment was heard.
///
/// A change of the name re-issues the learner's documents.
pub async fn hear_account(app: &App, told: EnrollmentChanged) -> Result<(), Error> {
    let (now, inner) = (app.clock.now(), app.clone());
    app.db
        .write(move |conn| {
            let subject = told.enrollment_id.to_string();
            let is_news =
                store::subject_versions::advance(conn, "enrollment", &subject, told.sequence)?;
            let (true, Some(account)) = (is_news, told.account) else { return Ok(()) };
            let news = News {
                email: Some(account.email).filter(|email| !email.is_empty()),
                full_name: account.full_name.filter(|name| !name.trim().is_empty()),
                ..News::default()
            };
            learn(conn, &account.username, &news)?;
            announce::announce_all_of(conn, &inner, &account.username, now)?;
            Ok(())
        })
        .await
}

/// Makes somebody known, and writes down what is said of them.
pub(super) fn learn(
    conn: &mut database::AnyConnection,
    username: &str,
    news: &News,
) -> Result<(), Error> {
    store::users::ensure(conn, &Profile::named(username))?;
    if let Some(before) = store::users::profile(conn, username)? {
        let after = before.after(news);
        if after != before {
            store::users::save(conn, &after)?;
        }
    }
    Ok(())
}
