//! Enrollments in programs: each change is told in its transaction.

use std::collections::HashSet;

use database::AnyConnection;
use model::{Id, Timestamp};

use super::Roster;
use crate::{
    actions::tell,
    domain::{
        change::{Change, Known, Outcome, Status, Step, Write},
        enrollment::{Enrollment, EnrollmentStatus},
        program::Program,
    },
    error::Error,
    store::{enrollments, programs},
};

type Changes<'a> = &'a [Change<EnrollmentStatus>];

impl Roster for Program {
    type Status = EnrollmentStatus;

    fn steps(
        &self,
        conn: &mut AnyConnection,
        write: Write,
        changes: Changes<'_>,
    ) -> Result<Vec<Step<EnrollmentStatus>>, Error> {
        let known = enrollments::of_learners(conn, self.id, &keys(changes))?;
        let step = |change: &Change<_>| {
            let known = match known.get(&change.student_key) {
                None => Known::Nothing,
                Some(known) if known.status == change.status => Known::AsWanted,
                Some(_) => Known::Different,
            };
            write.step(known, Outcome::NotInProgram)
        };
        Ok(changes.iter().map(step).collect())
    }

    fn write(
        &self,
        conn: &mut AnyConnection,
        write: Write,
        changes: Changes<'_>,
        now: Timestamp,
    ) -> Result<Vec<Outcome<EnrollmentStatus>>, Error> {
        let mut steps = self.steps(conn, write, changes)?;
        let mut changed = insert(conn, self, write, changes, &mut steps, now)?;
        changed.extend(update(conn, self, changes, &steps, now)?);
        tell::enrollments(conn, self, changed, now)?;
        let outcome = |(change, step): (&Change<_>, Step<_>)| step.outcome(change.status);
        Ok(changes.iter().zip(steps).map(outcome).collect())
    }
}

/// Makes and returns the enrollments that are to be made, before any is changed. Where another
/// transaction was faster, the step becomes what is to be done by now.
fn insert(
    conn: &mut AnyConnection,
    program: &Program,
    write: Write,
    changes: Changes<'_>,
    steps: &mut [Step<EnrollmentStatus>],
    now: Timestamp,
) -> Result<Vec<Enrollment>, Error> {
    if !steps.contains(&Step::Insert) {
        return Ok(Vec::new());
    }
    let curriculum = programs::active_curriculum(conn, program.id)?;
    let enrollment = |change: &Change<EnrollmentStatus>| Enrollment {
        id: Id::fresh(),
        program_id: program.id,
        curriculum_uuid: curriculum.map(Id::uuid),
        student_key: change.student_key.clone(),
        status: change.status,
        sequence: 1,
    };
    let wanted = changes.iter().zip(&*steps).filter(|(_, step)| **step == Step::Insert);
    let wanted = wanted.map(|(change, _)| enrollment(change)).collect();
    let made = enrollments::insert(conn, wanted, now)?;
    let keys: HashSet<&str> = made.iter().map(|made| made.student_key.as_str()).collect();
    for (change, step) in changes.iter().zip(steps) {
        if *step == Step::Insert && !keys.contains(change.student_key.as_str()) {
            *step = write.step(Known::Different, Outcome::NotInProgram);
        }
    }
    Ok(made)
}

/// Changes and returns the enrollments that are to be changed, those of one status at once.
fn update(
    conn: &mut AnyConnection,
    program: &Program,
    changes: Changes<'_>,
    steps: &[Step<EnrollmentStatus>],
    now: Timestamp,
) -> Result<Vec<Enrollment>, Error> {
    let updates = changes.iter().zip(steps).filter(|(_, step)| **step == Step::Update);
    let updates: Vec<&Change<_>> = updates.map(|(change, _)| change).collect();
    enrollments::lock(conn, program.id, &keys(updates.iter().copied()))?;
    let mut changed = Vec::new();
    for &status in EnrollmentStatus::ALL {
        let of_status = updates.iter().copied().filter(|change| change.status == status);
        let of_status = keys(of_status);
        changed.extend(enrollments::set_status(conn, program.id, &of_status, status, now)?);
    }
    Ok(changed)
}

fn keys<'a>(changes: impl IntoIterator<Item = &'a Change<EnrollmentStatus>>) -> Vec<&'a str> {
    changes.into_iter().map(|change| change.student_key.as_str()).collect()
}
