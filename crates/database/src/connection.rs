//! One connection type for both databases, chosen at run time by URL.

use diesel::{
    Connection, PgConnection, QueryResult, RunQueryDsl, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::Error as QueryError,
    sqlite::Sqlite,
};

use crate::Error;

/// A connection to whichever database the URL named.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

impl AnyConnection {
    /// Connects to `postgres://…`, or opens (and makes) the SQLite file of `sqlite:PATH`.
    ///
    /// SQLite waits five seconds for another process's lock. `synchronous = FULL`, because with
    /// less a power cut may take a committed award whose event has already left.
    pub(crate) fn open(url: &str) -> Result<Self, Error> {
        let unreachable = |error: diesel::ConnectionError| Error::NoConnection(error.to_string());
        if is_postgres(url) {
            let mut conn = PgConnection::establish(&with_patience(url)).map_err(unreachable)?;
            conn.batch_execute(SERVERS_PATIENCE)?;
            return Ok(Self::Postgres(conn));
        }
        let mut conn = SqliteConnection::establish(file_of(url)).map_err(unreachable)?;
        conn.batch_execute(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
             PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
        )?;
        Ok(Self::Sqlite(conn))
    }

    /// Runs `f` in a transaction, or in a savepoint when there is one already.
    ///
    /// SQLite takes its write lock at the beginning (`BEGIN IMMEDIATE`): upgrading a read lock
    /// later fails at once, without waiting, when another writer was faster.
    ///
    /// # Errors
    ///
    /// What `f` fails with, after everything it wrote was rolled back.
    pub fn write<T, E: From<Error>>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin().map_err(Error::from)?;
        match f(self) {
            Ok(value) => {
                <Self as Connection>::TransactionManager::commit_transaction(self)
                    .map_err(Error::from)?;
                Ok(value)
            }
            Err(error) => {
                self.undo()?;
                Err(error)
            }
        }
    }

    /// Runs `f`, which only reads, on one state of the database from beginning to end, whatever
    /// others commit meanwhile.
    ///
    /// # Errors
    ///
    /// What `f` fails with.
    pub fn snapshot<T, E: From<Error>>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let begun = match self {
            Self::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(
                conn,
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            ),
            // The state is that of the first read.
            Self::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN"),
        };
        begun.map_err(Error::from)?;
        let outcome = f(self);
        let undone = self.undo();
        outcome.and_then(|value| undone.map(|()| value).map_err(E::from))
    }

    /// Rolls back. Where the connection is gone, the transaction went with it.
    fn undo(&mut self) -> Result<(), Error> {
        match <Self as Connection>::TransactionManager::rollback_transaction(self) {
            Ok(()) | Err(QueryError::BrokenTransactionManager) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn begin(&mut self) -> QueryResult<()> {
        match self {
            Self::Postgres(conn) => AnsiTransactionManager::begin_transaction(conn),
            Self::Sqlite(conn) => {
                let depth = AnsiTransactionManager::transaction_manager_status_mut(conn)
                    .transaction_depth()?;
                match depth {
                    None => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
                    Some(_) => AnsiTransactionManager::begin_transaction(conn),
                }
            }
        }
    }
}

/// How long the server holds the locks of a transaction whose process is out of reach. No transaction
/// of ours is idle for nearly so long.
///
/// Source: PostgreSQL, "Client Connection Defaults" and "Connection Settings".
const SERVERS_PATIENCE: &str = "SET idle_in_transaction_session_timeout = '60s'; \
    SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;";

/// Makes the folder of a SQLite file, where there is none yet.
pub(crate) fn make_room_for(url: &str) -> Result<(), Error> {
    let folder = std::path::Path::new(file_of(url)).parent();
    match folder.filter(|_| !is_postgres(url)) {
        Some(folder) => std::fs::create_dir_all(folder)
            .map_err(|error| Error::NoConnection(format!("{}: {error}", folder.display()))),
        None => Ok(()),
    }
}

/// The URL with bounds on waiting for a server that is gone without a word, where it sets none itself.
///
/// Source: PostgreSQL, "Parameter Key Words" of libpq.
fn with_patience(url: &str) -> String {
    const BOUNDS: [(&str, &str); 5] = [
        ("connect_timeout", "5"),
        ("keepalives_idle", "15"),
        ("keepalives_interval", "5"),
        ("keepalives_count", "3"),
        ("tcp_user_timeout", "30000"),
    ];
    let mut url = url.to_owned();
    for (name, value) in BOUNDS {
        if !url.contains(&format!("{name}=")) {
            let separator = if url.contains('?') { '&' } else { '?' };
            url.push_str(&format!("{separator}{name}={value}"));
        }
    }
    url
}

fn file_of(url: &str) -> &str {
    url.trim_start_matches("sqlite:").trim_start_matches("//")
}

pub(crate) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// A statement that both databases can run but diesel's common subset leaves out
/// (`ON CONFLICT`): written once, checked against both dialects when compiling.
#[derive(Debug, Clone, Copy)]
pub struct Portable<T>(pub T);

impl<T> QueryFragment<MultiBackend> for Portable<T>
where
    T: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<T: QueryId> QueryId for Portable<T> {
    type QueryId = T::QueryId;
    const HAS_STATIC_QUERY_ID: bool = T::HAS_STATIC_QUERY_ID;
}

impl<T: Query> Query for Portable<T> {
    type SqlType = T::SqlType;
}

impl<T> RunQueryDsl<AnyConnection> for Portable<T> {}

#[cfg(test)]
mod tests {
    use super::with_patience;

    #[test]
    fn waiting_for_a_server_is_bounded_where_the_url_does_not_say_how_long() {
        let url = with_patience("postgres://root@127.0.0.1/db");
        assert!(url.starts_with("postgres://root@127.0.0.1/db?connect_timeout=5&"), "{url}");
        assert!(url.ends_with("&tcp_user_timeout=30000"), "{url}");
        let own = with_patience("postgres:///db?host=/run&connect_timeout=60");
        assert!(own.starts_with("postgres:///db?host=/run&connect_timeout=60&keep"), "{own}");
        assert_eq!(own.matches("connect_timeout").count(), 1);
    }
}
