//! What other services hear of the registrar's changes.

use database::AnyConnection;
use events::registrar::{Account, EnrollmentChanged};
use messaging::outbox;
use model::Timestamp;

use crate::{
    domain::{enrollment::Enrollment, program::Program},
    error::Error,
    store::{learners, organizations},
};

/// Tells an enrollment as it is now, with the learner's account once that is known.
pub fn enrollment(
    conn: &mut AnyConnection,
    program: &Program,
    enrollment: Enrollment,
    now: Timestamp,
) -> Result<(), Error> {
    let account = learners::account(conn, program.organization_id, &enrollment.student_key)?;
    let event = EnrollmentChanged {
        enrollment_id: enrollment.id.uuid(),
        sequence: enrollment.sequence,
        program_key: program.key.clone(),
        program_uuid: Some(program.discovery_uuid),
        organization_key: organizations::key_of(conn, program.organization_id)?,
        student_key: enrollment.student_key,
        status: enrollment.status.name().to_owned(),
        account: account.map(|account| Account {
            username: account.username,
            email: account.email,
            full_name: account.full_name,
        }),
        changed_at: now,
    };
    Ok(outbox::append(conn, event, now)?)
}
