//! Public documents: from memory, or made of what the database holds.

use ::web::conditional::Tagged;
use serde_json::Value;

use crate::{
    app::{
        App,
        documents::{Document, DocumentForm, Key, Subject},
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

/// The most badge classes that an issuer's public list shows.
pub(super) const MOST_BADGES: i64 = 1_000;

/// An assertion with what its document refers to.
pub(super) struct WholeAssertion {
    pub kept: KeptAssertion,
    pub class: BadgeClass,
    pub issuer: Issuer,
}

/// The document with this key; `None` if there is no such object.
pub(super) async fn find(app: &App, key: Key) -> Result<Option<std::sync::Arc<Document>>, Error> {
    app.documents.get(key, make(app, key)).await
}

async fn make(app: &App, key: Key) -> Result<Option<Document>, Error> {
    let (version, expand) = match key.form {
        DocumentForm::Json { version, expand } => (version, expand),
        DocumentForm::Page => return super::pages::make(app, key.subject).await,
    };
    match key.subject {
        Subject::Issuer(id) => {
            let issuer = issuer(app, id).await?;
            Ok(issuer.map(|issuer| json(&open_badges::issuer(&app.origin, version, &issuer))))
        }
        Subject::BadgesOf(id) => badges(app, id, version).await,
        Subject::BadgeClass(id) => {
            let found = badge_class(app, id).await?;
            Ok(found.map(|(class, issuer)| {
                let issuer = expand.issuer.then_some(&issuer);
                json(&open_badges::badge_class(&app.origin, version, &class, issuer))
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
    Document { revoked: assertion.is_revoked(), ..json(&value) }
}

fn json(value: &Value) -> Document {
    Document { body: Tagged::new(value.to_string(), "application/ld+json"), revoked: false }
}

async fn badges(app: &App, id: EntityId, version: Version) -> Result<Option<Document>, Error> {
    let found = app
        .db
        .read(move |conn| {
            let Some(_) = store::issuers::find(conn, id)? else { return Ok(None) };
            store::badge_classes::of_issuer(conn, id, MOST_BADGES).map(Some)
        })
        .await;
    let found: Option<Vec<BadgeClass>> = found.map_err(|error: database::Error| error)?;
    Ok(found.map(|classes| json(&open_badges::badge_list(&app.origin, version, &classes))))
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
