//! Which accounts a school's learners have.

use std::collections::HashMap;

use database::{AnyConnection, Error};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::schema::learner_links;
use crate::domain::{enrollment::Account, program::Organization};

/// The account behind a school's key of a learner.
pub fn account(
    conn: &mut AnyConnection,
    organization: Id<Organization>,
    student_key: &str,
) -> Result<Option<Account>, Error> {
    let row: Option<(String, String, Option<String>)> = learner_links::table
        .find((organization, student_key))
        .select((learner_links::username, learner_links::email, learner_links::full_name))
        .first(conn)
        .optional()?;
    Ok(row.map(|(username, email, full_name)| Account { username, email, full_name }))
}

/// The accounts behind some of a school's keys of learners, by key.
pub fn accounts(
    conn: &mut AnyConnection,
    organization: Id<Organization>,
    student_keys: &[&str],
) -> Result<HashMap<String, Account>, Error> {
    let rows: Vec<(String, String, String, Option<String>)> = learner_links::table
        .filter(learner_links::organization_id.eq(organization))
        .filter(learner_links::student_key.eq_any(student_keys))
        .select((
            learner_links::student_key,
            learner_links::username,
            learner_links::email,
            learner_links::full_name,
        ))
        .load(conn)?;
    let by_key = |(key, username, email, full_name)| (key, Account { username, email, full_name });
    Ok(rows.into_iter().map(by_key).collect())
}

/// Ties a key to an account, which it was not tied to before, or was to another.
pub fn link(
    conn: &mut AnyConnection,
    organization: Id<Organization>,
    student_key: &str,
    known: Option<&Account>,
    account: &Account,
    now: Timestamp,
) -> Result<(), Error> {
    let columns = (
        learner_links::username.eq(&account.username),
        learner_links::email.eq(&account.email),
        learner_links::full_name.eq(&account.full_name),
        learner_links::modified_at.eq(now),
    );
    match known {
        None => {
            diesel::insert_into(learner_links::table)
                .values((
                    columns,
                    learner_links::organization_id.eq(organization),
                    learner_links::student_key.eq(student_key),
                    learner_links::created_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        }
        Some(known) => {
            let changed = diesel::update(learner_links::table.find((organization, student_key)))
                .filter(learner_links::username.eq(&known.username))
                .set(columns)
                .execute(conn)?;
            database::expect_one(changed, "learner_links", student_key)
        }
    }
}
