//! The learners of a fault run: some of them belong to the demo's school.

use anyhow::Context;
use serde_json::{Value, json};

use crate::suite::Suite;

/// What their usernames begin with.
pub const PREFIX: &str = "fault-";

/// The school's program; the course that is awarded is one of its courses.
pub const PROGRAM: &str = "masters-in-data-science";

/// Every which known learner is enrolled at the school.
const OF_SCHOOL: u64 = 4;

/// The username of the `number`th learner who is known by name and address.
pub fn username(number: u64) -> String {
    format!("{PREFIX}{number}")
}

/// The username of the `number`th learner of all, of whom one in `known_of` is known. Neither badge nor
/// document can follow the award of one who is not.
pub fn username_among(number: u64, known_of: u64) -> String {
    if number.is_multiple_of(known_of) {
        username(number / known_of)
    } else {
        format!("{PREFIX}unknown-{number}")
    }
}

/// Whether a learner is known by name and address.
pub fn is_known(username: &str) -> bool {
    number(username).is_some()
}

/// A learner's name. No two names begin alike up to the last word.
pub fn name(username: &str) -> String {
    format!("Learner {} Faultless", number(username).unwrap_or_default())
}

/// Whether a learner is enrolled at the school.
pub fn is_of_school(username: &str) -> bool {
    number(username).is_some_and(|number| number % OF_SCHOOL == 0)
}

fn number(username: &str) -> Option<u64> {
    username.strip_prefix(PREFIX)?.parse().ok()
}

/// Enrols those of the first `count` known learners who belong to the school.
pub async fn enrol(suite: &Suite, count: u64) -> anyhow::Result<()> {
    let usernames: Vec<String> = (1..=count).map(username).filter(|it| is_of_school(it)).collect();
    let link = |username: &String| {
        json!({ "organization": "Northlake", "student_key": username, "username": username,
                "email": format!("{username}@learners.example.org"), "full_name": name(username) })
    };
    let enrollment = |username: &String| json!({ "program": PROGRAM, "student_key": username, "status": "enrolled" });
    let document = json!({
        "learner_links": usernames.iter().map(link).collect::<Vec<Value>>(),
        "program_enrollments": usernames.iter().map(enrollment).collect::<Vec<Value>>(),
    });
    let file = suite.folder().join("learners.json");
    std::fs::write(&file, document.to_string())?;
    let file = file.to_str().context("the folder's name is text")?;
    suite.command("registrar-service", &["import", file]).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::{is_known, is_of_school, name, username, username_among};

    #[test]
    fn a_learners_name_is_in_no_other_learners_name() {
        assert!(!name(&username(12)).contains(&name(&username(1))));
        assert!(!name(&username(21)).contains(&name(&username(1))));
    }

    #[test]
    fn one_of_so_many_learners_is_known_and_all_are_different() {
        let all: std::collections::BTreeSet<String> =
            (1..=80).map(|number| username_among(number, 8)).collect();
        assert_eq!(all.len(), 80);
        assert_eq!(all.iter().filter(|username| is_known(username)).count(), 10);
        assert!((1..=80).all(|number| is_known(&username_among(number, 1))));
    }

    #[test]
    fn nobody_else_belongs_to_the_school() {
        assert!(is_of_school(&username(8)));
        assert!(!is_of_school(&username(9)));
        assert!(!is_of_school("zoe.marlowe"));
    }
}
