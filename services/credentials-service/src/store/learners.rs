//! Learners, as far as one change has to wait for another.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;

use super::schema::learners;

/// Takes a learner until the transaction ends. Call it before anything else is written.
pub fn lock(conn: &mut AnyConnection, username: &str) -> Result<(), Error> {
    let insert = diesel::insert_into(learners::table)
        .values(learners::username.eq(username))
        .on_conflict(learners::username)
        .do_update()
        .set(learners::username.eq(username));
    Portable(insert).execute(conn)?;
    Ok(())
}
