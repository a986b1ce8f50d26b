//! What others are told of a credential, and whether it is news.

use events::credentials::{Achievement, CredentialAwarded, CredentialRevoked, Learner, Of};
use model::{Timestamp, catalog};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    catalog::Organization,
    certificate::{Certificate, Kind},
    user_credential::{Status, UserCredential},
};

/// What `told` holds after a revocation.
const REVOKED: &str = "revoked";

/// Something that others do not know yet.
#[derive(Debug)]
pub struct News {
    /// The credential as it is once this was told.
    pub told: UserCredential,
    pub say: Say,
}

/// What there is to say.
#[derive(Debug)]
pub enum Say {
    /// With the document to ask for, if there can be one.
    Awarded(Box<CredentialAwarded>, Option<Value>),
    Revoked(Box<CredentialRevoked>),
}

/// Where a certificate is found.
#[derive(Debug, Clone, Copy)]
pub struct Addresses<'a> {
    /// The site's own, for pictures that are kept here.
    pub base: &'a str,
    /// The public page.
    pub page: &'a str,
}

/// What is news about a credential; `None` if all of it was told.
///
/// An award is told when anything that was told differs, the learner's name or the picture of a
/// signatory in `document` included; a revocation once.
pub fn news(
    certificate: Certificate,
    at: Addresses<'_>,
    document: Option<Value>,
    now: Timestamp,
) -> Option<News> {
    let before = &certificate.credential;
    let sequence = before.sequence + 1;
    let (told, revoked_sequence, say) = match before.status {
        Status::Awarded => {
            // What is told is compared as if nothing had been told before.
            let event = awarded(&certificate, 0, at);
            let told = digest(&(&event, &document));
            let event = Box::new(CredentialAwarded { sequence, ..event });
            (told, before.revoked_sequence, Say::Awarded(event, document))
        }
        Status::Revoked => {
            let event = Box::new(revoked(&certificate, sequence, now, at));
            (REVOKED.to_owned(), sequence, Say::Revoked(event))
        }
    };
    if before.told.as_ref() == Some(&told) {
        return None;
    }
    let credential = certificate.credential;
    let told = UserCredential { sequence, revoked_sequence, told: Some(told), ..credential };
    Some(News { told, say })
}

/// The learner, as far as is known.
fn learner(certificate: &Certificate) -> Learner {
    let email = certificate.learner.as_ref().map(|learner| learner.email.clone());
    Learner {
        username: certificate.credential.username.clone(),
        name: certificate.learner_name(),
        email: email.filter(|email| !email.is_empty()),
    }
}

fn achievement(certificate: &Certificate, base: &str) -> Achievement {
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
fn awarded(certificate: &Certificate, sequence: i64, at: Addresses<'_>) -> CredentialAwarded {
    CredentialAwarded {
        credential_id: certificate.credential.uuid.uuid(),
        sequence,
        learner: learner(certificate),
        achievement: achievement(certificate, at.base),
        issued_at: certificate.issued_at(),
        public_url: at.page.to_owned(),
    }
}

/// The revocation, as others hear it.
fn revoked(
    certificate: &Certificate,
    sequence: i64,
    now: Timestamp,
    at: Addresses<'_>,
) -> CredentialRevoked {
    CredentialRevoked {
        credential_id: certificate.credential.uuid.uuid(),
        sequence,
        learner: learner(certificate),
        achievement: achievement(certificate, at.base),
        revoked_at: now,
        reason: None,
        public_url: at.page.to_owned(),
    }
}

/// A digest of what is told, to tell news from repetition.
fn digest(told: &impl Serialize) -> String {
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
