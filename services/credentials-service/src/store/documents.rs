//! Documents that the renderer makes.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::schema::{documents, user_credentials};
use crate::domain::{
    document::{Document, DocumentState},
    user_credential::UserCredential,
};

/// The document of a credential.
pub fn find(conn: &mut AnyConnection, credential: i64) -> Result<Option<Document>, Error> {
    type Row = (String, String, Option<String>, Option<String>, Option<String>, Option<String>);
    let row: Option<Row> = documents::table
        .find(credential)
        .select((
            documents::job_id,
            documents::state,
            documents::render_id,
            documents::pdf_url,
            documents::preview_url,
            documents::failure_code,
        ))
        .first(conn)
        .optional()?;
    let Some((job_id, state, render_id, pdf_url, preview_url, failure)) = row else {
        return Ok(None);
    };
    let state = match (state.as_str(), pdf_url) {
        ("waiting", _) => DocumentState::Waiting,
        ("ready", Some(pdf_url)) => DocumentState::Ready { render_id, pdf_url, preview_url },
        ("failed", _) => DocumentState::Failed { code: failure.unwrap_or_default() },
        _ => return Err(Error::corrupt("documents", credential, "its state makes no sense")),
    };
    Ok(Some(Document { job_id, state }))
}

/// Notes that a document was asked for, in place of any other.
pub fn await_job(
    conn: &mut AnyConnection,
    credential: i64,
    job_id: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let changing = (
        documents::job_id.eq(job_id),
        documents::state.eq("waiting"),
        documents::render_id.eq(None::<String>),
        documents::pdf_url.eq(None::<String>),
        documents::preview_url.eq(None::<String>),
        documents::failure_code.eq(None::<String>),
        documents::modified.eq(now),
    );
    let insert = diesel::insert_into(documents::table)
        .values((documents::user_credential_id.eq(credential), changing.clone()))
        .on_conflict(documents::user_credential_id)
        .do_update()
        .set(changing);
    Portable(insert).execute(conn)?;
    Ok(())
}

/// Notes how a job went, if it is still the one that is waited for; answers whose document it is.
pub fn settle(
    conn: &mut AnyConnection,
    document: &Document,
    now: Timestamp,
) -> Result<Option<Id<UserCredential>>, Error> {
    let none = || (None::<&str>, None::<&str>, None::<&str>, None::<&str>);
    let (state, (render_id, pdf_url, preview_url, failure)) = match &document.state {
        DocumentState::Waiting => ("waiting", none()),
        DocumentState::Ready { render_id, pdf_url, preview_url } => {
            ("ready", (render_id.as_deref(), Some(pdf_url.as_str()), preview_url.as_deref(), None))
        }
        DocumentState::Failed { code } => ("failed", (None, None, None, Some(code.as_str()))),
    };
    let credential: Option<i64> = diesel::update(documents::table)
        .filter(documents::job_id.eq(&document.job_id))
        .set((
            documents::state.eq(state),
            documents::render_id.eq(render_id),
            documents::pdf_url.eq(pdf_url),
            documents::preview_url.eq(preview_url),
            documents::failure_code.eq(failure),
            documents::modified.eq(now),
        ))
        .returning(documents::user_credential_id)
        .get_result(conn)
        .optional()?;
    let Some(credential) = credential else { return Ok(None) };
    let uuid = user_credentials::table.find(credential).select(user_credentials::uuid);
    Ok(Some(uuid.first(conn)?))
}

/// Forgets the document of a credential that no longer counts.
pub fn forget(conn: &mut AnyConnection, credential: i64) -> Result<(), Error> {
    diesel::delete(documents::table.find(credential)).execute(conn)?;
    Ok(())
}
