//! What HTTP means to all four services: error shapes, bodies, fields, pages, caching.

mod body;
pub mod conditional;
mod fields;
pub mod home;
pub mod paging;
mod problem;
mod refusal;

pub use body::{Body, Upload};
pub use fields::{Errors, Field, Fields};
pub use problem::Problem;
pub use refusal::Refusal;
