//! Records in the object store: of renders, and of what they verify.

use model::Timestamp;
use object_store::path::Path;
use serde::{Deserialize, Serialize};

use super::objects::{Objects, StoreError};
use crate::domain::{RenderRecord, Standing};

/// What the store says of a verification id, so that the store alone is enough to answer for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationRecord {
    pub verify_id: String,
    #[serde(flatten)]
    pub standing: Standing,
    pub withdrawn_at: Option<Timestamp>,
    /// The newest render, if there is one that may be seen.
    pub render_id: Option<String>,
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

fn render_key(render_id: &str) -> Path {
    Path::from(format!("renders/{render_id}.json"))
}

fn verification_key(verify_id: &str) -> Path {
    Path::from(format!("verify/{verify_id}.json"))
}
