//! The nouns that several services mean the same way, and how each is kept in SQL. No I/O.

pub mod catalog;
mod course_key;
mod email;
mod id;
mod timestamp;

pub use course_key::{CourseKey, InvalidCourseKey};
pub use email::{Email, InvalidEmail};
pub use id::Id;
pub use timestamp::Timestamp;
