//! Tells the other services what they have not been told yet about a credential.

use database::{AnyConnection, Error};
use events::{credentials::CredentialAwarded, renderer::RenderJob};
use messaging::outbox;
use model::{Id, Timestamp};
use serde_json::Value;

use crate::{
    app::App,
    domain::{
        announcement,
        certificate::Certificate,
        rendering,
        user_credential::{Status, UserCredential},
    },
    store,
};

/// What `told` holds after a revocation.
const REVOKED: &str = "revoked";

/// How many credentials of one learner are looked at in one step.
const STEP: i64 = 200;

/// The credentials whose pages changed: to be forgotten once the change is committed.
pub(super) type Touched = Vec<Id<UserCredential>>;

/// Tells what is news about the credential with this row id, in the transaction of its change, which
/// holds the learner.
///
/// An award is told when anything that was told differs, the learner's name or the picture of a
/// signatory included; a revocation once. So this can be called after any change. The page counts as
/// changed even without news: whether it may be seen is not told.
pub(super) fn announce(
    conn: &mut AnyConnection,
    app: &App,
    id: i64,
    now: Timestamp,
) -> Result<Touched, Error> {
    let credential = store::user_credentials::get(conn, id)?;
    let uuid = credential.uuid;
    match credential.status {
        Status::Awarded => announce_award(conn, app, credential, now)?,
        Status::Revoked => announce_revocation(conn, app, credential, now)?,
    }
    Ok(vec![uuid])
}

/// Tells what is news about everything that a learner was awarded: name or address changed.
pub(super) fn announce_all_of(
    conn: &mut AnyConnection,
    app: &App,
    username: &str,
    now: Timestamp,
) -> Result<Touched, Error> {
    let (mut after, mut touched) = (0, Touched::new());
    loop {
        let ids = store::user_credentials::awarded_to(conn, username, after, STEP)?;
        let Some(last) = ids.last() else { return Ok(touched) };
        after = *last;
        for id in ids {
            touched.extend(announce(conn, app, id, now)?);
        }
    }
}

/// Tells what is news about a learner's programs, after a course credential changed their dates.
pub(super) fn announce_programs_of(
    conn: &mut AnyConnection,
    app: &App,
    username: &str,
    now: Timestamp,
) -> Result<Touched, Error> {
    let mut touched = Touched::new();
    for id in store::user_credentials::programs_awarded_to(conn, username)? {
        touched.extend(announce(conn, app, id, now)?);
    }
    Ok(touched)
}

fn announce_award(
    conn: &mut AnyConnection,
    app: &App,
    credential: UserCredential,
    now: Timestamp,
) -> Result<(), Error> {
    let certificate = store::certificates::gather(conn, credential)?;
    let certificate = store::certificates::with_pictures(conn, certificate)?;
    let (base, url) = addresses(app, &certificate);
    let event = announcement::awarded(&certificate, 0, &base, &url);
    let language = &app.settings.pages.language;
    let request =
        rendering::request(&certificate, &url, language).filter(|_| app.settings.documents.enabled);
    let told = announcement::digest(&(&event, &request));
    let credential = certificate.credential;
    if credential.told.as_ref() == Some(&told) {
        return Ok(());
    }
    let sequence = credential.sequence + 1;
    save_told(conn, &credential, sequence, credential.revoked_sequence, told)?;
    outbox::append(conn, CredentialAwarded { sequence, ..event }, now)?;
    match request {
        Some(request) => ask_for_document(conn, &credential, sequence, request, now)?,
        None => store::documents::forget(conn, credential.id)?,
    }
    Ok(())
}

fn announce_revocation(
    conn: &mut AnyConnection,
    app: &App,
    credential: UserCredential,
    now: Timestamp,
) -> Result<(), Error> {
    if credential.told.as_deref() == Some(REVOKED) {
        return Ok(());
    }
    let certificate = store::certificates::gather(conn, credential)?;
    let (base, url) = addresses(app, &certificate);
    let credential = &certificate.credential;
    let sequence = credential.sequence + 1;
    save_told(conn, credential, sequence, sequence, REVOKED.to_owned())?;
    store::documents::forget(conn, credential.id)?;
    let event = announcement::revoked(&certificate, sequence, None, now, &base, &url);
    outbox::append(conn, event, now)
}

fn save_told(
    conn: &mut AnyConnection,
    credential: &UserCredential,
    sequence: i64,
    revoked_sequence: i64,
    told: String,
) -> Result<(), Error> {
    let expected = credential.sequence;
    let after =
        UserCredential { sequence, revoked_sequence, told: Some(told), ..credential.clone() };
    store::user_credentials::save_told(conn, &after, expected)
}

fn ask_for_document(
    conn: &mut AnyConnection,
    credential: &UserCredential,
    sequence: i64,
    request: Value,
    now: Timestamp,
) -> Result<(), Error> {
    let job_id = format!("credential:{}:{sequence}", credential.uuid.hex());
    store::documents::await_job(conn, credential.id, &job_id, now)?;
    outbox::request(
        conn,
        &RenderJob { job_id, sequence: Some(sequence), bulk: false, request },
        now,
    )
}

fn addresses(app: &App, certificate: &Certificate) -> (String, String) {
    let site = &certificate.site;
    (app.base_url_of(site), app.page_url(site, certificate.credential.uuid))
}
