//! The rows of requests with many, and what became of each.

use database::{AnyConnection, Error};
use diesel::{dsl::count_star, prelude::*};
use model::Id;

use super::schema::bulk_rows;
use crate::domain::{
    bulk::{Bulk, row::Row},
    change::{Change, Outcome, Status, Success},
};

/// Keeps rows; those that ask for nothing are decided at once.
pub fn insert<S: Status>(
    conn: &mut AnyConnection,
    bulk: Id<Bulk>,
    rows: &[Row<S>],
) -> Result<(), Error> {
    let values = |row: &Row<S>| {
        let asked = row.asked.ok();
        (
            bulk_rows::bulk_id.eq(bulk),
            bulk_rows::number.eq(row.number),
            bulk_rows::name.eq(row.name.clone()),
            bulk_rows::student_key.eq(row.student_key.clone()),
            bulk_rows::status.eq(asked.map(|asked| asked.status.name())),
            bulk_rows::course_staff.eq(asked.and_then(|asked| asked.course_staff)),
            bulk_rows::outcome.eq(row.asked.err().map(|fault| fault.name::<S>())),
        )
    };
    let values: Vec<_> = rows.iter().map(values).collect();
    let insert = diesel::insert_into(bulk_rows::table).values(values);
    match conn {
        AnyConnection::Postgres(conn) => insert.execute(conn)?,
        AnyConnection::Sqlite(conn) => insert.execute(conn)?,
    };
    Ok(())
}

/// Decides every occurrence of some keys that occur more than once, whatever else is wrong with
/// them; false if there was no such key left.
pub fn decide_repeated<S: Status>(
    conn: &mut AnyConnection,
    bulk: Id<Bulk>,
    most_keys: i64,
) -> Result<bool, Error> {
    let duplicated = Outcome::<S>::Duplicated.name();
    let repeated: Vec<Option<String>> = bulk_rows::table
        .filter(bulk_rows::bulk_id.eq(bulk))
        .filter(bulk_rows::student_key.is_not_null())
        .filter(bulk_rows::outcome.is_null().or(bulk_rows::outcome.ne(duplicated)))
        .group_by(bulk_rows::student_key)
        .having(count_star().gt(1))
        .select(bulk_rows::student_key)
        .limit(most_keys)
        .load(conn)?;
    diesel::update(bulk_rows::table)
        .filter(bulk_rows::bulk_id.eq(bulk))
        .filter(bulk_rows::student_key.eq_any(&repeated))
        .set(bulk_rows::outcome.eq(Some(duplicated)))
        .execute(conn)?;
    Ok(!repeated.is_empty())
}

/// Some changes after the key `after` that are not decided, with their rows' numbers, in order of
/// their keys: every request then makes enrollments in the same order.
pub fn undecided<S: Status>(
    conn: &mut AnyConnection,
    bulk: Id<Bulk>,
    after: &str,
    limit: i64,
) -> Result<Vec<(i32, Change<S>)>, Error> {
    type Asked = (i32, Option<String>, Option<String>, Option<bool>);
    let rows: Vec<Asked> = bulk_rows::table
        .filter(bulk_rows::bulk_id.eq(bulk))
        .filter(bulk_rows::student_key.gt(after))
        .filter(bulk_rows::outcome.is_null())
        .order(bulk_rows::student_key)
        .limit(limit)
        .select((
            bulk_rows::number,
            bulk_rows::student_key,
            bulk_rows::status,
            bulk_rows::course_staff,
        ))
        .load(conn)?;
    let change = |(number, key, status, course_staff): Asked| {
        let status = status.as_deref().and_then(S::from_name);
        let (student_key, status) = key.zip(status).ok_or_else(|| {
            Error::corrupt("bulk_rows", format!("{bulk}/{number}"), "it asks for nothing")
        })?;
        Ok((number, Change { student_key, status, course_staff }))
    };
    rows.into_iter().map(change).collect()
}

/// Notes what became of some rows, by their numbers.
pub fn decide<S: Status>(
    conn: &mut AnyConnection,
    bulk: Id<Bulk>,
    outcome: Outcome<S>,
    numbers: &[i32],
) -> Result<(), Error> {
    diesel::update(bulk_rows::table)
        .filter(bulk_rows::bulk_id.eq(bulk))
        .filter(bulk_rows::number.eq_any(numbers))
        .set(bulk_rows::outcome.eq(Some(outcome.name())))
        .execute(conn)?;
    Ok(())
}

/// How well a request did: a row is done if what became of it is the status that it asked for.
pub fn success(conn: &mut AnyConnection, bulk: Id<Bulk>) -> Result<Success, Error> {
    let rows = bulk_rows::table.filter(bulk_rows::bulk_id.eq(bulk));
    let all: i64 = rows.count().get_result(conn)?;
    let done: i64 =
        rows.filter(bulk_rows::outcome.eq(bulk_rows::status)).count().get_result(conn)?;
    let counted = |count: i64| usize::try_from(count).unwrap_or_default();
    Ok(Success::of(counted(done), counted(all)))
}

/// What became of some rows after `name`, by their names in ascending order, each name once: rows
/// of one name had one fate.
pub fn outcomes_after(
    conn: &mut AnyConnection,
    bulk: Id<Bulk>,
    name: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, Error> {
    let rows: Vec<(String, Option<String>)> = bulk_rows::table
        .filter(bulk_rows::bulk_id.eq(bulk))
        .filter(bulk_rows::name.gt(name))
        .order(bulk_rows::name)
        .limit(limit)
        .select((bulk_rows::name, bulk_rows::outcome))
        .distinct()
        .load(conn)?;
    let decided = |(name, outcome): (_, Option<_>)| {
        let outcome = outcome.ok_or_else(|| Error::corrupt("bulk_rows", bulk, "not decided"))?;
        Ok((name, outcome))
    };
    rows.into_iter().map(decided).collect()
}
