//! How often that changed which certificates of a configuration show.

use database::{AnyConnection, Error};
use diesel::prelude::*;

use super::schema::shown_version;

/// The number of changes so far. Whatever was read after the answer is at least as new.
pub fn current(conn: &mut AnyConnection) -> Result<i64, Error> {
    Ok(shown_version::table.select(shown_version::version).first(conn)?)
}

/// Counts a change of a site, a configuration, a signatory, a picture or the catalog, in its
/// transaction. All who change any of them meet here: call it last.
pub fn advance(conn: &mut AnyConnection) -> Result<(), Error> {
    diesel::update(shown_version::table)
        .set(shown_version::version.eq(shown_version::version + 1))
        .execute(conn)?;
    Ok(())
}
