//! Many rows in few statements.

/// The most rows of one statement: PostgreSQL takes 65,535 values in it, and no table here has more
/// than twenty columns.
pub const MOST_ROWS: usize = 1000;

/// Runs an insert for all of `$rows`, and answers how many rows were written.
///
/// PostgreSQL gets [`MOST_ROWS`] at a time, since each statement is a journey. SQLite gets one after
/// the other: there is no journey to save, and one prepared statement serves for all. A single row
/// is a prepared statement on both.
macro_rules! insert_all {
    ($conn:expr, $rows:expr, |$values:ident| $insert:expr) => {
        match $conn {
            database::AnyConnection::Postgres(conn) => $rows
                .chunks($crate::store::rows::MOST_ROWS)
                .map(|chunk| match chunk {
                    [$values] => $insert.execute(conn),
                    $values => $insert.execute(conn),
                })
                .sum::<diesel::QueryResult<usize>>(),
            database::AnyConnection::Sqlite(conn) => {
                $rows.iter().map(|$values| $insert.execute(conn)).sum()
            }
        }
    };
}
pub(super) use insert_all;

/// Filters a boxed query by a list. SQLite prepares a list anew each time, so a list of one is
/// asked for as such.
macro_rules! among {
    ($query:expr, $column:expr, $list:expr) => {
        match $list {
            [one] => $query.filter($column.eq(one)),
            list => $query.filter($column.eq_any(list)),
        }
    };
}
pub(super) use among;
