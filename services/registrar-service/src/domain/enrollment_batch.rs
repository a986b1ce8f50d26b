//! A request to write enrollments: what makes it readable, and what becomes of each item.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::{
    change::{Change, Outcome, Status, Success},
    enrollment::{BadStudentKey, LONGEST_STUDENT_KEY, student_key},
};

/// The most items of one request.
pub const MOST_ITEMS: usize = 25;

/// Why nothing of a request is done. The texts are the API's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableBatch {
    #[error("expected request body type: List")]
    NotAList,
    #[error("Enrollment limit {MOST_ITEMS}")]
    TooMany,
    #[error("expected items in request to be of type Dict")]
    NotADict,
    #[error("expected request dicts to have string value for \"{0}\"")]
    NoText(&'static str),
    #[error("student_key must be at most {LONGEST_STUDENT_KEY} characters")]
    LongKey,
    #[error("student_key must not contain null characters")]
    NullCharacter,
    #[error("expected request dicts to have boolean value for \"course_staff\"")]
    NoFlag,
    #[error("\"course_staff\" not accepted since role assignment is not enabled")]
    StaffNotEnabled,
}

/// What items may say of a learner's being course staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CourseStaff {
    /// Whatever they like: nobody looks at it.
    Ignored,
    /// Nothing: it is not switched on for the caller.
    Refused,
    Accepted,
}

/// What became of each key of a request, as it was sent.
pub type Outcomes<S> = BTreeMap<String, Outcome<S>>;

/// A readable request: its items by the keys exactly as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    sent_key: String,
    student_key: String,
    status: String,
    course_staff: Option<bool>,
}

impl Batch {
    /// Reads a request's body.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, item after item.
    pub fn read(body: &Value, staff: CourseStaff) -> Result<Self, UnreadableBatch> {
        let items = body.as_array().ok_or(UnreadableBatch::NotAList)?;
        if items.len() > MOST_ITEMS {
            return Err(UnreadableBatch::TooMany);
        }
        let items: Result<_, _> = items.iter().map(|item| read_item(item, staff)).collect();
        Ok(Self { items: items? })
    }

    /// The changes worth trying, in order of their keys: every request then locks rows in the same
    /// order, and two of them cannot wait for each other.
    pub fn changes<S: Status>(&self) -> Vec<Change<S>> {
        let mut changes: Vec<Change<S>> = self
            .verdicts()
            .filter_map(|(item, verdict)| {
                Some(Change {
                    student_key: item.student_key.clone(),
                    status: verdict.ok()?,
                    course_staff: item.course_staff,
                })
            })
            .collect();
        changes.sort_by(|a, b| a.student_key.cmp(&b.student_key));
        changes
    }

    /// What became of each key as it was sent, in ascending order; `tried` has the outcomes of
    /// [`Batch::changes`] by key.
    pub fn outcomes<S: Status>(&self, tried: &HashMap<String, Outcome<S>>) -> Outcomes<S> {
        let outcome = |(item, verdict): (&Item, Result<_, Outcome<S>>)| {
            let outcome = match verdict {
                Err(outcome) => outcome,
                Ok(status) => {
                    tried.get(&item.student_key).copied().unwrap_or(Outcome::Done(status))
                }
            };
            (item.sent_key.clone(), outcome)
        };
        self.verdicts().map(outcome).collect()
    }

    fn verdicts<S: Status>(&self) -> impl Iterator<Item = (&Item, Result<S, Outcome<S>>)> {
        let mut occurrences: HashMap<&str, usize> = HashMap::new();
        for item in &self.items {
            *occurrences.entry(item.student_key.as_str()).or_default() += 1;
        }
        self.items.iter().map(move |item| {
            let repeated = occurrences.get(item.student_key.as_str()).is_some_and(|n| *n > 1);
            let verdict = if repeated {
                Err(Outcome::Duplicated)
            } else {
                S::from_name(&item.status).ok_or(Outcome::InvalidStatus)
            };
            (item, verdict)
        })
    }
}

/// How well a request did, from what became of its keys.
pub fn success<S>(outcomes: &Outcomes<S>) -> Success {
    let done = outcomes.values().filter(|outcome| matches!(outcome, Outcome::Done(_))).count();
    Success::of(done, outcomes.len())
}

fn read_item(item: &Value, staff: CourseStaff) -> Result<Item, UnreadableBatch> {
    let members = item.as_object().ok_or(UnreadableBatch::NotADict)?;
    let text = |name: &'static str| {
        members.get(name).and_then(Value::as_str).ok_or(UnreadableBatch::NoText(name))
    };
    let sent_key = text("student_key")?;
    let student_key = student_key(sent_key).map_err(|bad| match bad {
        BadStudentKey::Blank => UnreadableBatch::NoText("student_key"),
        BadStudentKey::TooLong => UnreadableBatch::LongKey,
        BadStudentKey::NullCharacter => UnreadableBatch::NullCharacter,
    })?;
    Ok(Item {
        sent_key: sent_key.to_owned(),
        student_key: student_key.to_owned(),
        status: text("status")?.trim().to_owned(),
        course_staff: course_staff(members, staff)?,
    })
}

fn course_staff(
    members: &Map<String, Value>,
    staff: CourseStaff,
) -> Result<Option<bool>, UnreadableBatch> {
    match (members.get("course_staff"), staff) {
        (None | Some(Value::Null), _) | (_, CourseStaff::Ignored) => Ok(None),
        (Some(Value::Bool(_)), CourseStaff::Refused) => Err(UnreadableBatch::StaffNotEnabled),
        (Some(Value::Bool(flag)), CourseStaff::Accepted) => Ok(Some(*flag)),
        (Some(_), _) => Err(UnreadableBatch::NoFlag),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::{Value, json};

    use super::{Batch, CourseStaff, Outcome, Success, UnreadableBatch, success};
    use crate::domain::{course_enrollment::CourseStatus, enrollment::EnrollmentStatus};

    fn item(key: &str, status: &str) -> Value {
        json!({ "student_key": key, "status": status })
    }

    fn read(body: &Value) -> Result<Batch, UnreadableBatch> {
        Batch::read(body, CourseStaff::Ignored)
    }

    #[test]
    fn the_first_thing_wrong_is_told_in_the_words_of_the_api() {
        let many: Vec<Value> = (0..26).map(|_| json!(5)).collect();
        for (body, error) in [
            (json!({}), UnreadableBatch::NotAList),
            (Value::Null, UnreadableBatch::NotAList),
            (Value::Array(many), UnreadableBatch::TooMany),
            (json!([item("a", "enrolled"), 5]), UnreadableBatch::NotADict),
            (json!([{ "status": 5 }]), UnreadableBatch::NoText("student_key")),
            (json!([{ "student_key": "a", "status": null }]), UnreadableBatch::NoText("status")),
            (json!([item("  ", "enrolled")]), UnreadableBatch::NoText("student_key")),
            (json!([item(&"x".repeat(256), "enrolled")]), UnreadableBatch::LongKey),
        ] {
            assert_eq!(read(&body), Err(error), "{body}");
        }
    }

    #[test]
    fn course_staff_is_true_false_or_nothing_and_needs_to_be_switched_on() {
        let with = |flag: Value| json!([{"student_key": "a", "status": "x", "course_staff": flag}]);

        for staff in [CourseStaff::Refused, CourseStaff::Accepted] {
            for wrong in [json!("true"), json!(1), json!([])] {
                assert_eq!(Batch::read(&with(wrong), staff), Err(UnreadableBatch::NoFlag));
            }
            assert!(Batch::read(&with(Value::Null), staff).is_ok());
        }
        let refused = Batch::read(&with(json!(false)), CourseStaff::Refused);
        assert_eq!(refused, Err(UnreadableBatch::StaffNotEnabled));
        assert!(Batch::read(&with(json!(true)), CourseStaff::Accepted).is_ok());
        assert!(read(&with(json!("whatever"))).is_ok());
    }

    #[test]
    fn no_occurrence_of_a_repeated_key_is_tried_also_when_only_spaces_differ() {
        let body = json!([item("a", "enrolled"), item(" a", "bogus"), item("b", "ended")]);
        let batch = read(&body).unwrap();

        assert_eq!(batch.changes::<EnrollmentStatus>().len(), 1);
        let outcomes = batch.outcomes::<EnrollmentStatus>(&HashMap::new());
        assert_eq!(outcomes["a"], Outcome::Duplicated);
        assert_eq!(outcomes[" a"], Outcome::Duplicated);
        assert_eq!(success(&outcomes), Success::Partial);
    }

    #[test]
    fn a_status_of_programs_is_none_of_course_runs() {
        let batch = read(&json!([item("a", "enrolled"), item("b", "active")])).unwrap();

        let outcomes = batch.outcomes::<CourseStatus>(&HashMap::new());
        assert_eq!(outcomes["a"], Outcome::InvalidStatus);
        assert_eq!(outcomes["b"], Outcome::Done(CourseStatus::Active));
    }
}
