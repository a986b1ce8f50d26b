//! What the service can do: a file a verb. Called by HTTP and by events alike.

mod announce;
mod ask_for_preview;
mod award_all;
mod award_credential;
mod change_status;
mod import_catalog;
mod issue_credentials;
mod keep_badge;
mod keep_document;
mod learn_about_user;
mod prepare;
mod save_configuration;
mod save_signatory;
mod sign_in;

pub use announce::Urgency;
pub use ask_for_preview::ask_for_preview;
pub use award_all::Awarded;
pub use award_credential::{award_credential, check_awardable};
pub use change_status::change_status;
pub use import_catalog::{hear_program, import_catalog};
pub use issue_credentials::{check_issuable, issue_credentials};
pub use keep_badge::{keep_badge, keep_badge_revocation};
pub use keep_document::{give_up_preview, keep_document};
pub use learn_about_user::hear_account;
pub use prepare::prepare;
pub use save_configuration::{
    Configuration, CourseCertificateDraft, ProgramCertificateDraft, ProgramName, Saved, Target,
    belonging, belonging_of_program, delete_configuration, permit_id, permit_name,
    save_configuration,
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
