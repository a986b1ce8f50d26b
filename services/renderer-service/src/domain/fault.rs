//! Why there is no document.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::violation::Violation;

/// The top-level code of a failed render.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    Invalid,
    MissingGlyph,
    TextOverflow,
    PageOverflow,
    TemplateError,
    TemplateLimit,
    Conformance,
    NoSigningKey,
    NotSupported,
    Internal,
    WorkerCrashed,
    Busy,
}

impl FaultCode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::MissingGlyph => "missing_glyph",
            Self::TextOverflow => "text_overflow",
            Self::PageOverflow => "page_overflow",
            Self::TemplateError => "template_error",
            Self::TemplateLimit => "template_limit",
            Self::Conformance => "conformance",
            Self::NoSigningKey => "no_signing_key",
            Self::NotSupported => "not_supported",
            Self::Internal => "internal",
            Self::WorkerCrashed => "worker_crashed",
            Self::Busy => "busy",
        }
    }

    /// The HTTP status of the contract's table B19.
    pub const fn status(self) -> u16 {
        match self {
            Self::Internal | Self::WorkerCrashed => 500,
            Self::Busy => 503,
            Self::Invalid
            | Self::MissingGlyph
            | Self::TextOverflow
            | Self::PageOverflow
            | Self::TemplateError
            | Self::TemplateLimit
            | Self::Conformance
            | Self::NoSigningKey
            | Self::NotSupported => 422,
        }
    }
}

impl fmt::Display for FaultCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A failed render: what the caller, the record and the job's result all say.
///
/// `detail` never holds a recipient's name, a path of the server or a stack trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Fault {
    pub code: FaultCode,
    pub detail: String,
    #[serde(default)]
    pub errors: Vec<Violation>,
    /// Whether the machine may be to blame, although the code is one of those that blame the request.
    #[serde(skip)]
    may_pass: bool,
}

impl Fault {
    pub fn new(code: FaultCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), may_pass: false }
    }

    pub fn with_errors(code: FaultCode, detail: &str, errors: Vec<Violation>) -> Self {
        Self { errors, ..Self::new(code, detail) }
    }

    /// A document that took longer than it may, in milliseconds. Who is to blame cannot be told: a
    /// template that never ends, or a machine that has too much to do. `detail` names the limit
    /// first. Source: contract renderer B8.6.
    pub fn out_of_time(wall_ms: u128) -> Self {
        let fault = Self::new(FaultCode::TemplateLimit, format!("time: more than {wall_ms} ms"));
        Self { may_pass: true, ..fault }
    }

    /// Whether the same request may succeed later without being changed.
    pub fn is_retryable(&self) -> bool {
        self.may_pass || self.code.status() >= 500
    }

    /// All that is wrong with a request, together.
    pub fn invalid(errors: Vec<Violation>) -> Self {
        let count = errors.len();
        let rules = if count == 1 { "rule" } else { "rules" };
        let detail = format!("the request breaks {count} {rules}");
        Self::with_errors(FaultCode::Invalid, &detail, errors)
    }

    /// The one-line form of reports and job results: `pointer code` pairs, or the detail.
    pub fn summary(&self) -> String {
        if self.errors.is_empty() {
            return self.detail.clone();
        }
        let pairs: Vec<_> =
            self.errors.iter().map(|error| format!("{} {}", error.pointer, error.code)).collect();
        pairs.join("; ")
    }
}
