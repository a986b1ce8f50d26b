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
    document::{Document, DocumentState, Preview},
    user_credential::UserCredential,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = documents)]
struct Row {
    job_id: String,
    state: String,
    render_id: Option<String>,
    pdf_url: Option<String>,
    failure_code: Option<String>,
    preview_url: Option<String>,
    preview_asked_at: Option<Timestamp>,
    preview_failure_code: Option<String>,
}

impl Row {
    fn preview(self) -> Preview {
        match (self.preview_url, self.preview_failure_code, self.preview_asked_at) {
            (Some(url), ..) => Preview::Ready { url },
            (None, Some(code), _) => Preview::Failed { code },
            (None, None, Some(since)) => Preview::Awaited { since },
            (None, None, None) => Preview::Unasked,
        }
    }
}

/// The document of a credential.
pub fn find(conn: &mut AnyConnection, credential: i64) -> Result<Option<Document>, Error> {
    let row: Option<Row> =
        documents::table.find(credential).select(Row::as_select()).first(conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    let (job_id, render_id) = (row.job_id.clone(), row.render_id.clone());
    let state = match (row.state.as_str(), row.pdf_url.clone()) {
        ("waiting", _) => DocumentState::Waiting,
        ("ready", Some(pdf_url)) => {
            DocumentState::Ready { render_id, pdf_url, preview: row.preview() }
        }
        ("failed", _) => DocumentState::Failed { code: row.failure_code.unwrap_or_default() },
        _ => return Err(Error::corrupt("documents", credential, "its state makes no sense")),
    };
    Ok(Some(Document { job_id, state }))
}

/// The preview of a credential's document, if the document can be fetched.
pub fn preview_of(
    conn: &mut AnyConnection,
    credential: Id<UserCredential>,
) -> Result<Option<Preview>, Error> {
    let its_id = user_credentials::table
        .filter(user_credentials::uuid.eq(credential))
        .select(user_credentials::id);
    let row: Option<Row> = documents::table
        .filter(documents::user_credential_id.eq_any(its_id))
        .filter(documents::state.eq("ready"))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Row::preview))
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
            documents::preview_asked_at.eq(None::<Timestamp>),
            documents::preview_failure_code.eq(None::<String>),
        )))?;
    Ok(())
}

/// Notes how a job went, if it is still the one that is waited for and
/// [takes the place](DocumentState::replaces_ready) of what is there; answers whose document it is.
pub fn settle(
    conn: &mut AnyConnection,
    document: &Document,
    now: Timestamp,
) -> Result<Option<Id<UserCredential>>, Error> {
    let none = || (None::<&str>, None::<&str>, None::<&str>);
    let (state, (render_id, pdf_url, failure), preview) = match &document.state {
        DocumentState::Waiting => ("waiting", none(), &Preview::Unasked),
        DocumentState::Ready { render_id, pdf_url, preview } => {
            ("ready", (render_id.as_deref(), Some(pdf_url.as_str()), None), preview)
        }
        DocumentState::Failed { code } => {
            ("failed", (None, None, Some(code.as_str())), &Preview::Unasked)
        }
    };
    let gives_way: &[&str] = if document.state.replaces_ready() {
        &["waiting", "failed", "ready"]
    } else {
        &["waiting", "failed"]
    };
    let credential: Option<i64> = diesel::update(documents::table)
        .filter(documents::job_id.eq(&document.job_id))
        .filter(documents::state.eq_any(gives_way))
        .set((
            documents::state.eq(state),
            documents::render_id.eq(render_id),
            documents::pdf_url.eq(pdf_url),
            documents::failure_code.eq(failure),
            documents::modified.eq(now),
            // An answer without a preview takes none away.
            preview_url(preview).map(|url| documents::preview_url.eq(url)),
        ))
        .returning(documents::user_credential_id)
        .get_result(conn)
        .optional()?;
    let Some(credential) = credential else { return Ok(None) };
    let uuid = user_credentials::table.find(credential).select(user_credentials::uuid);
    Ok(Some(uuid.first(conn)?))
}

fn preview_url(preview: &Preview) -> Option<&str> {
    match preview {
        Preview::Ready { url } => Some(url),
        Preview::Unasked | Preview::Awaited { .. } | Preview::Failed { .. } => None,
    }
}

/// Notes that a preview is asked for, of a document for whose preview nobody asked yet; answers the
/// credential and the document's job.
pub fn await_preview(
    conn: &mut AnyConnection,
    credential: Id<UserCredential>,
    now: Timestamp,
) -> Result<Option<(i64, String)>, Error> {
    let its_id = user_credentials::table
        .filter(user_credentials::uuid.eq(credential))
        .select(user_credentials::id);
    Ok(diesel::update(documents::table)
        .filter(documents::user_credential_id.eq_any(its_id))
        .filter(documents::state.eq("ready"))
        .filter(documents::preview_url.is_null())
        .filter(documents::preview_asked_at.is_null())
        .set(documents::preview_asked_at.eq(now))
        .returning((documents::user_credential_id, documents::job_id))
        .get_result(conn)
        .optional()?)
}

/// Notes why there will be no preview of a job's document.
pub fn give_up_preview(conn: &mut AnyConnection, job_id: &str, code: &str) -> Result<(), Error> {
    diesel::update(documents::table)
        .filter(documents::job_id.eq(job_id))
        .set(documents::preview_failure_code.eq(code))
        .execute(conn)?;
    Ok(())
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
