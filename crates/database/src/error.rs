//! What can go wrong between a service and its database.

use std::fmt::Display;

use diesel::result::{DatabaseErrorKind, Error as QueryError};

/// A failure of the database, or of what was found in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The line in front of the database is full; the caller should come back later (503).
    #[error("the database is overloaded")]
    Overloaded,
    /// No connection could be had.
    #[error("the database cannot be reached: {0}")]
    NoConnection(String),
    /// The database refused a statement.
    #[error("the database refused a statement: {0}")]
    Query(#[source] QueryError),
    /// A stored row makes no sense to the code that reads it.
    #[error("row {id} of {table} is corrupt: {reason}")]
    Corrupt { table: &'static str, id: String, reason: String },
    /// A guarded write found another state than the one it expected.
    #[error("row {id} of {table} was changed meanwhile")]
    Stale { table: &'static str, id: String },
    /// The transaction's event was handled before; nothing was written.
    #[error("this event was handled before")]
    AlreadyHandled,
}

impl From<QueryError> for Error {
    /// A connection that is lost under a statement is one that cannot be had: that may pass, and is
    /// nobody's failed attempt.
    fn from(error: QueryError) -> Self {
        if is_lost_connection(&error) {
            Self::NoConnection(error.to_string())
        } else {
            Self::Query(error)
        }
    }
}

/// Whether the server could not be told of a statement, or did not live to answer it.
pub(crate) fn is_lost_connection(error: &QueryError) -> bool {
    match error {
        QueryError::DatabaseError(kind, _) => matches!(
            kind,
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand
        ),
        QueryError::RollbackErrorOnCommit { commit_error, .. } => is_lost_connection(commit_error),
        _ => false,
    }
}

impl Error {
    /// A row that its table's rules should have made impossible.
    pub fn corrupt(table: &'static str, id: impl Display, reason: impl Display) -> Self {
        Self::Corrupt { table, id: id.to_string(), reason: reason.to_string() }
    }

    /// Whether a unique constraint refused the write: somebody else was first.
    pub fn is_unique_violation(&self) -> bool {
        matches!(
            self,
            Self::Query(QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
        )
    }
}

/// Holds a guarded write to exactly one row.
///
/// # Errors
///
/// [`Error::Stale`] if no row was in the expected state.
pub fn expect_one(changed: usize, table: &'static str, id: impl Display) -> Result<(), Error> {
    if changed == 1 { Ok(()) } else { Err(Error::Stale { table, id: id.to_string() }) }
}
