//! What is asked for: that somebody holds, or no longer holds, a credential.

use std::collections::HashMap;

use model::{Id, Timestamp};

use super::{
    catalog::Program,
    user_credential::{Attribute, CertificateId, Status},
};

/// A wish about one credential. `W` says what shall be awarded: as the caller names it
/// ([`Awardable`], [`Issuable`]), or as it was found ([`Configured`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award<W> {
    pub username: String,
    pub what: W,
    pub status: Status,
    /// Merged with those that the credential has.
    pub attributes: Vec<Attribute>,
    pub date_override: DateOverride,
    /// Makes the learner's account known if it is not.
    pub lms_user_id: Option<i64>,
}

/// What becomes of the date that a course certificate shows. Programs have no such date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOverride {
    Keep,
    Be(Option<Timestamp>),
}

/// What the v2 API names: a program, or a course run whose configuration may be made on the fly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awardable {
    Program(Id<Program>),
    CourseRun { key: String, mode: Option<String> },
}

/// What the v1 API names: a configuration that exists. Both names of a program have to agree.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Issuable {
    Course { course_id: String, certificate_type: String },
    Program { id: Option<i64>, uuid: Option<Id<Program>> },
}

/// What an incomplete call names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    Whole(Issuable),
    /// A course run, without the mode.
    Course(String),
}

/// An active configuration, and the site that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Configured {
    pub site_id: i64,
    pub certificate: CertificateId,
}

impl<W> Award<W> {
    /// The same wish for something else.
    pub fn of<V>(self, what: V) -> Award<V> {
        Award {
            username: self.username,
            what,
            status: self.status,
            attributes: self.attributes,
            date_override: self.date_override,
            lms_user_id: self.lms_user_id,
        }
    }
}

impl Award<Configured> {
    /// The date override of a credential that had `before`.
    pub fn date_after(&self, before: Option<Timestamp>) -> Option<Timestamp> {
        match (self.what.certificate, self.date_override) {
            (CertificateId::Course(_), DateOverride::Keep) => before,
            (CertificateId::Course(_), DateOverride::Be(date)) => date,
            (CertificateId::Program(_), _) => None,
        }
    }
}

/// Puts wishes into groups, in which each learner stands once: the first wishes about everybody,
/// then the second ones. A group can be carried out as one, and finds of each learner what the
/// wishes before left, as if every wish had come alone.
///
/// Answers the places of the wishes of each group.
pub fn in_turn<'a>(learners: impl IntoIterator<Item = &'a str>) -> Vec<Vec<usize>> {
    let (mut groups, mut turns) = (Vec::<Vec<usize>>::new(), HashMap::new());
    for (place, learner) in learners.into_iter().enumerate() {
        let turn: &mut usize = turns.entry(learner).or_default();
        match groups.get_mut(*turn) {
            Some(group) => group.push(place),
            None => groups.push(vec![place]),
        }
        *turn += 1;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::in_turn;

    #[test]
    fn nobody_stands_twice_in_a_group_and_everybodys_wishes_keep_their_order() {
        assert_eq!(in_turn([]), Vec::<Vec<usize>>::new());
        assert_eq!(in_turn(["pat", "lin", "eve"]), [[0, 1, 2]]);
        let groups = in_turn(["pat", "lin", "pat", "pat", "eve", "lin"]);
        assert_eq!(groups, [vec![0, 1, 4], vec![2, 5], vec![3]]);
    }
}
