//! What strangers are told of a verification id.

use model::Timestamp;

use super::settle_verification::decided_record;
use super::show_render::{is_render_id, show_render};
use crate::app::App;
use crate::domain::certificate::is_verify_id;
use crate::domain::dates::Day;
use crate::domain::record::Artifact;
use crate::domain::{VerificationStatus, VerifiedCertificate};
use crate::error::Error;
use crate::store::records::{self, VerificationRecord};

/// A certificate as it stands.
#[derive(Clone, Debug)]
pub struct Verification {
    pub verify_id: String,
    pub status: VerificationStatus,
    pub certificate: VerifiedCertificate,
    pub withdrawn_at: Option<Timestamp>,
    pub reason: Option<String>,
    /// None, where the certificate does not count or is shown on another page.
    pub artifacts: Vec<Artifact>,
    /// The day in UTC for which this is said.
    pub today: Day,
}

/// What is known of a verification id: of its newest render, or of the one that is wanted.
///
/// # Errors
///
/// If nothing of this id is known or everything was deleted: that is one answer, since who forges
/// a number shall not learn which of them were once given. Or the database or the store cannot be
/// reached.
pub async fn show_verification(
    app: &App,
    verify_id: &str,
    wanted: Option<&str>,
) -> Result<Verification, Error> {
    if !is_verify_id(verify_id) {
        return Err(Error::NoSuch("verification"));
    }
    let record = known(app, verify_id).await?;
    let newest = record.newest_render_id.ok_or(Error::NoSuch("verification"))?;
    let certificate = certificate(app, verify_id, &newest, wanted).await?;
    let today = Day::of(app.clock.now().utc());
    let is_withdrawn = record.render_id.is_none();
    let is_newest = certificate.render_id == newest;
    let facts = certificate.facts.as_ref();
    let status = VerificationStatus::of(is_withdrawn, is_newest, facts, today);
    let artifacts = artifacts(app, &certificate, status).await?;
    Ok(Verification {
        verify_id: verify_id.to_owned(),
        status,
        certificate,
        withdrawn_at: record.withdrawn_at.filter(|_| is_withdrawn),
        reason: record.withdrawn_reason.filter(|_| is_withdrawn),
        artifacts,
        today,
    })
}

/// The tables decide; where they know nothing, what the store says counts.
async fn known(app: &App, verify_id: &str) -> Result<VerificationRecord, Error> {
    if let Some(record) = decided_record(app, verify_id).await? {
        return Ok(record);
    }
    let record = records::verification(&app.objects, verify_id).await?;
    record.ok_or(Error::NoSuch("verification"))
}

/// Nobody is told that a certificate counts of which nothing is kept that could be shown.
async fn certificate(
    app: &App,
    verify_id: &str,
    newest: &str,
    wanted: Option<&str>,
) -> Result<VerifiedCertificate, Error> {
    let render_id = wanted.unwrap_or(newest);
    if !is_render_id(render_id) {
        return Err(Error::NoSuch("verification"));
    }
    let certificate = records::certificate(&app.objects, verify_id, render_id).await?;
    certificate.ok_or(Error::NoSuch("verification"))
}

async fn artifacts(
    app: &App,
    certificate: &VerifiedCertificate,
    status: VerificationStatus,
) -> Result<Vec<Artifact>, Error> {
    if certificate.facts.is_none() || status == VerificationStatus::Revoked {
        return Ok(Vec::new());
    }
    Ok(show_render(app, &certificate.render_id).await?.artifacts.clone())
}
