//! The documents of contract badges §4.3, member by member.

use serde_json::{Map, Value, json};

use super::{Expand, Version};
use crate::domain::{
    assertion::{Assertion, AssertionState, Evidence, RevocationReason},
    badge_class::{Alignment, BadgeClass},
    entity_id::EntityId,
    issuer::{Extensions, Issuer},
    origin::{Kind, Origin},
    time::json_ld,
};

/// What an assertion's document may show besides the assertion.
#[derive(Debug, Clone, Copy)]
pub struct AssertionContext<'a> {
    pub badge_class: &'a BadgeClass,
    pub issuer: &'a Issuer,
}

/// The issuer's profile.
pub fn issuer(origin: &Origin, version: Version, issuer: &Issuer) -> Value {
    let mut document = begin(origin, version, Kind::Issuer, issuer.id);
    document.insert("name".into(), issuer.name.as_str().into());
    document.insert("url".into(), issuer.url.as_str().into());
    document.insert("email".into(), issuer.email.as_str().into());
    document.insert("description".into(), issuer.description.as_str().into());
    if issuer.image.is_some() {
        document.insert("image".into(), origin.image(Kind::Issuer, issuer.id).into());
    }
    extend(&mut document, &issuer.extensions);
    document.into()
}

/// The badge class; `expanded` puts the whole issuer in place of its address.
pub fn badge_class(
    origin: &Origin,
    version: Version,
    class: &BadgeClass,
    expanded: Option<&Issuer>,
) -> Value {
    let mut document = begin(origin, version, Kind::BadgeClass, class.id);
    document.insert("name".into(), class.name.as_str().into());
    document.insert("description".into(), class.description.as_str().into());
    let issuer = match expanded {
        Some(expanded) => issuer(origin, version, expanded),
        None => version.reference(origin.public(Kind::Issuer, class.issuer_id)).into(),
    };
    document.insert("issuer".into(), issuer);
    document.insert("image".into(), origin.image(Kind::BadgeClass, class.id).into());
    match version {
        Version::V1_1 => {
            let url = class.criteria.url.as_ref().map(|url| url.as_str().to_owned());
            let url = url.unwrap_or_else(|| origin.criteria(class.id));
            document.insert("criteria".into(), url.into());
        }
        Version::V2_0 => {
            document.insert("criteria".into(), criteria(class));
            let alignments = class.alignments.iter().map(alignment).collect();
            document.insert("alignment".into(), Value::Array(alignments));
            document.insert("tags".into(), class.tags.clone().into());
        }
    }
    extend(&mut document, &class.extensions);
    document.into()
}

/// All badge classes of an issuer: a bare array.
pub fn badge_list<'a>(
    origin: &Origin,
    version: Version,
    classes: impl IntoIterator<Item = &'a BadgeClass>,
) -> Value {
    classes.into_iter().map(|class| badge_class(origin, version, class, None)).collect()
}

/// The assertion, or its [`revoked`] stub.
pub fn assertion(
    origin: &Origin,
    version: Version,
    assertion: &Assertion,
    context: AssertionContext<'_>,
    expand: Expand,
) -> Value {
    if let AssertionState::Revoked { reason, .. } = &assertion.state {
        return revoked(origin, version, assertion.id, reason);
    }
    let mut document = begin(origin, version, Kind::Assertion, assertion.id);
    let id = version.reference(origin.public(Kind::Assertion, assertion.id));
    let badge = if expand.badge {
        let issuer = expand.issuer.then_some(context.issuer);
        badge_class(origin, version, context.badge_class, issuer)
    } else {
        version.reference(origin.public(Kind::BadgeClass, assertion.badge_class_id)).into()
    };
    document.insert("badge".into(), badge);
    document.insert("image".into(), origin.image(Kind::Assertion, assertion.id).into());
    match version {
        Version::V1_1 => {
            document.insert("uid".into(), assertion.id.to_string().into());
            document.insert("verify".into(), json!({"url": id, "type": "hosted"}));
            let url = assertion.evidence.iter().find_map(Evidence::url);
            document.extend(url.map(|url| ("evidence".to_owned(), url.as_str().into())));
        }
        Version::V2_0 => {
            document.insert("verification".into(), json!({"type": "HostedBadge"}));
            if !assertion.evidence.is_empty() {
                let evidence = assertion.evidence.iter().map(evidence).collect();
                document.insert("evidence".into(), Value::Array(evidence));
            }
            if let Some(narrative) = &assertion.narrative {
                document.insert("narrative".into(), narrative.as_str().into());
            }
        }
    }
    document.insert("issuedOn".into(), json_ld(assertion.issued_on.timestamp()).into());
    if let Some(expires) = assertion.expires {
        document.insert("expires".into(), json_ld(expires).into());
    }
    document.insert("recipient".into(), recipient(assertion));
    extend(&mut document, &assertion.extensions);
    document.into()
}

/// The assertion as the text that is baked into its picture.
pub fn assertion_json(
    origin: &Origin,
    version: Version,
    of: &Assertion,
    context: AssertionContext<'_>,
) -> String {
    assertion(origin, version, of, context, Expand::default()).to_string()
}

/// All that is left of a revoked assertion.
///
/// Validators judge the body and not the status, and take a document with all its members plus
/// `revoked` for a valid one: so this stays a stub.
pub fn revoked(
    origin: &Origin,
    version: Version,
    id: EntityId,
    reason: &RevocationReason,
) -> Value {
    let mut document = begin(origin, version, Kind::Assertion, id);
    document.insert("revoked".into(), true.into());
    document.insert("revocationReason".into(), reason.as_str().into());
    document.into()
}

/// The three members that every document begins with.
fn begin(origin: &Origin, version: Version, kind: Kind, id: EntityId) -> Map<String, Value> {
    let name = match kind {
        Kind::Issuer => "Issuer",
        Kind::BadgeClass => "BadgeClass",
        Kind::Assertion => "Assertion",
    };
    let mut document = Map::new();
    document.insert("@context".into(), version.context().into());
    document.insert("type".into(), name.into());
    document.insert("id".into(), version.reference(origin.public(kind, id)).into());
    document
}

/// Adds extensions under their names; none can take the place of a member of the standard.
fn extend(document: &mut Map<String, Value>, extensions: &Extensions) {
    for (name, value) in extensions {
        document.entry(name.as_str()).or_insert_with(|| value.clone());
    }
}

fn criteria(class: &BadgeClass) -> Value {
    let mut criteria = Map::new();
    if let Some(url) = &class.criteria.url {
        criteria.insert("id".into(), url.as_str().into());
    }
    if let Some(narrative) = class.criteria_narrative() {
        criteria.insert("narrative".into(), narrative.into());
    }
    criteria.into()
}

fn alignment(alignment: &Alignment) -> Value {
    let mut entry = Map::new();
    entry.insert("targetName".into(), alignment.target_name.as_str().into());
    entry.insert("targetUrl".into(), alignment.target_url.as_str().into());
    for (key, value) in [
        ("targetDescription", &alignment.target_description),
        ("targetFramework", &alignment.target_framework),
        ("targetCode", &alignment.target_code),
    ] {
        if let Some(value) = value {
            entry.insert(key.into(), value.as_str().into());
        }
    }
    entry.into()
}

fn evidence(evidence: &Evidence) -> Value {
    let mut entry = Map::new();
    entry.insert("type".into(), "Evidence".into());
    if let Some(url) = evidence.url() {
        entry.insert("id".into(), url.as_str().into());
    }
    if let Some(narrative) = evidence.narrative() {
        entry.insert("narrative".into(), narrative.as_str().into());
    }
    entry.into()
}

fn recipient(assertion: &Assertion) -> Value {
    let kind = assertion.recipient.kind().in_open_badges();
    if assertion.hashed {
        let identity = assertion.recipient.hashed_with(&assertion.salt);
        let salt = assertion.salt.as_str();
        json!({"hashed": true, "type": kind, "identity": identity, "salt": salt})
    } else {
        json!({"hashed": false, "type": kind, "identity": assertion.recipient.identity()})
    }
}

#[cfg(test)]
mod tests;
