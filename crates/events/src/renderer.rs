//! What renderer-service says, and what it is asked: renderings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Event, Job};

/// Somebody waits for this document.
pub const INTERACTIVE: &str = "render.request.interactive";

/// One of many; may wait.
pub const BULK: &str = "render.request.bulk";

/// A request for a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RenderJob {
    /// 1 to 128 of `[A-Za-z0-9._:-]`; comes back in the result.
    pub job_id: String,
    /// The version of the verification id's subject; a withdrawal with a higher one wins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<i64>,
    /// Whether it may wait behind interactive ones.
    #[serde(default, skip)]
    pub bulk: bool,
    /// The body of `POST /v1/renders`.
    pub request: Value,
}

/// A document is stored and can be fetched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RenderingFinished {
    pub job_id: String,
    /// As the job gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<i64>,
    /// The render record.
    pub record: Value,
    /// Counts from 1.
    pub attempt: u32,
}

/// A document could not be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RenderingFailed {
    /// Absent when the job could not be read.
    pub job_id: Option<String>,
    /// As the job gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<i64>,
    pub code: String,
    pub detail: String,
    pub errors: Vec<Value>,
    /// Whether the same job might succeed later.
    pub retryable: bool,
    /// Counts from 1.
    pub attempt: u32,
}

impl Job for RenderJob {
    fn routing_key(&self) -> &'static str {
        if self.bulk { BULK } else { INTERACTIVE }
    }
}

impl Event for RenderingFinished {
    const TYPE: &'static str = "renderer.rendering.finished.v1";
    const SOURCE: &'static str = "renderer-service";

    fn subject(&self) -> String {
        self.job_id.clone()
    }

    fn sequence(&self) -> i64 {
        self.sequence.unwrap_or(0)
    }
}

impl Event for RenderingFailed {
    const TYPE: &'static str = "renderer.rendering.failed.v1";
    const SOURCE: &'static str = "renderer-service";

    fn subject(&self) -> String {
        self.job_id.clone().unwrap_or_default()
    }

    fn sequence(&self) -> i64 {
        self.sequence.unwrap_or(0)
    }
}
