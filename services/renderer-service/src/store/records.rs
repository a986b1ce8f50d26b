//! Records in the object store: of renders, and of what they verify.

use model::Timestamp;
use object_store::path::Path;
use serde::{Deserialize, Serialize};

use super::objects::{Objects, StoreError};
use crate::domain::{RenderRecord, Standing, VerifiedCertificate};

/// What the store says of a verification id, so that the store alone is enough to answer for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationRecord {
    pub verify_id: String,
    #[serde(flatten)]
    pub standing: Standing,
    pub withdrawn_at: Option<Timestamp>,
    #[serde(default)]
    pub withdrawn_reason: Option<String>,
    /// The newest render, if there is one that may be seen.
    pub render_id: Option<String>,
    /// The newest render, whether it may be seen or not.
    #[serde(default)]
    pub newest_render_id: Option<String>,
}

/// The record of a render. `render_id` must have the form of one.
pub async fn render(
    objects: &Objects,
    render_id: &str,
) -> Result<Option<RenderRecord>, StoreError> {
    objects.load(&render_key(render_id)).await
}

pub async fn save_render(objects: &Objects, record: &RenderRecord) -> Result<(), StoreError> {
    objects.save(&render_key(&record.render_id), record).await
}

/// Saves the record of a render that has none.
pub async fn save_new_render(objects: &Objects, record: &RenderRecord) -> Result<(), StoreError> {
    objects.save_new(&render_key(&record.render_id), record).await
}

pub async fn verification(
    objects: &Objects,
    verify_id: &str,
) -> Result<Option<VerificationRecord>, StoreError> {
    objects.load(&verification_key(verify_id)).await
}

pub async fn save_verification(
    objects: &Objects,
    record: &VerificationRecord,
) -> Result<(), StoreError> {
    objects.save(&verification_key(&record.verify_id), record).await
}

pub async fn delete_verification(objects: &Objects, verify_id: &str) -> Result<(), StoreError> {
    objects.delete(&verification_key(verify_id)).await
}

/// What the page of `verify_id` says of one of its renders. Both ids must have their form.
pub async fn certificate(
    objects: &Objects,
    verify_id: &str,
    render_id: &str,
) -> Result<Option<VerifiedCertificate>, StoreError> {
    objects.load(&certificate_key(verify_id, render_id)).await
}

pub async fn save_certificate(
    objects: &Objects,
    verify_id: &str,
    certificate: &VerifiedCertificate,
) -> Result<(), StoreError> {
    objects.save(&certificate_key(verify_id, &certificate.render_id), certificate).await
}

pub async fn delete_certificate(
    objects: &Objects,
    verify_id: &str,
    render_id: &str,
) -> Result<(), StoreError> {
    objects.delete(&certificate_key(verify_id, render_id)).await
}

fn render_key(render_id: &str) -> Path {
    Path::from(format!("renders/{render_id}.json"))
}

fn verification_key(verify_id: &str) -> Path {
    Path::from(format!("verify/{verify_id}.json"))
}

/// All in one folder: one that is made for each number has to be flushed to disk with its parent.
fn certificate_key(verify_id: &str, render_id: &str) -> Path {
    Path::from(format!("certificates/{verify_id}.{render_id}.json"))
}
