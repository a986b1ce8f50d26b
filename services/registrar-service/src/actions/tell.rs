//! What other services hear of the registrar's changes.

use database::AnyConnection;
use events::registrar::{Account, EnrollmentChanged};
use messaging::outbox;
use model::Timestamp;

use crate::{
    domain::{change::Status, enrollment::Enrollment, program::Program},
    error::Error,
    store::{learners, organizations},
};

/// Tells enrollments of a program as they are now, with the learners' accounts where those are
/// known.
pub fn enrollments(
    conn: &mut AnyConnection,
    program: &Program,
    changed: Vec<Enrollment>,
    now: Timestamp,
) -> Result<(), Error> {
    if changed.is_empty() {
        return Ok(());
    }
    let keys: Vec<&str> = changed.iter().map(|each| each.student_key.as_str()).collect();
    let mut accounts = learners::accounts(conn, program.organization_id, &keys)?;
    let organization_key = organizations::key_of(conn, program.organization_id)?;
    let events = changed.into_iter().map(|enrollment| EnrollmentChanged {
        enrollment_id: enrollment.id.uuid(),
        sequence: enrollment.sequence,
        program_key: program.key.clone(),
        program_uuid: Some(program.discovery_uuid),
        organization_key: organization_key.clone(),
        account: accounts.remove(&enrollment.student_key).map(|account| Account {
            username: account.username,
            email: account.email,
            full_name: account.full_name,
        }),
        student_key: enrollment.student_key,
        status: enrollment.status.name().to_owned(),
        changed_at: now,
    });
    Ok(outbox::append_all(conn, events, now)?)
}
