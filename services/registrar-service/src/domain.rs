//! The registrar's nouns and rules: who may do what, and what becomes of a request. Pure.

pub mod completion;
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
