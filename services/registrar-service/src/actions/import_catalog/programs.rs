//! Programs of an import, with their curricula, courses and runs.

use std::collections::{BTreeSet, HashSet};

use events::registrar::ProgramChanged;
use messaging::outbox;
use model::{
    Id,
    catalog::{self, Course, Curriculum},
};

use super::{Import, Wrong, wrong};
use crate::{
    domain::{
        key::is_key,
        program::{Organization, Program},
    },
    error::Error,
    store::{
        catalog::{self as known_programs, KnownProgram},
        course_enrollments, programs,
    },
};

impl Import<'_> {
    /// Adds the program's key to `changed` if it is to be told.
    pub(super) fn program(
        &mut self,
        given: &catalog::Program,
        changed: &mut BTreeSet<String>,
    ) -> Wrong {
        if !is_key(&given.key) {
            return Err(wrong("a key has 1 to 255 ASCII letters, digits, '-' and '_'"));
        }
        let organization = self.organization_id(&given.organization)?;
        for key in organization_keys(given) {
            self.organization_id(key)?;
        }
        for curriculum in &given.curricula {
            check_runs(curriculum)?;
            let owner = known_programs::program_of_curriculum(self.conn, curriculum.uuid)?;
            if owner.is_some_and(|owner| owner != given.key) {
                let uuid = curriculum.uuid;
                return Err(wrong(format!("curriculum {uuid} belongs to another program")));
            }
        }
        let known = known_programs::find(self.conn, &given.key)?;
        let uuid = given
            .discovery_uuid
            .or_else(|| known.as_ref().and_then(|known| known.described.discovery_uuid))
            .unwrap_or_else(|| given.uuid());
        let described = catalog::Program { discovery_uuid: Some(uuid), ..given.clone() };
        if known.as_ref().is_none_or(|known| known.described != described) {
            self.save(known.as_ref(), organization, &described)?;
            changed.insert(described.key);
            self.imported.programs += 1;
        }
        Ok(())
    }

    fn save(
        &mut self,
        known: Option<&KnownProgram>,
        organization: Id<Organization>,
        described: &catalog::Program,
    ) -> Wrong {
        let id = known.map_or_else(Id::fresh, |known| known.id);
        known_programs::save(self.conn, id, known, organization, described, self.now)?;
        Ok(course_enrollments::follow_program(self.conn, id, organization)?)
    }

    /// Tells a program as it is now, with every organization it names.
    pub(super) fn tell_program(&mut self, key: &str) -> Wrong {
        let Some(known) = known_programs::find(self.conn, key)? else { return Ok(()) };
        let mut organizations = Vec::new();
        for key in organization_keys(&known.described) {
            organizations.push(self.known_organization(key)?.described);
        }
        let sequence = known_programs::tell(self.conn, &known, self.now)?;
        let event = ProgramChanged {
            sequence,
            program: known.described,
            organizations,
            changed_at: self.now,
        };
        Ok(outbox::append(self.conn, event, self.now)?)
    }

    pub(super) fn known_program(&mut self, key: &str) -> Result<Program, Error> {
        programs::find(self.conn, key)?.ok_or_else(|| wrong(format!("there is no program {key:?}")))
    }
}

/// The manager first, then authors and owners of courses, each once.
fn organization_keys(program: &catalog::Program) -> Vec<&str> {
    let courses = program.curricula.iter().flat_map(|curriculum| &curriculum.courses);
    let owners = courses.flat_map(|course: &Course| &course.owners);
    let mut seen = HashSet::new();
    std::iter::once(&program.organization)
        .chain(&program.authoring_organizations)
        .chain(owners)
        .map(String::as_str)
        .filter(|key| seen.insert(*key))
        .collect()
}

/// Within a curriculum a run is found by either key, so no two may share one.
fn check_runs(curriculum: &Curriculum) -> Wrong {
    let runs = || curriculum.courses.iter().flat_map(|course| &course.course_runs);
    let mut seen = HashSet::new();
    for run in runs() {
        if !seen.insert(run.key.as_str()) {
            return Err(wrong(format!("course run {} stands twice in a curriculum", run.key)));
        }
    }
    for run in runs() {
        let Some(external) = run.external_key.as_deref() else { continue };
        if external != run.key.as_str() && !seen.insert(external) {
            return Err(wrong(format!(
                "external key {external:?} is not the only one of its kind"
            )));
        }
    }
    Ok(())
}
