//! An assertion, as the API shows it to those who manage badges.

use serde_json::{Value, json};

use crate::{
    app::App,
    domain::{
        assertion::{Assertion, AssertionState, Evidence},
        origin::Kind,
    },
    http::pictures,
    store::assertions::KeptAssertion,
};

/// The object of contract badges §3.3.
pub(super) fn object(app: &App, kept: &KeptAssertion) -> Value {
    let (assertion, origin) = (&kept.assertion, &app.origin);
    let (image, reason) = match &assertion.state {
        AssertionState::Issued { image } => (Some(pictures::media_url(app, image.as_str())), None),
        AssertionState::Revoked { reason, .. } => (None, Some(reason.as_str())),
    };
    json!({
        "entityType": "Assertion",
        "entityId": assertion.id.to_string(),
        "openBadgeId": origin.public(Kind::Assertion, assertion.id),
        "createdAt": kept.created_at.precise(),
        "createdBy": null,
        "badgeclass": assertion.badge_class_id.to_string(),
        "badgeclassOpenBadgeId": origin.public(Kind::BadgeClass, assertion.badge_class_id),
        "issuer": assertion.issuer_id.to_string(),
        "issuerOpenBadgeId": origin.public(Kind::Issuer, assertion.issuer_id),
        "image": image,
        "recipient": recipient(assertion),
        "issuedOn": assertion.issued_on.timestamp().precise(),
        "narrative": assertion.narrative.as_ref().map(|text| text.as_str()),
        "evidence": assertion.evidence.iter().map(evidence).collect::<Vec<_>>(),
        "revoked": assertion.is_revoked(),
        "revocationReason": reason,
        "acceptance": assertion.acceptance,
        "expires": assertion.expires.map(|expires| expires.precise()),
        "extensions": assertion.extensions,
    })
}

/// What the public sees, and what it does not.
fn recipient(assertion: &Assertion) -> Value {
    let plain = assertion.recipient.identity();
    let identity = match assertion.hashed {
        true => assertion.recipient.hashed_with(&assertion.salt),
        false => plain.to_owned(),
    };
    json!({
        "identity": identity,
        "hashed": assertion.hashed,
        "type": assertion.recipient.kind(),
        "plaintextIdentity": plain,
        "salt": assertion.salt.as_str(),
    })
}

fn evidence(evidence: &Evidence) -> Value {
    json!({
        "url": evidence.url().map(|url| url.as_str()),
        "narrative": evidence.narrative().map(|text| text.as_str()),
    })
}
