//! The registrar as its clients meet it: through HTTP, with a database a test.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "builders of tests may say so too")]

mod callers;
mod completions;
mod documents;
mod enrollments;
mod import;
mod jobs;
mod open;
mod programs;
mod restart;
mod scene;
mod sweep;
mod tokens;
