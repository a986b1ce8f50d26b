//! What HTTP means to all four services: error shapes, bodies, queries, fields, pages, caching.

pub mod asset;
mod body;
pub mod conditional;
pub mod csrf;
mod fields;
pub mod home;
pub mod html;
pub mod origin;
pub mod paging;
mod problem;
mod query;
mod refusal;

pub use body::{Body, Upload};
pub use fields::{Errors, Field, Fields};
pub use problem::Problem;
pub use query::Query;
pub use refusal::Refusal;
