//! Enrollments in course runs of programs. Nobody is told of them.

use database::AnyConnection;
use model::{Id, Timestamp};

use super::Roster;
use crate::{
    domain::{
        change::{Change, Known, Outcome, Step, Write},
        course_enrollment::{CourseEnrollment, CourseStatus, RunOfProgram},
        enrollment::Enrollment,
    },
    error::Error,
    store::{
        course_enrollments::{self, Standing},
        enrollments,
    },
};

type Changes<'a> = &'a [Change<CourseStatus>];

/// What is to be done for a change, and the learner's place in the program, if there is one.
type Planned = (Step<CourseStatus>, Option<Id<Enrollment>>);

impl Roster for RunOfProgram {
    type Status = CourseStatus;

    fn steps(
        &self,
        conn: &mut AnyConnection,
        write: Write,
        changes: Changes<'_>,
    ) -> Result<Vec<Step<CourseStatus>>, Error> {
        let planned = plan(conn, self, write, changes)?;
        Ok(planned.into_iter().map(|(step, _)| step).collect())
    }

    fn write(
        &self,
        conn: &mut AnyConnection,
        write: Write,
        changes: Changes<'_>,
        now: Timestamp,
    ) -> Result<Vec<Outcome<CourseStatus>>, Error> {
        let mut planned = plan(conn, self, write, changes)?;
        for (change, (step, place)) in changes.iter().zip(&mut planned) {
            if let (Step::Insert, Some(place)) = (*step, *place)
                && !course_enrollments::insert(conn, &enrollment(self, place, change), now)?
            {
                *step = plan_anew(conn, self, write, change)?;
            }
        }
        for (change, (step, place)) in changes.iter().zip(&planned) {
            if let (Step::Update, Some(place)) = (*step, *place) {
                course_enrollments::update(conn, place, &self.course_key, change, now)?;
            }
        }
        let outcome = |(change, (step, _)): (&Change<_>, Planned)| step.outcome(change.status);
        Ok(changes.iter().zip(planned).map(outcome).collect())
    }
}

fn plan(
    conn: &mut AnyConnection,
    run: &RunOfProgram,
    write: Write,
    changes: Changes<'_>,
) -> Result<Vec<Planned>, Error> {
    let keys: Vec<&str> = changes.iter().map(|change| change.student_key.as_str()).collect();
    let elsewhere = course_enrollments::active_elsewhere(conn, run, &keys)?;
    let places = enrollments::of_learners(conn, run.program.id, &keys)?;
    let ids: Vec<Id<Enrollment>> = places.values().map(|place| place.id).collect();
    let standings = course_enrollments::standings(conn, &run.course_key, &ids)?;
    let planned = |change: &Change<CourseStatus>| {
        let place = places.get(&change.student_key).map(|place| place.id);
        let is_active_elsewhere = elsewhere.contains(&change.student_key);
        let step = match place {
            _ if change.status == CourseStatus::Active && is_active_elsewhere => {
                Step::Refuse(Outcome::Conflict)
            }
            None => Step::Refuse(Outcome::NotInProgram),
            Some(place) => write.step(known(standings.get(&place), change), Outcome::NotFound),
        };
        (step, place)
    };
    Ok(changes.iter().map(planned).collect())
}

/// What is to be done for a change that another transaction was faster with.
fn plan_anew(
    conn: &mut AnyConnection,
    run: &RunOfProgram,
    write: Write,
    change: &Change<CourseStatus>,
) -> Result<Step<CourseStatus>, Error> {
    let steps = run.steps(conn, write, std::slice::from_ref(change))?;
    let step = steps.first().copied().filter(|step| *step != Step::Insert);
    Ok(step.unwrap_or(Step::Refuse(Outcome::Conflict)))
}

fn enrollment(
    run: &RunOfProgram,
    place: Id<Enrollment>,
    change: &Change<CourseStatus>,
) -> CourseEnrollment {
    CourseEnrollment {
        id: Id::fresh(),
        enrollment_id: place,
        organization_id: run.program.organization_id,
        student_key: change.student_key.clone(),
        course_key: run.course_key.clone(),
        status: change.status,
        course_staff: change.course_staff.unwrap_or(false),
    }
}

fn known(standing: Option<&Standing>, change: &Change<CourseStatus>) -> Known {
    let Some(&(status, staff)) = standing else { return Known::Nothing };
    if status == change.status && change.course_staff.unwrap_or(staff) == staff {
        Known::AsWanted
    } else {
        Known::Different
    }
}
