//! One way to a database, whichever it is: SQLite for the first run, PostgreSQL in production.
//!
//! A service writes each query once. [`AnyConnection`] carries it to the database that the URL
//! named at start; [`types`] gives columns one Rust meaning and a native encoding on each side;
//! [`Db`] hands queries to threads that own connections, and keeps every write in a transaction.

mod connection;
mod db;
mod error;
mod lanes;
mod migrations;
pub mod types;

pub use connection::{AnyConnection, MultiBackend, Portable};
pub use db::{Db, Guard, Options};
pub use error::{Error, expect_one};
pub use migrations::Migrations;
pub use types::Json;
