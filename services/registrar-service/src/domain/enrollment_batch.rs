//! A request to write enrollments: what makes it readable, and what becomes of each item.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::enrollment::{EnrollmentStatus, LONGEST_STUDENT_KEY};

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
}

/// Whether a request makes enrollments or changes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    Create,
    Modify,
}

/// A change that can be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub student_key: String,
    pub status: EnrollmentStatus,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done(EnrollmentStatus),
    /// The key occurs more than once; none of its occurrences was tried.
    Duplicated,
    InvalidStatus,
    /// There is an enrollment already.
    Conflict,
    /// There is none to change.
    NotInProgram,
}

impl Outcome {
    /// As the API spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done(status) => status.name(),
            Self::Duplicated => "duplicated",
            Self::InvalidStatus => "invalid-status",
            Self::Conflict => "conflict",
            Self::NotInProgram => "not-in-program",
        }
    }
}

/// What became of the whole request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Success {
    Whole,
    Partial,
    /// Also when there was nothing to do.
    None,
}

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
}

impl Batch {
    /// Reads a request's body.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, item after item.
    pub fn read(body: &Value) -> Result<Self, UnreadableBatch> {
        let items = body.as_array().ok_or(UnreadableBatch::NotAList)?;
        if items.len() > MOST_ITEMS {
            return Err(UnreadableBatch::TooMany);
        }
        let items: Result<_, _> = items.iter().map(read_item).collect();
        Ok(Self { items: items? })
    }

    /// The changes worth trying, in order of their keys: every request then locks rows in the same
    /// order, and two of them cannot wait for each other.
    pub fn changes(&self) -> Vec<Change> {
        let mut changes: Vec<Change> = self
            .verdicts()
            .filter_map(|(item, verdict)| {
                let status = verdict.ok()?;
                Some(Change { student_key: item.student_key.clone(), status })
            })
            .collect();
        changes.sort_by(|a, b| a.student_key.cmp(&b.student_key));
        changes
    }

    /// What became of each key as it was sent, in ascending order; `tried` has the outcomes of
    /// [`Batch::changes`] by key.
    pub fn outcomes(&self, tried: &HashMap<String, Outcome>) -> BTreeMap<String, Outcome> {
        let outcome = |(item, verdict): (&Item, Result<_, Outcome>)| {
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

    fn verdicts(&self) -> impl Iterator<Item = (&Item, Result<EnrollmentStatus, Outcome>)> {
        let mut occurrences: HashMap<&str, usize> = HashMap::new();
        for item in &self.items {
            *occurrences.entry(item.student_key.as_str()).or_default() += 1;
        }
        self.items.iter().map(move |item| {
            let repeated = occurrences.get(item.student_key.as_str()).is_some_and(|n| *n > 1);
            let verdict = if repeated {
                Err(Outcome::Duplicated)
            } else {
                EnrollmentStatus::from_name(&item.status).ok_or(Outcome::InvalidStatus)
            };
            (item, verdict)
        })
    }
}

/// How well a request did, from what became of its keys.
pub fn success(outcomes: &BTreeMap<String, Outcome>) -> Success {
    let done = outcomes.values().filter(|outcome| matches!(outcome, Outcome::Done(_))).count();
    match done {
        0 => Success::None,
        n if n == outcomes.len() => Success::Whole,
        _ => Success::Partial,
    }
}

fn read_item(item: &Value) -> Result<Item, UnreadableBatch> {
    let members = item.as_object().ok_or(UnreadableBatch::NotADict)?;
    let text = |name: &'static str| {
        members.get(name).and_then(Value::as_str).ok_or(UnreadableBatch::NoText(name))
    };
    let sent_key = text("student_key")?;
    let student_key = sent_key.trim();
    if student_key.is_empty() {
        return Err(UnreadableBatch::NoText("student_key"));
    }
    if student_key.chars().count() > LONGEST_STUDENT_KEY {
        return Err(UnreadableBatch::LongKey);
    }
    if student_key.contains('\0') {
        return Err(UnreadableBatch::NullCharacter);
    }
    Ok(Item {
        sent_key: sent_key.to_owned(),
        student_key: student_key.to_owned(),
        status: text("status")?.trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::{Value, json};

    use super::{Batch, Outcome, Success, UnreadableBatch, success};

    fn item(key: &str, status: &str) -> Value {
        json!({ "student_key": key, "status": status })
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
            assert_eq!(Batch::read(&body), Err(error), "{body}");
        }
    }

    #[test]
    fn no_occurrence_of_a_repeated_key_is_tried_also_when_only_spaces_differ() {
        let body = json!([item("a", "enrolled"), item(" a", "bogus"), item("b", "ended")]);
        let batch = Batch::read(&body).unwrap();

        assert_eq!(batch.changes().len(), 1);
        let outcomes = batch.outcomes(&HashMap::new());
        assert_eq!(outcomes["a"], Outcome::Duplicated);
        assert_eq!(outcomes[" a"], Outcome::Duplicated);
        assert_eq!(success(&outcomes), Success::Partial);
    }

    #[test]
    fn a_request_with_nothing_in_it_has_no_success() {
        let batch = Batch::read(&json!([])).unwrap();
        assert_eq!(success(&batch.outcomes(&HashMap::new())), Success::None);
    }
}
