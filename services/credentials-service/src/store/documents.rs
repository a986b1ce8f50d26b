//! Documents that the renderer makes.

use std::collections::HashSet;

use database::{AnyConnection, Error};
use diesel::{prelude::*, upsert::excluded};
use model::{Id, Timestamp};

use super::{
    rows::{among, insert_all},
    schema::{documents, user_credentials},
};
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

/// The credentials among these whose document can be fetched.
pub fn ready(conn: &mut AnyConnection, credentials: &[i64]) -> Result<HashSet<i64>, Error> {
    if credentials.is_empty() {
        return Ok(HashSet::new());
    }
    let query = documents::table.select(documents::user_credential_id).into_boxed();
    let ids: Vec<i64> = among!(query, documents::user_credential_id, credentials)
        .filter(documents::state.eq("ready"))
        .load(conn)?;
    Ok(ids.into_iter().collect())
}

/// Notes that documents were asked for, each in place of any other: credential and job.
pub fn await_jobs(
    conn: &mut AnyConnection,
    jobs: &[(i64, String)],
    now: Timestamp,
) -> Result<(), Error> {
    let row = |(credential, job_id): &(i64, String)| {
        (
            documents::user_credential_id.eq(*credential),
            documents::job_id.eq(job_id.clone()),
            documents::state.eq("waiting"),
            documents::modified.eq(now),
        )
    };
    let rows: Vec<_> = jobs.iter().map(row).collect();
    insert_all!(conn, rows, |rows| diesel::insert_into(documents::table)
        .values(rows)
        .on_conflict(documents::user_credential_id)
        .do_update()
        .set((
            documents::job_id.eq(excluded(documents::job_id)),
            documents::state.eq(excluded(documents::state)),
            documents::modified.eq(excluded(documents::modified)),
            documents::render_id.eq(None::<String>),
            documents::pdf_url.eq(None::<String>),
            documents::preview_url.eq(None::<String>),
            documents::failure_code.eq(None::<String>),
        )))?;
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

/// Forgets the documents of credentials that no longer count.
pub fn forget(conn: &mut AnyConnection, credentials: &[i64]) -> Result<(), Error> {
    match credentials {
        [] => 0,
        [id] => diesel::delete(documents::table.find(id)).execute(conn)?,
        ids => {
            let theirs = documents::user_credential_id.eq_any(ids);
            diesel::delete(documents::table.filter(theirs)).execute(conn)?
        }
    };
    Ok(())
}
