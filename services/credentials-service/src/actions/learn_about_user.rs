//! Takes over what a school says of a learner.

use database::AnyConnection;
use events::registrar::EnrollmentChanged;

use super::{
    announce::{self, AfterCommit},
    import_catalog::{LONGEST, check, optional},
};
use crate::{
    app::App,
    domain::user::{News, Profile},
    error::Error,
    store,
};

/// The longest username, in characters.
const LONGEST_USERNAME: usize = 150;

/// Keeps the account that an enrollment names, unless newer news of the enrollment was heard.
///
/// A change of the name re-issues the learner's documents.
pub async fn hear_account(app: &App, told: EnrollmentChanged) -> Result<(), Error> {
    let (now, inner) = (app.clock.now(), app.clone());
    let after_commit = app
        .db
        .write(move |conn| {
            let subject = told.enrollment_id.to_string();
            let is_news =
                store::subject_versions::advance(conn, "enrollment", &subject, told.sequence)?;
            let (true, Some(account)) = (is_news, told.account) else {
                return Ok(AfterCommit::default());
            };
            let news = News {
                email: Some(account.email).filter(|email| !email.is_empty()),
                full_name: account.full_name.filter(|name| !name.trim().is_empty()),
                ..News::default()
            };
            learn(conn, "account", &account.username, &news)?;
            Ok::<_, Error>(announce::announce_all_of(conn, &inner, &account.username, now)?)
        })
        .await?;
    after_commit.run(app);
    Ok(())
}

/// Makes somebody known, and writes down what is said of them.
///
/// # Errors
///
/// [`Error::Import`] for a name or an address that cannot be kept.
pub(super) fn learn(
    conn: &mut AnyConnection,
    item: &str,
    username: &str,
    news: &News,
) -> Result<(), Error> {
    check(item, "username", username, LONGEST_USERNAME)?;
    optional(item, "full_name", &news.full_name, LONGEST)?;
    optional(item, "email", &news.email, LONGEST)?;
    store::learners::lock(conn, username)?;
    store::users::ensure(conn, &Profile::named(username))?;
    if let Some(before) = store::users::profile(conn, username)? {
        let after = before.after(news);
        if after != before {
            store::users::save(conn, &after)?;
        }
    }
    Ok(())
}
