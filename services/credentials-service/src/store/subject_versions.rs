//! How far the news of each subject has been heard.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;

use super::schema::subject_versions;

/// Whether this is newer than all that was heard of the subject; if so, it is remembered.
pub fn advance(
    conn: &mut AnyConnection,
    kind: &str,
    subject: &str,
    sequence: i64,
) -> Result<bool, Error> {
    let insert = diesel::insert_into(subject_versions::table)
        .values((
            subject_versions::kind.eq(kind),
            subject_versions::subject.eq(subject),
            subject_versions::sequence.eq(sequence),
        ))
        .on_conflict((subject_versions::kind, subject_versions::subject))
        .do_nothing();
    if Portable(insert).execute(conn)? == 1 {
        return Ok(true);
    }
    let changed = diesel::update(subject_versions::table.find((kind, subject)))
        .filter(subject_versions::sequence.lt(sequence))
        .set(subject_versions::sequence.eq(sequence))
        .execute(conn)?;
    Ok(changed == 1)
}
