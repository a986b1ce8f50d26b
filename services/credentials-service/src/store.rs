//! The only place that knows tables.

pub mod badges;
pub mod certificates;
pub mod configurations;
pub mod course_certificates;
pub mod course_runs;
pub mod documents;
pub mod learners;
pub mod media;
pub mod organizations;
pub mod program_certificates;
pub mod programs;
pub mod roles;
pub mod rows;
pub mod schema;
pub mod shown_version;
pub mod signatories;
pub mod sites;
pub mod subject_versions;
pub mod user_credentials;
pub mod users;
