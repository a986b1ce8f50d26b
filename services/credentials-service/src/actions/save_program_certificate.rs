//! Makes, changes and removes configurations of program certificates.

use database::AnyConnection;
use model::{Id, Timestamp};

use super::{
    save_course_certificate::{Saved, Target},
    save_signatory::check_signatories,
};
use crate::{
    app::App,
    domain::{
        catalog::Program,
        configuration::ProgramCertificate,
        role::{Belonging, Deed, Roles},
    },
    error::Error,
    store,
};

/// What a configuration shall be. The program is named by id, UUID or both.
#[derive(Debug, Clone)]
pub struct ProgramCertificateDraft {
    pub program_id: Option<i64>,
    pub program_uuid: Option<Id<Program>>,
    pub title: Option<String>,
    pub is_active: bool,
    /// In order.
    pub signatories: Vec<i64>,
    pub use_org_name: bool,
    pub include_hours_of_effort: bool,
    pub language: Option<String>,
}

/// Writes a configuration of a program that the catalog has.
pub async fn save_program_certificate(
    app: &App,
    site_id: i64,
    draft: ProgramCertificateDraft,
    target: Target,
    roles: Roles,
) -> Result<Saved<ProgramCertificate>, Error> {
    let now = app.clock.now();
    let saved = app
        .db
        .write(move |conn| {
            let named = match target {
                Target::Id(id) => Some(id),
                Target::Key | Target::ExistingKey => None,
            };
            permit_program_certificate(conn, site_id, &roles, named, &draft)?;
            let program = program(conn, site_id, &draft)?;
            let existing = find(conn, site_id, &program, target)?;
            check_signatories(conn, site_id, &draft.signatories)?;
            if let Some(existing) = &existing {
                let moves = existing.program_uuid != program.uuid;
                if moves && store::program_certificates::is_in_use(conn, existing.id)? {
                    return Err(Error::Fixed("program_id"));
                }
            }
            let (id, is_new) = write(conn, site_id, existing, &program, &draft, now)?;
            store::signatories::set_of_program(conn, id, &draft.signatories)?;
            let configuration = store::program_certificates::find(conn, site_id, id)?
                .ok_or(Error::NoSuch("ProgramCertificate"))?;
            let people = store::signatories::of_program(conn, id)?;
            let signatories = people.iter().map(|person| person.id).collect();
            Ok::<_, Error>(Saved { configuration, signatories, is_new })
        })
        .await?;
    app.pages.forget_all();
    Ok(saved)
}

/// Removes a configuration that nobody was awarded.
pub async fn delete_program_certificate(
    app: &App,
    site_id: i64,
    id: i64,
    roles: Roles,
) -> Result<(), Error> {
    app.db
        .write(move |conn| {
            permit_id(conn, site_id, &roles, id)?;
            if store::program_certificates::is_in_use(conn, id)? {
                return Err(Error::InUse("program certificate"));
            }
            Ok(store::program_certificates::delete(conn, id)?)
        })
        .await
}

/// The program that a draft names; both names have to mean the same one.
fn program(
    conn: &mut AnyConnection,
    site_id: i64,
    draft: &ProgramCertificateDraft,
) -> Result<Program, Error> {
    let unknown = |field, id: String| Error::NoSuchReference { field, id };
    if let Some(id) = draft.program_id {
        let found = store::programs::find(conn, site_id, id)?
            .ok_or_else(|| unknown("program_id", id.to_string()))?;
        return match draft.program_uuid {
            Some(uuid) if uuid != found.uuid => Err(unknown("program_uuid", uuid.to_string())),
            _ => Ok(found),
        };
    }
    let uuid = draft.program_uuid.ok_or_else(|| unknown("program_id", String::new()))?;
    let found = store::programs::find_by_uuid(conn, site_id, uuid)?;
    found.ok_or_else(|| unknown("program_uuid", uuid.to_string()))
}

fn find(
    conn: &mut AnyConnection,
    site_id: i64,
    program: &Program,
    target: Target,
) -> Result<Option<ProgramCertificate>, Error> {
    let missing = || Error::NoSuch("ProgramCertificate");
    let found = match target {
        Target::Id(id) => store::program_certificates::find(conn, site_id, id)?,
        Target::Key | Target::ExistingKey => {
            store::program_certificates::of_program(conn, site_id, program.uuid)?
        }
    };
    match target {
        Target::Key => Ok(found),
        Target::ExistingKey | Target::Id(_) => found.ok_or_else(missing).map(Some),
    }
}

fn write(
    conn: &mut AnyConnection,
    site_id: i64,
    existing: Option<ProgramCertificate>,
    program: &Program,
    draft: &ProgramCertificateDraft,
    now: Timestamp,
) -> Result<(i64, bool), Error> {
    let certificate = ProgramCertificate {
        id: existing.as_ref().map_or(0, |existing| existing.id),
        program_uuid: program.uuid,
        program_id: Some(program.id),
        title: draft.title.clone(),
        is_active: draft.is_active,
        use_org_name: draft.use_org_name,
        include_hours_of_effort: draft.include_hours_of_effort,
        language: draft.language.clone(),
        created: existing.as_ref().map_or(now, |existing| existing.created),
        modified: now,
    };
    if existing.is_none()
        && let Some(id) = store::program_certificates::insert(conn, site_id, &certificate)?
    {
        return Ok((id, true));
    }
    // Somebody else made it first; what is asked for counts all the same.
    let found = find(conn, site_id, program, Target::Key)?;
    let id = existing.or(found).ok_or(Error::NoSuch("ProgramCertificate"))?.id;
    let taken = |error: database::Error| {
        if error.is_unique_violation() { Error::InUse("program") } else { error.into() }
    };
    store::program_certificates::update(conn, &ProgramCertificate { id, ..certificate })
        .map_err(taken)?;
    Ok((id, false))
}

/// Holds an editor to the configurations and the programs inside their scope.
///
/// # Errors
///
/// [`Error::NoSuch`] for the id of a configuration outside as for one of none,
/// [`Error::NotAllowed`] for a program outside.
pub fn permit_program_certificate(
    conn: &mut AnyConnection,
    site_id: i64,
    roles: &Roles,
    id: Option<i64>,
    draft: &ProgramCertificateDraft,
) -> Result<(), Error> {
    if let Some(id) = id {
        permit_id(conn, site_id, roles, id)?;
    }
    let by_id = match draft.program_id {
        Some(id) => store::programs::find(conn, site_id, id)?,
        None => None,
    };
    let by_uuid = match draft.program_uuid {
        Some(uuid) => store::programs::find_by_uuid(conn, site_id, uuid)?,
        None => None,
    };
    for program in [by_id, by_uuid].into_iter().flatten() {
        let belonging = belonging_of_program(conn, Some(program.id))?;
        if !roles.may(Deed::EditConfigurations, &belonging) {
            return Err(Error::NotAllowed);
        }
    }
    Ok(())
}

/// The same for a configuration that only its id names.
pub fn permit_id(
    conn: &mut AnyConnection,
    site_id: i64,
    roles: &Roles,
    id: i64,
) -> Result<(), Error> {
    let missing = || Error::NoSuch("ProgramCertificate");
    let found = store::program_certificates::find(conn, site_id, id)?.ok_or_else(missing)?;
    let belonging = belonging_of_program(conn, found.program_id)?;
    if roles.may(Deed::EditConfigurations, &belonging) { Ok(()) } else { Err(missing()) }
}

/// Whose a program is.
pub fn belonging_of_program(
    conn: &mut AnyConnection,
    program_id: Option<i64>,
) -> Result<Belonging, database::Error> {
    let authors = match program_id {
        Some(id) => store::organizations::of_program(conn, id)?,
        None => Vec::new(),
    };
    let organization_ids = authors.iter().map(|author| author.id).collect();
    Ok(Belonging { course_id: None, organization_ids })
}
