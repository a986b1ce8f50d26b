//! Makes, changes and removes configurations of course certificates.

use database::AnyConnection;
use model::Timestamp;

use super::save_signatory::check_signatories;
use crate::{
    app::App,
    domain::{
        configuration::CourseCertificate,
        role::{Belonging, Deed, Roles},
    },
    error::Error,
    store,
};

/// What a configuration shall be.
#[derive(Debug, Clone)]
pub struct CourseCertificateDraft {
    pub course_id: String,
    pub certificate_type: String,
    pub title: Option<String>,
    pub is_active: bool,
    /// In order.
    pub signatories: Vec<i64>,
}

/// Which configuration a draft is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The one with the draft's key; made if there is none.
    Key,
    /// The one with the draft's key, which has to exist.
    ExistingKey,
    Id(i64),
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Saved<T> {
    pub configuration: T,
    /// In order.
    pub signatories: Vec<i64>,
    pub is_new: bool,
}

/// Writes a configuration, and links it to its run if the catalog has it.
pub async fn save_course_certificate(
    app: &App,
    site_id: i64,
    draft: CourseCertificateDraft,
    target: Target,
    roles: Roles,
) -> Result<Saved<CourseCertificate>, Error> {
    let now = app.clock.now();
    let saved = app
        .db
        .write(move |conn| {
            let named = match target {
                Target::Id(id) => Some(id),
                Target::Key | Target::ExistingKey => None,
            };
            permit_course_certificate(conn, site_id, &roles, named, Some(&draft.course_id))?;
            let existing = find(conn, site_id, &draft, target)?;
            check_signatories(conn, site_id, &draft.signatories)?;
            if let Some(existing) = &existing {
                check_key(conn, existing, &draft)?;
            }
            let (id, is_new) = write(conn, site_id, existing, &draft, now)?;
            store::signatories::set_of_course(conn, id, &draft.signatories)?;
            let configuration = store::course_certificates::find(conn, site_id, id)?
                .ok_or(Error::NoSuch("CourseCertificate"))?;
            let people = store::signatories::of_course(conn, id)?;
            let signatories = people.iter().map(|person| person.id).collect();
            Ok::<_, Error>(Saved { configuration, signatories, is_new })
        })
        .await?;
    app.pages.forget_all();
    Ok(saved)
}

/// Removes a configuration that nobody was awarded.
pub async fn delete_course_certificate(
    app: &App,
    site_id: i64,
    id: i64,
    roles: Roles,
) -> Result<(), Error> {
    app.db
        .write(move |conn| {
            permit_course_certificate(conn, site_id, &roles, Some(id), None)?;
            if store::course_certificates::is_in_use(conn, id)? {
                return Err(Error::InUse("course certificate"));
            }
            Ok(store::course_certificates::delete(conn, id)?)
        })
        .await
}

fn find(
    conn: &mut AnyConnection,
    site_id: i64,
    draft: &CourseCertificateDraft,
    target: Target,
) -> Result<Option<CourseCertificate>, Error> {
    let by_key = |conn: &mut AnyConnection| {
        let of_run = store::course_certificates::of_run(conn, site_id, &draft.course_id)?;
        let same = |each: &CourseCertificate| each.certificate_type == draft.certificate_type;
        Ok::<_, Error>(of_run.into_iter().find(same))
    };
    let missing = || Error::NoSuch("CourseCertificate");
    match target {
        Target::Key => by_key(conn),
        Target::ExistingKey => by_key(conn)?.ok_or_else(missing).map(Some),
        Target::Id(id) => {
            let found = store::course_certificates::find(conn, site_id, id)?;
            found.ok_or_else(missing).map(Some)
        }
    }
}

/// What was awarded under one key cannot be moved to another.
fn check_key(
    conn: &mut AnyConnection,
    existing: &CourseCertificate,
    draft: &CourseCertificateDraft,
) -> Result<(), Error> {
    let changed = if existing.course_id != draft.course_id {
        "course_id"
    } else if existing.certificate_type != draft.certificate_type {
        "certificate_type"
    } else {
        return Ok(());
    };
    if store::course_certificates::is_in_use(conn, existing.id)? {
        return Err(Error::Fixed(changed));
    }
    Ok(())
}

fn write(
    conn: &mut AnyConnection,
    site_id: i64,
    existing: Option<CourseCertificate>,
    draft: &CourseCertificateDraft,
    now: Timestamp,
) -> Result<(i64, bool), Error> {
    let run = store::course_runs::find(conn, site_id, &draft.course_id)?;
    let certificate = CourseCertificate {
        id: existing.as_ref().map_or(0, |existing| existing.id),
        course_id: draft.course_id.clone(),
        course_run_id: run.map(|run| run.id),
        certificate_type: draft.certificate_type.clone(),
        title: draft.title.clone(),
        is_active: draft.is_active,
        certificate_available_date: existing.as_ref().and_then(|e| e.certificate_available_date),
        created: existing.as_ref().map_or(now, |existing| existing.created),
        modified: now,
    };
    if existing.is_none()
        && let Some(id) = store::course_certificates::insert(conn, site_id, &certificate)?
    {
        return Ok((id, true));
    }
    // Somebody else made it first; what is asked for counts all the same.
    let found = find(conn, site_id, draft, Target::Key)?;
    let id = existing.or(found).ok_or(Error::NoSuch("CourseCertificate"))?.id;
    let taken = |error: database::Error| {
        if error.is_unique_violation() { Error::InUse("key") } else { error.into() }
    };
    store::course_certificates::update(conn, &CourseCertificate { id, ..certificate })
        .map_err(taken)?;
    Ok((id, false))
}

/// Holds an editor to the configurations and the runs inside their scope.
///
/// # Errors
///
/// [`Error::NoSuch`] for the id of a configuration outside as for one of none,
/// [`Error::NotAllowed`] for a run outside.
pub fn permit_course_certificate(
    conn: &mut AnyConnection,
    site_id: i64,
    roles: &Roles,
    id: Option<i64>,
    course_id: Option<&str>,
) -> Result<(), Error> {
    if let Some(id) = id {
        let missing = || Error::NoSuch("CourseCertificate");
        let found = store::course_certificates::find(conn, site_id, id)?.ok_or_else(missing)?;
        let belonging = belonging(conn, site_id, &found.course_id)?;
        if !roles.may(Deed::EditConfigurations, &belonging) {
            return Err(missing());
        }
    }
    let Some(course_id) = course_id else { return Ok(()) };
    let belonging = belonging(conn, site_id, course_id)?;
    if roles.may(Deed::EditConfigurations, &belonging) { Ok(()) } else { Err(Error::NotAllowed) }
}

/// Whose a course run is.
pub fn belonging(
    conn: &mut AnyConnection,
    site_id: i64,
    course_id: &str,
) -> Result<Belonging, database::Error> {
    let owners = match store::course_runs::find(conn, site_id, course_id)? {
        Some(run) => store::organizations::of_course(conn, run.course_id)?,
        None => Vec::new(),
    };
    Ok(Belonging {
        course_id: Some(course_id.to_owned()),
        organization_ids: owners.iter().map(|owner| owner.id).collect(),
    })
}
