//! The only place that knows tables: plain functions, a connection in, domain types out.

pub mod bulk_rows;
pub mod bulk_writes;
pub mod catalog;
pub mod course_enrollments;
pub mod credentials;
pub mod enrollments;
pub mod grants;
pub mod groups;
pub mod jobs;
pub mod learners;
pub mod organizations;
pub mod programs;
mod schema;
pub mod users;
