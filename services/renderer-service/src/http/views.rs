//! What callers read.

use serde::Serialize;
use utoipa::ToSchema;

use crate::actions::Verification;
use crate::domain::dates::Day;
use crate::domain::record::{Artifact, Warning};
use crate::domain::{Fault, RenderRecord, RenderStatus, VerificationStatus, Violation};

/// A render, without anything of its data.
#[derive(Serialize, ToSchema)]
pub struct RenderView {
    /// 32 hexadecimal digits; the same for the same request.
    render_id: String,
    kind: String,
    status: StatusView,
    /// `id@version`
    template: String,
    template_digest: String,
    locale: String,
    /// Rises when a release of the renderer changes the bytes of its files.
    epoch: u32,
    created_at: String,
    verify: Option<VerifyView>,
    artifacts: Vec<ArtifactView>,
    warnings: Vec<WarningView>,
    error: Option<FaultView>,
}

/// Where a render stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum StatusView {
    Queued,
    Running,
    Done,
    Failed,
    Withdrawn,
}

/// Where a stranger can check the certificate.
#[derive(Serialize, ToSchema)]
struct VerifyView {
    id: String,
    url: Option<String>,
}

/// One file.
#[derive(Serialize, ToSchema)]
struct ArtifactView {
    output: &'static str,
    filename: String,
    media_type: String,
    bytes: usize,
    sha256: String,
    url: String,
}

/// Something to know about a document that was made all the same.
#[derive(Serialize, ToSchema)]
struct WarningView {
    code: String,
    message: String,
}

/// Whether a certificate counts, and what it says.
#[derive(Serialize, ToSchema)]
pub struct VerificationView {
    verify_id: String,
    /// `valid`, `expired`, `revoked` or `superseded`. Absent where the certificate is shown at `url`
    /// and not here: that page alone knows whether it is valid.
    status: Option<&'static str>,
    /// This and what follows is absent where the certificate is shown at `url`.
    name: Option<String>,
    title: Option<String>,
    code: Option<String>,
    issuer: Option<String>,
    issued_on: Option<String>,
    expires_on: Option<String>,
    revoked_at: Option<String>,
    reason: Option<String>,
    /// The address that is printed on the certificate.
    url: Option<String>,
    artifacts: Vec<ArtifactView>,
    /// Of the key that signs documents; this release signs none.
    key_fingerprint: Option<String>,
}

/// Why there is no document.
#[derive(Serialize, ToSchema)]
struct FaultView {
    code: &'static str,
    detail: String,
    errors: Vec<ViolationView>,
}

/// What is wrong with one part of the request.
#[derive(Serialize, ToSchema)]
struct ViolationView {
    /// JSON Pointer into the request.
    pointer: String,
    code: &'static str,
    message: String,
}

impl From<&RenderRecord> for RenderView {
    fn from(record: &RenderRecord) -> Self {
        let record = record.clone();
        let verify = record.verify.map(|verify| VerifyView { id: verify.id, url: verify.url });
        Self {
            render_id: record.render_id,
            kind: record.kind,
            status: record.status.into(),
            template: record.template,
            template_digest: record.template_digest,
            locale: record.locale,
            epoch: record.epoch,
            created_at: model::Timestamp::from(record.created_at).seconds(),
            verify,
            artifacts: record.artifacts.into_iter().map(ArtifactView::from).collect(),
            warnings: record.warnings.into_iter().map(WarningView::from).collect(),
            error: record.error.map(FaultView::from),
        }
    }
}

impl From<&Verification> for VerificationView {
    fn from(found: &Verification) -> Self {
        let facts = found.certificate.facts.as_ref();
        let is_shown_here = found.status != VerificationStatus::Elsewhere;
        let date = |day: Option<Day>| day.map(|day| day.to_string());
        Self {
            verify_id: found.verify_id.clone(),
            status: is_shown_here.then(|| found.status.as_str()),
            name: facts.map(|facts| facts.name.clone()),
            title: facts.map(|facts| facts.title.clone()),
            code: facts.and_then(|facts| facts.code.clone()),
            issuer: facts.map(|facts| facts.issuer.clone()),
            issued_on: date(facts.and_then(|facts| facts.issued_on)),
            expires_on: date(facts.and_then(|facts| facts.expires_on)),
            revoked_at: found.withdrawn_at.map(model::Timestamp::seconds),
            reason: found.reason.clone(),
            url: found.certificate.url.clone(),
            artifacts: found.artifacts.iter().cloned().map(ArtifactView::from).collect(),
            key_fingerprint: None,
        }
    }
}

impl From<RenderStatus> for StatusView {
    fn from(status: RenderStatus) -> Self {
        match status {
            RenderStatus::Queued => Self::Queued,
            RenderStatus::Running => Self::Running,
            RenderStatus::Done => Self::Done,
            RenderStatus::Failed => Self::Failed,
            RenderStatus::Withdrawn => Self::Withdrawn,
        }
    }
}

impl From<Artifact> for ArtifactView {
    fn from(artifact: Artifact) -> Self {
        Self {
            output: artifact.output.as_str(),
            filename: artifact.filename,
            media_type: artifact.media_type,
            bytes: artifact.bytes,
            sha256: artifact.sha256,
            url: artifact.url,
        }
    }
}

impl From<Warning> for WarningView {
    fn from(warning: Warning) -> Self {
        Self { code: warning.code, message: warning.message }
    }
}

impl From<Fault> for FaultView {
    fn from(fault: Fault) -> Self {
        let errors = fault.errors.into_iter().map(ViolationView::from).collect();
        Self { code: fault.code.as_str(), detail: fault.detail, errors }
    }
}

impl From<Violation> for ViolationView {
    fn from(violation: Violation) -> Self {
        let code = violation.code.as_str();
        Self { pointer: violation.pointer, code, message: violation.message }
    }
}
