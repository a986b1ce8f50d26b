//! People whose names stand under certificates.

use model::Timestamp;

/// Somebody who signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatory {
    pub id: i64,
    pub name: String,
    pub title: String,
    /// Instead of the first organization's name.
    pub organization_name_override: Option<String>,
    /// Path of the signature's picture among the service's media.
    pub image_path: Option<String>,
    /// Username of whoever made the entry.
    pub created_by: String,
    pub created: Timestamp,
    pub modified: Timestamp,
}
