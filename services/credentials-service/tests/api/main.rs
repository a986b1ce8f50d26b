//! The service as its clients meet it, on SQLite or, with `TEST_DATABASE_URL`, on PostgreSQL.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "builders of tests may say so too")]

mod access;
mod awards;
mod bad_input;
mod catalog_import;
mod configurations;
mod documents;
mod given;
mod instances;
mod issuing;
mod issuing_many;
mod news;
mod open_routes;
mod pages;
mod public;
mod schema;
mod signatories;
mod sites;
