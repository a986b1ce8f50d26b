//! Enrollments in programs: each change is told in its transaction.

use database::AnyConnection;
use model::{Id, Timestamp};

use super::Roster;
use crate::{
    actions::tell,
    domain::{
        change::{Change, Known, Outcome, Step, Write},
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
        let keys: Vec<&str> = changes.iter().map(|change| change.student_key.as_str()).collect();
        let known = enrollments::of_learners(conn, self.id, &keys)?;
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
        for (change, step) in changes.iter().zip(&steps) {
            if *step == Step::Update {
                let (key, status) = (&change.student_key, change.status);
                changed.extend(enrollments::set_status(conn, self.id, key, status, now)?);
            }
        }
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
    let mut made = Vec::new();
    if !steps.contains(&Step::Insert) {
        return Ok(made);
    }
    let curriculum = programs::active_curriculum(conn, program.id)?;
    for (change, step) in changes.iter().zip(steps).filter(|(_, step)| **step == Step::Insert) {
        let enrollment = Enrollment {
            id: Id::fresh(),
            program_id: program.id,
            curriculum_uuid: curriculum.map(Id::uuid),
            student_key: change.student_key.clone(),
            status: change.status,
            sequence: 1,
        };
        if enrollments::insert(conn, &enrollment, now)? {
            made.push(enrollment);
        } else {
            *step = write.step(Known::Different, Outcome::NotInProgram);
        }
    }
    Ok(made)
}
