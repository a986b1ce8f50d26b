//! Learners, as far as one change has to wait for another.

use database::{AnyConnection, Error};
use diesel::{prelude::*, upsert::excluded};

use super::{rows::insert_all, schema::learners};

/// Takes a learner until the transaction ends. Call it before anything else is written.
pub fn lock(conn: &mut AnyConnection, username: &str) -> Result<(), Error> {
    lock_all(conn, [username])
}

/// Takes learners until the transaction ends, always in the same order: two transactions that want
/// the same ones wait for each other, and never in a circle. A transaction that needs several takes
/// them all at once.
pub fn lock_all<'a>(
    conn: &mut AnyConnection,
    usernames: impl IntoIterator<Item = &'a str>,
) -> Result<(), Error> {
    let mut usernames: Vec<&str> = usernames.into_iter().collect();
    usernames.sort_unstable();
    usernames.dedup();
    let rows: Vec<_> = usernames.into_iter().map(|name| learners::username.eq(name)).collect();
    insert_all!(conn, rows, |rows| diesel::insert_into(learners::table)
        .values(rows)
        .on_conflict(learners::username)
        .do_update()
        .set(learners::username.eq(excluded(learners::username))))?;
    Ok(())
}
