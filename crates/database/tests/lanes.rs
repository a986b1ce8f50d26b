//! Writes share commits and still fail alone; what panics leaves nothing behind.

use database::{AnyConnection, Db, Error, Migrations, Options};
use diesel::prelude::*;
use testkit::TestDatabase;

diesel::table! {
    notes (id) {
        id -> BigInt,
        text -> Text,
    }
}

fn open(database: &TestDatabase, threads: usize) -> Db {
    Db::open(database.url(), Vec::<Migrations>::new(), Options { threads }).unwrap()
}

async fn with_notes(database: &TestDatabase) -> Db {
    let db = open(database, 2);
    let made: Result<(), Error> = db
        .write(|conn| {
            conn.execute_batch(
                "CREATE TABLE notes (id bigint PRIMARY KEY NOT NULL, text text NOT NULL)",
            )
        })
        .await;
    made.unwrap();
    db
}

fn insert(conn: &mut AnyConnection, id: i64) -> Result<(), Error> {
    diesel::insert_into(notes::table)
        .values((notes::id.eq(id), notes::text.eq("x")))
        .execute(conn)?;
    Ok(())
}

async fn ids(db: &Db) -> Vec<i64> {
    let ids: Result<Vec<i64>, Error> =
        db.read(|conn| Ok(notes::table.order(notes::id).select(notes::id).load(conn)?)).await;
    ids.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_writes_at_once_the_failing_ones_alone_are_undone() {
    let database = TestDatabase::create();
    let db = with_notes(&database).await;

    let writes = (0..100_i64).map(|n| {
        let db = db.clone();
        tokio::spawn(async move {
            db.write(move |conn| {
                insert(conn, n)?;
                if n % 3 == 0 { Err(Error::Overloaded) } else { Ok(()) }
            })
            .await
        })
    });
    let mut written = Vec::new();
    for (n, write) in (0..).zip(writes.collect::<Vec<_>>()) {
        if write.await.unwrap().is_ok() {
            written.push(n);
        }
    }

    assert_eq!(written.len(), 66);
    assert_eq!(ids(&db).await, written);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_rolls_back_and_the_lane_goes_on() {
    let database = TestDatabase::create();
    let db = with_notes(&database).await;

    let panicked: Result<(), Error> = db
        .write(|conn| {
            insert(conn, 1)?;
            panic!("a bug")
        })
        .await;
    let after: Result<(), Error> = db.write(|conn| insert(conn, 2)).await;

    assert!(matches!(panicked, Err(Error::NoConnection(_))));
    assert!(after.is_ok());
    assert_eq!(ids(&db).await, [2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unique_violation_is_known_as_one() {
    let database = TestDatabase::create();
    let db = with_notes(&database).await;

    let first: Result<(), Error> = db.write(|conn| insert(conn, 1)).await;
    let second: Result<(), Error> = db.write(|conn| insert(conn, 1)).await;

    assert!(first.is_ok());
    assert!(second.unwrap_err().is_unique_violation());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_died_between_two_jobs_is_replaced() {
    let database = TestDatabase::create();
    if !database.url().starts_with("postgres") {
        return;
    }
    let db = open(&database, 1);
    let first = backend(&db).await.unwrap();
    let mut other = PgConnection::establish(database.url()).unwrap();
    let end = format!("SELECT pg_terminate_backend({first})");
    diesel::sql_query(end).execute(&mut other).unwrap();

    let lost: Result<Vec<i64>, Error> = db.read(unprepared).await;
    assert!(matches!(lost, Err(Error::NoConnection(_))), "{lost:?}");
    let lost: Result<Vec<i64>, Error> = db.read(unprepared).await;
    assert!(!matches!(lost, Err(Error::NoConnection(_))), "{lost:?}");
    assert_ne!(backend(&db).await.unwrap(), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_dies_within_a_transaction_cannot_be_had() {
    let database = TestDatabase::create();
    if !database.url().starts_with("postgres") {
        return;
    }
    let db = open(&database, 1);
    let url = database.url().to_owned();
    let lost: Result<(), Error> = db
        .write(move |conn| {
            prepared(conn)?;
            let pid = diesel::dsl::sql::<diesel::sql_types::Integer>("pg_backend_pid()");
            let mine: i32 = diesel::select(pid).get_result(conn)?;
            let mut other = PgConnection::establish(&url).unwrap();
            let end = format!("SELECT pg_terminate_backend({mine})");
            diesel::sql_query(end).execute(&mut other).unwrap();
            prepared(conn).map(drop)
        })
        .await;
    assert!(matches!(lost, Err(Error::NoConnection(_))), "{lost:?}");
    assert!(backend(&db).await.is_ok());
}

/// A statement that is prepared once.
fn prepared(conn: &mut AnyConnection) -> Result<i32, Error> {
    Ok(diesel::select(1.into_sql::<diesel::sql_types::Integer>()).get_result(conn)?)
}

/// A statement that the connection has not prepared yet, and that fails for want of its table.
fn unprepared(conn: &mut AnyConnection) -> Result<Vec<i64>, Error> {
    Ok(notes::table.select(notes::id).load(conn)?)
}

async fn backend(db: &Db) -> Result<i32, Error> {
    let pid = diesel::dsl::sql::<diesel::sql_types::Integer>("pg_backend_pid()");
    db.read(move |conn| Ok(diesel::select(pid).get_result(conn)?)).await
}
