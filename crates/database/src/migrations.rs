//! The tables' history, for both databases, carried inside the binary.

use diesel::{PgConnection, RunQueryDsl, connection::SimpleConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use crate::{AnyConnection, Error};

/// One crate's migrations: the same names for both databases, in each one's native types.
pub struct Migrations {
    pub postgres: EmbeddedMigrations,
    pub sqlite: EmbeddedMigrations,
}

/// The advisory lock that lets one process migrate while its siblings wait.
const MIGRATION_LOCK: i64 = 0x7465_7374_616d;

pub(crate) fn run(conn: &mut AnyConnection, all: Vec<Migrations>) -> Result<(), Error> {
    match conn {
        AnyConnection::Postgres(conn) => {
            lock(conn, "pg_advisory_lock")?;
            let outcome = all
                .into_iter()
                .try_for_each(|each| conn.run_pending_migrations(each.postgres).map(drop));
            lock(conn, "pg_advisory_unlock")?;
            outcome.map_err(refused)
        }
        AnyConnection::Sqlite(conn) => all
            .into_iter()
            .try_for_each(|each| conn.run_pending_migrations(each.sqlite).map(drop))
            .map_err(refused),
    }
}

impl AnyConnection {
    /// Runs statements that return nothing. For set-up and tests.
    ///
    /// # Errors
    ///
    /// If a statement is refused.
    pub fn execute_batch(&mut self, sql: &str) -> Result<(), Error> {
        Ok(self.batch_execute(sql)?)
    }
}

fn lock(conn: &mut PgConnection, function: &str) -> Result<(), Error> {
    diesel::sql_query(format!("SELECT {function}({MIGRATION_LOCK})")).execute(conn)?;
    Ok(())
}

fn refused(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::NoConnection(format!("a migration failed: {error}"))
}
