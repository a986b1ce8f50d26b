//! The learners of a fault run: some of them belong to the demo's school.

use anyhow::Context;
use serde_json::{Value, json};

use crate::suite::Suite;

/// What their usernames begin with.
pub const PREFIX: &str = "fault-";

/// The school's program; the course that is awarded is one of its courses.
pub const PROGRAM: &str = "masters-in-data-science";

/// Every which learner is enrolled at the school.
const OF_SCHOOL: u64 = 4;

/// The username of the `number`th learner.
pub fn username(number: u64) -> String {
    format!("{PREFIX}{number}")
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

/// Enrols those of the first `count` learners who belong to the school.
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
    use super::{is_of_school, name, username};

    #[test]
    fn a_learners_name_is_in_no_other_learners_name() {
        assert!(!name(&username(12)).contains(&name(&username(1))));
        assert!(!name(&username(21)).contains(&name(&username(1))));
    }

    #[test]
    fn nobody_else_belongs_to_the_school() {
        assert!(is_of_school(&username(8)));
        assert!(!is_of_school(&username(9)));
        assert!(!is_of_school("zoe.marlowe"));
    }
}
