//! When a credential may be seen, and how much of it.

use std::collections::BTreeMap;

use model::Timestamp;

use super::user_credential::{Status, UserCredential};

/// How much of a credential can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Not even that it exists.
    Hidden,
    /// That it no longer counts, and nothing that could still be used.
    Revoked,
    Whole,
}

/// A learner's course credential of one run of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseEvidence {
    pub course_run_id: i64,
    pub credential_id: i64,
    pub status: Status,
    pub available: Option<Timestamp>,
    pub created: Timestamp,
}

/// How much of a credential a site shows. Whether it may be seen at all (`is_visible`) is another
/// matter than whether it counts: what was never to be seen does not say that it was revoked.
pub fn sight(credential: &UserCredential, site_id: i64, is_visible: bool) -> Sight {
    if credential.site_id != site_id || !is_visible {
        return Sight::Hidden;
    }
    match credential.status {
        Status::Revoked => Sight::Revoked,
        Status::Awarded => Sight::Whole,
    }
}

/// Whether a course credential may be seen: not before its configuration's available date.
pub fn course_is_visible(available: Option<Timestamp>, now: Timestamp) -> bool {
    available.is_none_or(|available| available <= now)
}

/// From when a program credential may be seen: when the last of the learner's course credentials
/// of that program may. Never, without a single one.
pub fn program_visible_date(evidence: &[CourseEvidence]) -> Option<Timestamp> {
    let mut of_run: BTreeMap<i64, &CourseEvidence> = BTreeMap::new();
    for each in evidence {
        let chosen = of_run.entry(each.course_run_id).or_insert(each);
        if rank(each) < rank(chosen) {
            *chosen = each;
        }
    }
    of_run.values().map(|chosen| chosen.available.unwrap_or(chosen.created)).max()
}

/// Of several modes an awarded one counts, then the oldest.
fn rank(evidence: &CourseEvidence) -> (bool, i64) {
    (evidence.status != Status::Awarded, evidence.credential_id)
}

/// Whether something with this visible date may be seen.
pub fn is_visible(visible_date: Option<Timestamp>, now: Timestamp) -> bool {
    visible_date.is_some_and(|date| date <= now)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use model::Timestamp;

    use super::{
        CourseEvidence, Sight, course_is_visible, is_visible, program_visible_date, sight,
    };
    use crate::domain::user_credential::{Of, Status, UserCredential};

    fn at(second: i64) -> Timestamp {
        DateTime::from_timestamp(second, 0).unwrap().into()
    }

    fn evidence(run: i64, id: i64, available: Option<i64>) -> CourseEvidence {
        CourseEvidence {
            course_run_id: run,
            credential_id: id,
            status: Status::Awarded,
            available: available.map(at),
            created: at(id),
        }
    }

    fn credential(status: Status) -> UserCredential {
        let of = Of::Course {
            certificate_id: 1,
            course_id: "a/b/c".to_owned(),
            mode: "honor".to_owned(),
            available: None,
        };
        UserCredential {
            id: 1,
            uuid: uuid::Uuid::nil().into(),
            site_id: 1,
            username: "pat".to_owned(),
            of,
            status,
            date_override: None,
            sequence: 1,
            revoked_sequence: 0,
            told: None,
            created: at(1),
            modified: at(1),
        }
    }

    #[test]
    fn a_revocation_is_seen_where_the_credential_was_and_nowhere_else() {
        let (awarded, revoked) = (credential(Status::Awarded), credential(Status::Revoked));

        assert_eq!(sight(&awarded, 1, true), Sight::Whole);
        assert_eq!(sight(&revoked, 1, true), Sight::Revoked);
        for hidden in [sight(&awarded, 2, true), sight(&revoked, 2, true)] {
            assert_eq!(hidden, Sight::Hidden);
        }
        for hidden in [sight(&awarded, 1, false), sight(&revoked, 1, false)] {
            assert_eq!(hidden, Sight::Hidden);
        }
    }

    #[test]
    fn a_course_credential_waits_for_its_available_date() {
        assert!(course_is_visible(None, at(5)));
        assert!(course_is_visible(Some(at(5)), at(5)));
        assert!(!course_is_visible(Some(at(6)), at(5)));
    }

    #[test]
    fn a_program_without_a_course_credential_is_never_visible() {
        assert!(!is_visible(program_visible_date(&[]), at(i64::from(u32::MAX))));
    }

    #[test]
    fn one_late_course_hides_the_whole_program() {
        let date = program_visible_date(&[evidence(1, 1, None), evidence(2, 2, Some(9))]);

        assert_eq!(date, Some(at(9)));
        assert!(!is_visible(date, at(8)));
        assert!(is_visible(date, at(9)));
    }

    #[test]
    fn of_several_modes_of_one_run_an_awarded_one_counts_then_the_oldest() {
        let revoked = CourseEvidence { status: Status::Revoked, ..evidence(1, 1, Some(90)) };

        assert_eq!(program_visible_date(&[revoked, evidence(1, 2, Some(7))]), Some(at(7)));
        let both = [evidence(1, 4, Some(8)), evidence(1, 3, Some(6))];
        assert_eq!(program_visible_date(&both), Some(at(6)));
    }
}
