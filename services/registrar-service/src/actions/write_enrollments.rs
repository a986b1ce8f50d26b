//! Makes or changes the enrollments of one request: all that can be done is done, and told.

use std::collections::{BTreeMap, HashMap};

use database::AnyConnection;
use model::{Id, Timestamp};

use super::tell;
use crate::{
    app::App,
    domain::{
        enrollment::Enrollment,
        enrollment_batch::{Batch, Change, Outcome, Write},
        program::Program,
    },
    error::Error,
    store::{enrollments, programs},
};

/// What became of each key of the request.
///
/// # Errors
///
/// If the database refuses; then nothing was done.
pub async fn write_enrollments(
    app: &App,
    program: Program,
    write: Write,
    batch: Batch,
) -> Result<BTreeMap<String, Outcome>, Error> {
    let now = app.clock.now();
    let changes = batch.changes();
    if changes.is_empty() {
        return Ok(batch.outcomes(&HashMap::new()));
    }
    app.db
        .write(move |conn| {
            let mut tried = HashMap::new();
            for change in changes {
                let outcome = match write {
                    Write::Create => create(conn, &program, &change, now)?,
                    Write::Modify => modify(conn, &program, &change, now)?,
                };
                tried.insert(change.student_key, outcome);
            }
            Ok(batch.outcomes(&tried))
        })
        .await
}

/// Makes an enrollment, unless there is one, whatever its status.
pub(super) fn create(
    conn: &mut AnyConnection,
    program: &Program,
    change: &Change,
    now: Timestamp,
) -> Result<Outcome, Error> {
    let curriculum = programs::active_curriculum(conn, program.id)?;
    let enrollment = Enrollment {
        id: Id::fresh(),
        program_id: program.id,
        curriculum_uuid: curriculum.map(Id::uuid),
        student_key: change.student_key.clone(),
        status: change.status,
        sequence: 1,
    };
    if !enrollments::insert(conn, &enrollment, now)? {
        return Ok(Outcome::Conflict);
    }
    tell::enrollment(conn, program, enrollment, now)?;
    Ok(Outcome::Done(change.status))
}

/// Changes an enrollment, and tells it if that changed anything.
pub(super) fn modify(
    conn: &mut AnyConnection,
    program: &Program,
    change: &Change,
    now: Timestamp,
) -> Result<Outcome, Error> {
    let changed =
        enrollments::set_status(conn, program.id, &change.student_key, change.status, now)?;
    let Some(enrollment) = enrollments::find(conn, program.id, &change.student_key)? else {
        return Ok(Outcome::NotInProgram);
    };
    if changed {
        tell::enrollment(conn, program, enrollment, now)?;
    }
    Ok(Outcome::Done(change.status))
}
