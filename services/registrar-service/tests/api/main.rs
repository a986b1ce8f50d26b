//! The registrar as its clients meet it: through HTTP, with a database a test.

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
