//! Learners and their enrollments, of an import.

use model::catalog;

use super::{Import, Wrong, wrong};
use crate::{
    actions::{roster::Roster, tell},
    domain::{
        change::{Change, Status, Write},
        enrollment::{self, Account, EnrollmentStatus},
    },
    error::Error,
    store::{enrollments, learners},
};

impl Import<'_> {
    /// Ties a learner to an account, and tells the learner's enrollments again if that is new, so
    /// that others learn of the account.
    pub(super) fn learner_link(&mut self, given: &catalog::LearnerLink) -> Wrong {
        let organization = self.organization_id(&given.organization)?;
        let student_key = student_key(&given.student_key)?;
        let known = learners::account(self.conn, organization, student_key)?;
        let kept_name = known.as_ref().and_then(|known| known.full_name.clone());
        let account = Account {
            username: given.username.clone(),
            email: given.email.as_str().to_owned(),
            full_name: given.full_name.clone().or(kept_name),
        };
        if known.as_ref() == Some(&account) {
            return Ok(());
        }
        let now = self.now;
        learners::link(self.conn, organization, student_key, known.as_ref(), &account, now)?;
        self.imported.learner_links += 1;
        for key in enrollments::programs_of_learner(self.conn, organization, student_key)? {
            let program = self.known_program(&key)?;
            // Counted first: from then on nobody else changes the row.
            enrollments::count_change(self.conn, program.id, student_key, now)?;
            if let Some(enrollment) = enrollments::find(self.conn, program.id, student_key)? {
                tell::enrollments(self.conn, &program, vec![enrollment], now)?;
            }
        }
        Ok(())
    }

    /// Creates or changes, whatever the program's type: an operator knows what it imports.
    pub(super) fn enrollment(&mut self, given: &catalog::ProgramEnrollment) -> Wrong {
        let program = self.known_program(&given.program)?;
        let status = EnrollmentStatus::from_name(&given.status)
            .ok_or_else(|| wrong(format!("there is no status {:?}", given.status)))?;
        let student_key = student_key(&given.student_key)?.to_owned();
        let change = Change { student_key, status, course_staff: None };
        let before = enrollments::find(self.conn, program.id, &change.student_key)?;
        if before.is_some_and(|before| before.status == status) {
            return Ok(());
        }
        program.write(self.conn, Write::Put, &[change], self.now)?;
        self.imported.enrollments += 1;
        Ok(())
    }
}

fn student_key(text: &str) -> Result<&str, Error> {
    enrollment::student_key(text).map_err(|_| wrong("a student_key has 1 to 255 characters"))
}
