//! Enrollments in course runs of programs. Nobody is told of them.

use std::collections::HashMap;

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
        if write != Write::Create {
            course_enrollments::lock(conn, self, &keys(changes))?;
        }
        let mut planned = plan(conn, self, write, changes)?;
        insert(conn, self, write, changes, &mut planned, now)?;
        update(conn, self, changes, &planned, now)?;
        let outcome = |(change, (step, _)): (&Change<_>, Planned)| step.outcome(change.status);
        Ok(changes.iter().zip(planned).map(outcome).collect())
    }
}

/// Makes the enrollments that are to be made. Where another transaction was faster, the step becomes
/// what is to be done by now.
fn insert(
    conn: &mut AnyConnection,
    run: &RunOfProgram,
    write: Write,
    changes: Changes<'_>,
    planned: &mut [Planned],
    now: Timestamp,
) -> Result<(), Error> {
    let is_wanted = |(change, planned): (_, &Planned)| match *planned {
        (Step::Insert, Some(place)) => Some(enrollment(run, place, change)),
        _ => None,
    };
    let wanted: Vec<_> = changes.iter().zip(&*planned).filter_map(is_wanted).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let made = course_enrollments::insert(conn, &wanted, now)?;
    for (change, (step, place)) in changes.iter().zip(planned) {
        if *step == Step::Insert && place.is_some_and(|place| !made.contains(&place)) {
            *step = plan_anew(conn, run, write, change)?;
        }
    }
    Ok(())
}

/// Changes the enrollments that are to be changed, those that become alike at once.
fn update(
    conn: &mut AnyConnection,
    run: &RunOfProgram,
    changes: Changes<'_>,
    planned: &[Planned],
    now: Timestamp,
) -> Result<(), Error> {
    let mut alike: HashMap<(CourseStatus, Option<bool>), Vec<Id<Enrollment>>> = HashMap::new();
    for (change, (step, place)) in changes.iter().zip(planned) {
        if *step == Step::Update {
            alike.entry((change.status, change.course_staff)).or_default().extend(*place);
        }
    }
    for ((status, staff), places) in alike {
        course_enrollments::update(conn, &places, &run.course_key, status, staff, now)?;
    }
    Ok(())
}

fn plan(
    conn: &mut AnyConnection,
    run: &RunOfProgram,
    write: Write,
    changes: Changes<'_>,
) -> Result<Vec<Planned>, Error> {
    let keys = keys(changes);
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

fn keys(changes: Changes<'_>) -> Vec<&str> {
    changes.iter().map(|change| change.student_key.as_str()).collect()
}
