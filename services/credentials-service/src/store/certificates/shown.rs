//! What all certificates of one configuration show.

use std::{collections::BTreeMap, sync::Arc};

use database::{AnyConnection, Error};

use crate::{
    domain::{
        catalog::Organization,
        certificate::Kind,
        configuration::{CourseCertificate, ProgramCertificate},
        media::{MEDIA_PATH, Picture},
        signatory::Signatory,
        site::Site,
        user_credential::{Of, UserCredential},
    },
    store::{configurations::Kept, course_runs, media, organizations, programs},
};

/// The pictures of one configuration that are worth remembering beyond a transaction, in bytes.
const SMALL: usize = 64 * 1024;

/// Pictures by their paths.
pub(super) type Pictures = Arc<BTreeMap<String, Picture>>;

/// What a site, a configuration and the catalog say together.
pub(super) struct Shown {
    pub site: Arc<Site>,
    pub title: String,
    pub organizations: Vec<Organization>,
    pub signatories: Vec<Signatory>,
    /// Without the date that depends on the learner.
    pub kind: Kind,
    pub pictures: Remembering,
}

/// Whether the pictures of signatories and of the first organization are remembered with the rest.
pub(super) enum Remembering {
    /// Nobody needed them.
    Unread,
    Small(Pictures),
    /// They are read by each transaction that needs them.
    Large,
}

impl Shown {
    /// The catalog's program, if this is of one.
    pub(super) fn program_id(&self) -> Option<i64> {
        match &self.kind {
            Kind::Program { program, .. } => program.as_ref().map(|program| program.id),
            Kind::Course { .. } => None,
        }
    }

    /// The pictures of signatories and of the first organization, as they are kept now.
    pub(super) fn read_pictures(&self, conn: &mut AnyConnection) -> Result<Pictures, Error> {
        let logo = self.organizations.first().and_then(|first| first.logo_url.clone());
        let signatures = self.signatories.iter().filter_map(|person| person.image_path.clone());
        let paths = signatures.chain(logo).filter(|path| path.starts_with(MEDIA_PATH));
        Ok(Arc::new(media::find_all(conn, &paths.collect::<Vec<_>>())?))
    }

    /// Whether these are worth remembering.
    pub(super) fn are_small(pictures: &Pictures) -> bool {
        pictures.values().map(|picture| picture.content.len()).sum::<usize>() <= SMALL
    }
}

/// What certificates of the credential's configuration show.
pub(super) fn shown(
    conn: &mut AnyConnection,
    site: Arc<Site>,
    credential: &UserCredential,
) -> Result<Shown, Error> {
    let missing = || Error::corrupt("user_credentials", credential.id, "no configuration");
    let site_id = site.id;
    match &credential.of {
        Of::Course { certificate_id, .. } => {
            let configuration = CourseCertificate::find(conn, site_id, *certificate_id)?;
            course(conn, site, configuration.ok_or_else(missing)?)
        }
        Of::Program { certificate_id, .. } => {
            let configuration = ProgramCertificate::find(conn, site_id, *certificate_id)?;
            program(conn, site, configuration.ok_or_else(missing)?)
        }
    }
}

fn course(
    conn: &mut AnyConnection,
    site: Arc<Site>,
    configuration: CourseCertificate,
) -> Result<Shown, Error> {
    let run = course_runs::find(conn, site.id, &configuration.course_id)?;
    let organizations = match &run {
        Some(run) => organizations::of_course(conn, run.course_id)?,
        None => Vec::new(),
    };
    let catalog_title = run.as_ref().map(|run| run.title.clone());
    let title = configuration.title.filter(|title| !title.is_empty()).or(catalog_title);
    Ok(Shown {
        site,
        title: title.unwrap_or_else(|| configuration.course_id.clone()),
        organizations,
        signatories: CourseCertificate::signatories(conn, configuration.id)?,
        kind: Kind::Course {
            course_id: configuration.course_id,
            mode: configuration.certificate_type,
            available: configuration.certificate_available_date,
            url: run.and_then(|run| run.marketing_url),
        },
        pictures: Remembering::Unread,
    })
}

fn program(
    conn: &mut AnyConnection,
    site: Arc<Site>,
    configuration: ProgramCertificate,
) -> Result<Shown, Error> {
    let program = programs::find_by_uuid(conn, site.id, configuration.program_uuid)?;
    let organizations = match &program {
        Some(program) => organizations::of_program(conn, program.id)?,
        None => Vec::new(),
    };
    let catalog_title = program.as_ref().map(|program| program.title.clone());
    let title = configuration.title.filter(|title| !title.is_empty()).or(catalog_title);
    Ok(Shown {
        site,
        title: title.unwrap_or_else(|| configuration.program_uuid.to_string()),
        organizations,
        signatories: ProgramCertificate::signatories(conn, configuration.id)?,
        kind: Kind::Program {
            program,
            visible_date: None,
            use_org_name: configuration.use_org_name,
            include_hours_of_effort: configuration.include_hours_of_effort,
            language: configuration.language,
        },
        pictures: Remembering::Unread,
    })
}
