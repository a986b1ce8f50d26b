//! What is kept: objects in the store, and what must change in one transaction in tables.

pub mod accepted;
pub mod assets;
pub mod objects;
pub mod records;
pub mod renders;
pub mod schema;
pub mod verifications;

use database::Migrations;

/// The service's own tables.
pub const TABLES: Migrations = Migrations {
    postgres: diesel_migrations::embed_migrations!("migrations/postgres"),
    sqlite: diesel_migrations::embed_migrations!("migrations/sqlite"),
};
