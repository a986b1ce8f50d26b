//! Everything that stands on one certificate, gathered from the tables.

use database::{AnyConnection, Error};

use super::{
    course_certificates, course_runs, media, organizations, program_certificates, programs,
    signatories, sites, user_credentials, users,
};
use crate::domain::{
    catalog::Organization,
    certificate::{Certificate, Kind},
    media::MEDIA_PATH,
    signatory::Signatory,
    user_credential::{Of, UserCredential},
    visibility,
};
use model::Timestamp;

/// What a configuration and the catalog say together.
struct Shown {
    title: String,
    organizations: Vec<Organization>,
    signatories: Vec<Signatory>,
    kind: Kind,
}

/// The certificate of a credential, without pictures.
pub fn gather(conn: &mut AnyConnection, credential: UserCredential) -> Result<Certificate, Error> {
    let shown = match &credential.of {
        Of::Course { certificate_id, .. } => course(conn, &credential, *certificate_id)?,
        Of::Program { certificate_id, .. } => program(conn, &credential, *certificate_id)?,
    };
    let certificate = Certificate {
        site: sites::get(conn, credential.site_id)?,
        learner: users::profile(conn, &credential.username)?,
        attributes: user_credentials::attributes(conn, credential.id)?,
        title: shown.title,
        organizations: shown.organizations,
        signatories: shown.signatories,
        kind: shown.kind,
        pictures: Default::default(),
        credential,
    };
    Ok(certificate.readable())
}

/// Adds the pictures that are kept here, for documents that travel alone.
pub fn with_pictures(
    conn: &mut AnyConnection,
    certificate: Certificate,
) -> Result<Certificate, Error> {
    let logo = certificate.organizations.first().and_then(|first| first.logo_url.clone());
    let signatures = certificate.signatories.iter().filter_map(|person| person.image_path.clone());
    let paths = signatures.chain(logo).filter(|path| path.starts_with(MEDIA_PATH));
    let pictures = media::find_all(conn, paths.collect::<Vec<_>>())?;
    Ok(Certificate { pictures, ..certificate })
}

fn course(
    conn: &mut AnyConnection,
    credential: &UserCredential,
    certificate_id: i64,
) -> Result<Shown, Error> {
    let site_id = credential.site_id;
    let configuration = course_certificates::find(conn, site_id, certificate_id)?
        .ok_or_else(|| Error::corrupt("user_credentials", credential.id, "no configuration"))?;
    let run = course_runs::find(conn, site_id, &configuration.course_id)?;
    let organizations = match &run {
        Some(run) => organizations::of_course(conn, run.course_id)?,
        None => Vec::new(),
    };
    let catalog_title = run.as_ref().map(|run| run.title.clone());
    let title = configuration.title.filter(|title| !title.is_empty()).or(catalog_title);
    Ok(Shown {
        title: title.unwrap_or_else(|| configuration.course_id.clone()),
        organizations,
        signatories: signatories::of_course(conn, certificate_id)?,
        kind: Kind::Course {
            course_id: configuration.course_id,
            mode: configuration.certificate_type,
            available: configuration.certificate_available_date,
            url: run.and_then(|run| run.marketing_url),
        },
    })
}

fn program(
    conn: &mut AnyConnection,
    credential: &UserCredential,
    certificate_id: i64,
) -> Result<Shown, Error> {
    let site_id = credential.site_id;
    let configuration = program_certificates::find(conn, site_id, certificate_id)?
        .ok_or_else(|| Error::corrupt("user_credentials", credential.id, "no configuration"))?;
    let program = programs::find_by_uuid(conn, site_id, configuration.program_uuid)?;
    let (organizations, visible_date) = match &program {
        Some(program) => (
            organizations::of_program(conn, program.id)?,
            program_visible_date(conn, credential, program.id)?,
        ),
        None => (Vec::new(), None),
    };
    let catalog_title = program.as_ref().map(|program| program.title.clone());
    let title = configuration.title.filter(|title| !title.is_empty()).or(catalog_title);
    Ok(Shown {
        title: title.unwrap_or_else(|| configuration.program_uuid.to_string()),
        organizations,
        signatories: signatories::of_program(conn, certificate_id)?,
        kind: Kind::Program {
            program,
            visible_date,
            use_org_name: configuration.use_org_name,
            include_hours_of_effort: configuration.include_hours_of_effort,
            language: configuration.language,
        },
    })
}

fn program_visible_date(
    conn: &mut AnyConnection,
    credential: &UserCredential,
    program_id: i64,
) -> Result<Option<Timestamp>, Error> {
    let evidence = user_credentials::evidence(conn, &credential.username, program_id)?;
    Ok(visibility::program_visible_date(&evidence))
}

/// Whether a credential may be seen, without gathering the rest.
pub fn is_visible(
    conn: &mut AnyConnection,
    credential: &UserCredential,
    now: Timestamp,
) -> Result<bool, Error> {
    match &credential.of {
        Of::Course { available, .. } => Ok(visibility::course_is_visible(*available, now)),
        Of::Program { program_uuid, program_id, .. } => {
            let program_id = match program_id {
                Some(id) => Some(*id),
                None => programs::find_by_uuid(conn, credential.site_id, *program_uuid)?
                    .map(|program| program.id),
            };
            let Some(program_id) = program_id else { return Ok(false) };
            let date = program_visible_date(conn, credential, program_id)?;
            Ok(visibility::is_visible(date, now))
        }
    }
}
