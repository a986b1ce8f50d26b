//! The registrar's nouns and rules: who may do what, and what becomes of a request. Pure.

pub mod bulk;
pub mod change;
pub mod completion;
pub mod course_enrollment;
pub mod enrollment;
pub mod enrollment_batch;
pub mod job;
pub mod key;
pub mod link;
pub mod machine_client;
pub mod permission;
pub mod program;
pub mod role;
pub mod user;
