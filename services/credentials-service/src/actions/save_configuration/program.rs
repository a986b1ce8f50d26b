//! What is different about configurations of programs: the program is the key, has to be in the
//! catalog, and may be named in two ways.

use database::AnyConnection;
use model::{Id, Timestamp};

use super::Configuration;
use crate::{
    domain::{catalog::Program, configuration::ProgramCertificate, role::Belonging},
    error::Error,
    store,
};

/// What a configuration shall be.
#[derive(Debug, Clone)]
pub struct ProgramCertificateDraft {
    pub program: ProgramName,
    pub title: Option<String>,
    pub is_active: bool,
    /// In order.
    pub signatories: Vec<i64>,
    pub use_org_name: bool,
    pub include_hours_of_effort: bool,
    pub language: Option<String>,
}

/// Names a program by id, UUID or both, which then have to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgramName {
    pub id: Option<i64>,
    pub uuid: Option<Id<Program>>,
}

impl Configuration for ProgramCertificate {
    type Draft = ProgramCertificateDraft;
    type Name = ProgramName;
    type Subject = Program;
    const KIND: &'static str = "ProgramCertificate";
    const NAME: &'static str = "program certificate";
    const KEY: &'static str = "program";

    fn belonging(&self, conn: &mut AnyConnection, _: i64) -> Result<Belonging, database::Error> {
        belonging_of_program(conn, self.program_id)
    }

    fn belongings(
        conn: &mut AnyConnection,
        site_id: i64,
        name: &ProgramName,
    ) -> Result<Vec<Belonging>, database::Error> {
        let by_id = match name.id {
            Some(id) => store::programs::find(conn, site_id, id)?,
            None => None,
        };
        let by_uuid = match name.uuid {
            Some(uuid) => store::programs::find_by_uuid(conn, site_id, uuid)?,
            None => None,
        };
        let programs = by_id.into_iter().chain(by_uuid);
        programs.map(|program| belonging_of_program(conn, Some(program.id))).collect()
    }

    fn name(draft: &ProgramCertificateDraft) -> ProgramName {
        draft.program
    }

    fn subject(
        conn: &mut AnyConnection,
        site_id: i64,
        draft: &ProgramCertificateDraft,
    ) -> Result<Program, Error> {
        let unknown = |field, id: String| Error::NoSuchReference { field, id };
        let ProgramName { id, uuid } = draft.program;
        if let Some(id) = id {
            let found = store::programs::find(conn, site_id, id)?
                .ok_or_else(|| unknown("program_id", id.to_string()))?;
            return match uuid {
                Some(uuid) if uuid != found.uuid => Err(unknown("program_uuid", uuid.to_string())),
                _ => Ok(found),
            };
        }
        let uuid = uuid.ok_or_else(|| unknown("program_id", String::new()))?;
        let found = store::programs::find_by_uuid(conn, site_id, uuid)?;
        found.ok_or_else(|| unknown("program_uuid", uuid.to_string()))
    }

    fn with_key(
        conn: &mut AnyConnection,
        site_id: i64,
        _: &ProgramCertificateDraft,
        program: &Program,
    ) -> Result<Option<Self>, database::Error> {
        store::program_certificates::of_program(conn, site_id, program.uuid)
    }

    fn moved_by(&self, _: &ProgramCertificateDraft, program: &Program) -> Option<&'static str> {
        (self.program_uuid != program.uuid).then_some("program_id")
    }

    fn after(
        before: Option<&Self>,
        draft: &ProgramCertificateDraft,
        program: &Program,
        now: Timestamp,
    ) -> Self {
        Self {
            id: before.map_or(0, |before| before.id),
            program_uuid: program.uuid,
            program_id: Some(program.id),
            title: draft.title.clone(),
            is_active: draft.is_active,
            use_org_name: draft.use_org_name,
            include_hours_of_effort: draft.include_hours_of_effort,
            language: draft.language.clone(),
            created: before.map_or(now, |before| before.created),
            modified: now,
        }
    }

    fn signing(draft: &ProgramCertificateDraft) -> &[i64] {
        &draft.signatories
    }

    fn id(&self) -> i64 {
        self.id
    }

    fn with_id(self, id: i64) -> Self {
        Self { id, ..self }
    }
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
