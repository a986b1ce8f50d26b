//! The registrar as its clients meet it: through HTTP, with a database a test.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "builders of tests may say so too")]

mod bulk;
mod bulk_restart;
mod callers;
mod completions;
mod course_enrollments;
mod documents;
mod enrollments;
mod holding_store;
mod idempotency;
mod import;
mod instances;
mod jobs;
mod open;
mod process;
mod programs;
mod restart;
mod scene;
mod sweep;
mod tokens;
