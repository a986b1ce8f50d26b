//! What the service can do, a file a verb: load, decide, save, tell, in one transaction.

pub mod forget_bulk;
pub mod import_catalog;
pub mod issue_token;
pub mod note_credential;
pub mod purge;
pub mod roster;
pub mod run_jobs;
pub mod sign_in;
pub mod start_job;
mod tell;
pub mod write_bulk;
pub mod write_enrollments;
