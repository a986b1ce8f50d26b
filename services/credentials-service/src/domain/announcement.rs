//! What others are told of a credential, and whether it is news.

use events::credentials::{Achievement, CredentialAwarded, CredentialRevoked, Learner, Of};
use model::{Timestamp, catalog};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    catalog::Organization,
    certificate::{Certificate, Kind},
};

/// The learner, as far as is known.
pub fn learner(certificate: &Certificate) -> Learner {
    let email = certificate.learner.as_ref().map(|learner| learner.email.clone());
    Learner {
        username: certificate.credential.username.clone(),
        name: certificate.learner_name(),
        email: email.filter(|email| !email.is_empty()),
    }
}

/// What was achieved. `base` is the site's own address, for pictures that are kept here.
pub fn achievement(certificate: &Certificate, base: &str) -> Achievement {
    use super::user_credential::Of as Configuration;

    let title = certificate.title.clone();
    let (key, of) = match &certificate.credential.of {
        Configuration::Course { certificate_id, course_id, mode, .. } => (
            format!("course/{certificate_id}"),
            Of::Course { course_key: course_id.clone(), mode: mode.clone() },
        ),
        Configuration::Program { certificate_id, program_uuid, .. } => (
            format!("program/{certificate_id}"),
            Of::Program {
                program_uuid: program_uuid.uuid(),
                program_type: program_type(certificate),
            },
        ),
    };
    let description = format!("Completed “{title}”{}.", offered_by(&certificate.organizations));
    let organizations =
        certificate.organizations.iter().map(|each| organization(each, base)).collect();
    Achievement { key, title, description, organizations, of, url: url(certificate) }
}

/// The award, as others hear it.
pub fn awarded(
    certificate: &Certificate,
    sequence: i64,
    base: &str,
    public_url: &str,
) -> CredentialAwarded {
    CredentialAwarded {
        credential_id: certificate.credential.uuid.uuid(),
        sequence,
        learner: learner(certificate),
        achievement: achievement(certificate, base),
        issued_at: certificate.issued_at(),
        public_url: public_url.to_owned(),
    }
}

/// The revocation, as others hear it.
pub fn revoked(
    certificate: &Certificate,
    sequence: i64,
    reason: Option<String>,
    now: Timestamp,
    base: &str,
    public_url: &str,
) -> CredentialRevoked {
    CredentialRevoked {
        credential_id: certificate.credential.uuid.uuid(),
        sequence,
        learner: learner(certificate),
        achievement: achievement(certificate, base),
        revoked_at: now,
        reason,
        public_url: public_url.to_owned(),
    }
}

/// A digest of what is told, to tell news from repetition.
pub fn digest(told: &impl Serialize) -> String {
    let text = serde_json::to_vec(told).unwrap_or_default();
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn program_type(certificate: &Certificate) -> Option<String> {
    match &certificate.kind {
        Kind::Program { program: Some(program), .. } => {
            Some(program.program_type.clone()).filter(|kind| !kind.is_empty())
        }
        _ => None,
    }
}

fn url(certificate: &Certificate) -> Option<String> {
    match &certificate.kind {
        Kind::Course { url, .. } => url.clone(),
        Kind::Program { program, .. } => program.as_ref().and_then(|program| program.url.clone()),
    }
}

fn offered_by(organizations: &[Organization]) -> String {
    let names: Vec<&str> = organizations.iter().map(|each| each.name.as_str()).collect();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => format!(", offered by {only}"),
        Some((last, rest)) => format!(", offered by {} and {last}", rest.join(", ")),
    }
}

fn organization(organization: &Organization, base: &str) -> catalog::Organization {
    let absolute =
        |url: &String| if url.starts_with('/') { format!("{base}{url}") } else { url.clone() };
    catalog::Organization {
        key: organization.key.clone(),
        name: organization.name.clone(),
        discovery_uuid: Some(organization.uuid.uuid()),
        logo: organization.logo_url.as_ref().map(absolute),
        url: organization.url.clone(),
        email: organization.email.clone(),
    }
}
