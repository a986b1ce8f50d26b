//! Remembers what credentials-service tells of learners' credentials.

use crate::{app::App, domain::completion::LearnerCredential, error::Error, store::credentials};

/// Adds one piece of news; news that is older than what is known changes nothing.
///
/// # Errors
///
/// If the database refuses.
pub async fn note_credential(app: &App, news: LearnerCredential) -> Result<(), Error> {
    app.db.write(move |conn| Ok(credentials::note(conn, &news)?)).await
}
