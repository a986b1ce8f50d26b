//! What the service can do: a file a verb. Called by HTTP and by events alike.

mod announce;
mod award_credential;
mod change_status;
mod import_catalog;
mod keep_badge;
mod keep_document;
mod learn_about_user;
mod prepare;
mod save_course_certificate;
mod save_program_certificate;
mod save_signatory;
mod sign_in;

pub use award_credential::{Awarded, award_credential};
pub use change_status::change_status;
pub use import_catalog::{hear_program, import_catalog};
pub use keep_badge::{keep_badge, keep_badge_revocation};
pub use keep_document::keep_document;
pub use learn_about_user::hear_account;
pub use prepare::prepare;
pub use save_course_certificate::{
    CourseCertificateDraft, Saved, Target, belonging, delete_course_certificate,
    permit_course_certificate, save_course_certificate,
};
pub use save_program_certificate::{
    ProgramCertificateDraft, belonging_of_program, delete_program_certificate, permit_id,
    permit_program_certificate, save_program_certificate,
};
pub use save_signatory::{
    Image, SignatoryDraft, delete_signatory, editable_signatory, save_signatory, unknown_signatory,
};
pub use sign_in::sign_in;

/// Who does something, and which way it came; for the history of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// A username, or the name of a service.
    pub name: String,
    pub channel: &'static str,
}
