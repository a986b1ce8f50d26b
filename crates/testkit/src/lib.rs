//! What tests need: a running service with a database of its own, tokens, and eyes on its outbox.

#![expect(clippy::expect_used, reason = "a test that cannot be set up stops")]

mod app;
mod client;
mod database_of_a_test;
pub mod documents;
mod forgery;
mod lms;
pub mod schema;
pub mod store_of_a_test;
pub mod sweep;

pub use app::TestApp;
pub use client::{Answer, Client};
pub use database_of_a_test::{TestDatabase, postgres_url};
pub use forgery::{Forgery, forgeries};
pub use lms::{Lms, now_s};
