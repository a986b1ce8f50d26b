//! What is kept about a render: never its data.

use chrono::{DateTime, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::output::Output;
use super::request::RenderRequest;
use super::verification::Deletion;

/// Where a render stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RenderStatus {
    Queued,
    Running,
    Done,
    Failed,
    Withdrawn,
}

/// The record of contract B6. It holds no name, title or other text of the request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RenderRecord {
    pub render_id: String,
    pub kind: String,
    pub status: RenderStatus,
    /// `id@version`
    pub template: String,
    pub template_digest: String,
    pub locale: String,
    pub epoch: u32,
    pub created_at: DateTime<Utc>,
    pub verify: Option<Verify>,
    pub artifacts: Vec<Artifact>,
    pub warnings: Vec<Warning>,
    pub error: Option<Fault>,
    /// Only in the tombstone of a render that was deleted: how new a job must be to make it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_sequence: Option<i64>,
}

/// Where a stranger can check the certificate. `url` is null in offline use only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verify {
    pub id: String,
    pub url: Option<String>,
}

/// One stored file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    pub output: Output,
    pub filename: String,
    pub media_type: String,
    pub bytes: usize,
    /// 64 lower-case hexadecimal digits.
    pub sha256: String,
    pub url: String,
}

/// Something the caller should know about a document that was made all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    pub code: String,
    pub message: String,
}

impl RenderRecord {
    /// The record of a request that has not been rendered yet, made in this second.
    pub fn queued(render_id: String, request: &RenderRequest, now: DateTime<Utc>) -> Self {
        let verify = request.data.verify.as_ref();
        Self {
            render_id,
            kind: request.kind.clone(),
            status: RenderStatus::Queued,
            template: request.template.clone(),
            template_digest: request.template_digest.clone(),
            locale: request.locale.clone(),
            epoch: super::EPOCH,
            created_at: now.trunc_subsecs(0),
            verify: verify.and_then(|verify| {
                Some(Verify { id: verify.id.clone()?, url: verify.url.clone() })
            }),
            artifacts: Vec::new(),
            warnings: Vec::new(),
            error: None,
            deleted_sequence: None,
        }
    }

    /// The record once everything has been rendered and stored.
    pub fn done(self, artifacts: Vec<Artifact>, warnings: Vec<Warning>) -> Self {
        Self { status: RenderStatus::Done, artifacts, warnings, error: None, ..self }
    }

    /// The record of a document that is there and may not be seen.
    #[must_use]
    pub fn withheld(self) -> Self {
        Self { status: RenderStatus::Withdrawn, ..self }
    }

    /// What is left to be seen of a render that was withdrawn.
    #[must_use]
    pub fn withdrawn(self) -> Self {
        let (artifacts, warnings) = (Vec::new(), Vec::new());
        Self { status: RenderStatus::Withdrawn, artifacts, warnings, error: None, ..self }
    }

    /// What is left of a render that was deleted.
    #[must_use]
    pub fn deleted(self, deletion: Deletion) -> Self {
        Self { deleted_sequence: Some(deletion.sequence), ..self.withdrawn() }
    }

    /// The deletion of which this is the tombstone.
    pub fn deletion(&self) -> Option<Deletion> {
        self.deleted_sequence.map(|sequence| Deletion { sequence })
    }

    /// The record of a render that cannot be had.
    pub fn failed(self, fault: Fault) -> Self {
        Self { status: RenderStatus::Failed, error: Some(fault), ..self }
    }
}

impl Artifact {
    /// Describes a file that can be had at `url`.
    ///
    /// `bytes` is its length, and `sha256` its digest in lower-case hexadecimal.
    pub fn of(output: Output, sha256: String, bytes: usize, filename: String, url: String) -> Self {
        Self { output, filename, media_type: output.media_type().to_owned(), bytes, sha256, url }
    }
}
