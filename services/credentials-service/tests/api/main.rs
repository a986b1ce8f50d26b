//! The service as its clients meet it, on SQLite or, with `TEST_DATABASE_URL`, on PostgreSQL.

mod awards;
mod given;
mod pages;
