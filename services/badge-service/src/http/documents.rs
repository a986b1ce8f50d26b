//! Public documents: from memory, or made of what the database holds.

use std::sync::Arc;

use ::web::conditional::Tagged;
use model::Timestamp;
use serde_json::Value;

use crate::{
    app::{
        App,
        documents::{Basis, Document, DocumentForm, Key, Subject},
    },
    domain::{
        badge_class::BadgeClass,
        entity_id::EntityId,
        issuer::Issuer,
        open_badges::{self, AssertionContext, Expand, Version},
    },
    error::Error,
    store::{self, assertions::KeptAssertion},
};

/// An assertion with what its document refers to.
pub(super) struct WholeAssertion {
    pub kept: KeptAssertion,
    pub class: BadgeClass,
    pub issuer: Issuer,
}

/// The document with this key; `None` if there is no such object.
pub(super) async fn find(app: &App, key: Key) -> Result<Option<Arc<Document>>, Error> {
    app.documents.catch_up(app.db.read(store::change_counts::all)).await?;
    app.documents.get(key, app.clock.now(), make(app, key)).await
}

async fn make(app: &App, key: Key) -> Result<Option<Document>, Error> {
    let (version, expand) = match key.form {
        DocumentForm::Json { version, expand } => (version, expand),
        DocumentForm::Page => return super::pages::make(app, key.subject).await,
    };
    match key.subject {
        Subject::Issuer(id) => {
            let found = issuer(app, id).await?;
            Ok(found.map(|issuer| {
                let basis = basis_of_issuer(&issuer);
                json(&open_badges::issuer(&app.origin, version, &issuer), basis)
            }))
        }
        Subject::BadgesOf(id) => badges(app, id, version).await,
        Subject::BadgeClass(id) => {
            let found = badge_class(app, id).await?;
            Ok(found.map(|(class, issuer)| {
                let issuer = expand.issuer.then_some(&issuer);
                let document = open_badges::badge_class(&app.origin, version, &class, issuer);
                json(&document, basis_of_badge_class(&class))
            }))
        }
        Subject::Assertion(id) => {
            let found = assertion(app, id).await?;
            Ok(found.map(|whole| assertion_document(app, &whole, version, expand)))
        }
    }
}

fn assertion_document(
    app: &App,
    whole: &WholeAssertion,
    version: Version,
    expand: Expand,
) -> Document {
    let context = AssertionContext { badge_class: &whole.class, issuer: &whole.issuer };
    let assertion = &whole.kept.assertion;
    let value = open_badges::assertion(&app.origin, version, assertion, context, expand);
    json(&value, basis_of_assertion(whole, app.clock.now()))
}

fn json(value: &Value, basis: Basis) -> Document {
    Document { body: Tagged::new(value.to_string(), "application/ld+json"), basis }
}

async fn badges(app: &App, id: EntityId, version: Version) -> Result<Option<Document>, Error> {
    let found = app
        .db
        .read(move |conn| {
            let Some(issuer) = store::issuers::find(conn, id)? else { return Ok(None) };
            let classes = store::badge_classes::of_issuer(conn, id, None)?;
            Ok::<_, Error>(Some((issuer, classes)))
        })
        .await?;
    Ok(found.map(|(issuer, classes)| {
        let list = open_badges::badge_list(&app.origin, version, &classes);
        json(&list, basis_of_issuer(&issuer))
    }))
}

/// What is said of an issuer or all its badge classes: a change of one is noted with the issuer.
pub(super) fn basis_of_issuer(issuer: &Issuer) -> Basis {
    Basis { objects: vec![issuer.id], ..Basis::default() }
}

/// What is said of a badge class and its issuer.
pub(super) fn basis_of_badge_class(class: &BadgeClass) -> Basis {
    Basis { objects: vec![class.id, class.issuer_id], ..Basis::default() }
}

/// What is said of an assertion, its badge class and its issuer, and whether it expired.
pub(super) fn basis_of_assertion(whole: &WholeAssertion, now: Timestamp) -> Basis {
    let assertion = &whole.kept.assertion;
    Basis {
        objects: vec![assertion.id, assertion.badge_class_id, assertion.issuer_id],
        until: assertion.expires.filter(|_| !assertion.is_expired(now)),
        revoked: assertion.is_revoked(),
    }
}

/// The issuer, from the database.
pub(super) async fn issuer(app: &App, id: EntityId) -> Result<Option<Issuer>, Error> {
    app.db.read(move |conn| Ok(store::issuers::find(conn, id)?)).await
}

/// The badge class and its issuer, from the database.
pub(super) async fn badge_class(
    app: &App,
    id: EntityId,
) -> Result<Option<(BadgeClass, Issuer)>, Error> {
    app.db
        .read(move |conn| {
            let Some(class) = store::badge_classes::find(conn, id)? else { return Ok(None) };
            let issuer = store::issuers::get(conn, class.issuer_id)?;
            Ok(Some((class, issuer)))
        })
        .await
}

/// The assertion with its badge class and issuer, from the database.
pub(super) async fn assertion(app: &App, id: EntityId) -> Result<Option<WholeAssertion>, Error> {
    app.db
        .read(move |conn| {
            let Some(kept) = store::assertions::find(conn, id)? else { return Ok(None) };
            let class = store::badge_classes::get(conn, kept.assertion.badge_class_id)?;
            let issuer = store::issuers::get(conn, kept.assertion.issuer_id)?;
            Ok(Some(WholeAssertion { kept, class, issuer }))
        })
        .await
}
