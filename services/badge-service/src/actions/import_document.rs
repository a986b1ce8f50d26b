//! Makes issuers and badge classes from a file. Run twice, it changes nothing the second time.

mod document;
mod summary;

use std::{collections::HashMap, fmt};

use database::AnyConnection;
use model::Timestamp;
use serde_json::Map;

use super::change::change;
use crate::{
    app::App,
    domain::{
        badge_class::{BadgeClass, Criteria},
        baking,
        changes::Changes,
        entity_id::EntityId,
        image,
        issuer::ImageName,
        key::Key,
        origin::{Kind, Origin},
        profile::{Defaults, IssuerProfile},
        text::Name,
    },
    error::Error,
    store,
};
use document::{ClassItem, Document, Picture};
use summary::Outcome;
pub use summary::{Count, Summary};

/// The largest picture in a file, in bytes.
const LARGEST_PICTURE: usize = 4 << 20;

/// A badge class with its picture, before it has an issuer.
struct ReadyClass {
    key: Key,
    issuer: Key,
    item: ClassItem,
    image: ImageName,
}

/// Reads the document and does what it says, all of it or nothing.
///
/// A catalog, as the other services import it, makes issuers of its organizations.
///
/// # Errors
///
/// What is wrong with the document, and where.
pub async fn import_document(app: &App, text: &str) -> Result<Summary, Error> {
    let document = Document::read(text)?;
    let mut issuers = Vec::new();
    for (profile, picture) in document.issuers {
        let image = issuer_picture(app, &profile, picture).await?;
        issuers.push(IssuerProfile { image, ..profile });
    }
    let mut names: HashMap<Key, Name> =
        issuers.iter().map(|profile| (profile.key.clone(), profile.name.clone())).collect();
    let mut classes = Vec::new();
    for (n, item) in document.badge_classes.into_iter().enumerate() {
        classes.push(ready_class(app, item, &format!("badge_classes[{n}]"), &mut names).await?);
    }
    let (origin, defaults, now) = (app.origin.clone(), app.defaults.clone(), app.clock.now());
    change(app, move |conn, changes| {
        let mut summary = Summary::default();
        for profile in &issuers {
            let outcome = import_issuer(conn, changes, profile, &origin, &defaults, now)?;
            summary.issuers.add(outcome);
        }
        for class in classes {
            summary.badge_classes.add(import_class(conn, changes, class, &origin, now)?);
        }
        Ok(summary)
    })
    .await
}

fn wrong(item: &str, reason: impl fmt::Display) -> Error {
    Error::Import { item: item.to_owned(), reason: reason.to_string() }
}

/// The name of the issuer's picture, now kept.
async fn issuer_picture(
    app: &App,
    profile: &IssuerProfile,
    picture: Picture,
) -> Result<Option<ImageName>, Error> {
    let kept = match &picture {
        Picture::None => return Ok(None),
        Picture::Needed(uri) | Picture::Welcome(uri) => keep_uploaded(app, uri.clone()).await,
    };
    match (kept, picture) {
        (Ok(name), _) => Ok(Some(name)),
        (Err(Error::Image(_)), Picture::Welcome(_)) => Ok(None),
        (Err(error), _) => Err(wrong(&format!("the image of {}", profile.key.as_str()), error)),
    }
}

/// Cleans and keeps a picture, after trying whether an assertion can be written into it.
async fn keep_uploaded(app: &App, uri: String) -> Result<ImageName, Error> {
    let image = tokio::task::spawn_blocking(move || {
        let bytes = image::from_data_uri(&uri, LARGEST_PICTURE)?;
        let image = image::accept(&bytes, LARGEST_PICTURE)?;
        baking::bake(&image, "{}", "https://example.org/")?;
        Ok::<_, Error>(image)
    })
    .await??;
    app.pictures.keep(image).await
}

async fn ready_class(
    app: &App,
    item: ClassItem,
    place: &str,
    names: &mut HashMap<Key, Name>,
) -> Result<ReadyClass, Error> {
    let key =
        Key::try_from(item.key.clone()).map_err(|error| wrong(&format!("{place}.key"), error))?;
    let issuer = Key::try_from(item.issuer.clone())
        .map_err(|error| wrong(&format!("{place}.issuer"), error))?;
    if !names.contains_key(&issuer) {
        let wanted = issuer.clone();
        let known = app.db.read(move |conn| store::issuers::find_by_key(conn, &wanted)).await?;
        let known = known.ok_or_else(|| wrong(&format!("{place}.issuer"), "there is none"))?;
        names.insert(issuer.clone(), known.name);
    }
    let organization = names.get(&issuer).map(|name| name.as_str().to_owned()).unwrap_or_default();
    let image = match &item.image {
        Some(uri) => keep_uploaded(app, uri.clone())
            .await
            .map_err(|error| wrong(&format!("{place}.image"), error))?,
        None => app.pictures.drawn(item.name.as_str(), &organization).await?,
    };
    Ok(ReadyClass { key, issuer, item, image })
}

fn import_issuer(
    conn: &mut AnyConnection,
    changes: &mut Changes,
    profile: &IssuerProfile,
    origin: &Origin,
    defaults: &Defaults,
    now: Timestamp,
) -> Result<Outcome, Error> {
    let Some(known) = store::issuers::find_by_key(conn, &profile.key)? else {
        let id = profile.key.entity_id(origin, Kind::Issuer);
        store::issuers::insert(conn, &profile.key, &profile.issuer(id, defaults, now), now)?;
        return Ok(Outcome::Made);
    };
    let told = profile.applied_to(&known);
    if told == known {
        return Ok(Outcome::Unchanged);
    }
    store::issuers::save(conn, &told, now)?;
    changes.note(told.id);
    Ok(Outcome::Changed)
}

fn import_class(
    conn: &mut AnyConnection,
    changes: &mut Changes,
    class: ReadyClass,
    origin: &Origin,
    now: Timestamp,
) -> Result<Outcome, Error> {
    let issuer = store::issuers::find_by_key(conn, &class.issuer)?
        .ok_or_else(|| wrong(class.key.as_str(), "its issuer was removed meanwhile"))?;
    let key = class.key.clone();
    let Some(known) = store::badge_classes::find_by_key(conn, &key)? else {
        let id = key.entity_id(origin, Kind::BadgeClass);
        store::badge_classes::insert(conn, &key, &class.made(id, issuer.id, now), now)?;
        // The issuer's list grew.
        changes.note(issuer.id);
        return Ok(Outcome::Made);
    };
    if known.issuer_id != issuer.id {
        return Err(wrong(key.as_str(), "the issuer of a badge class cannot change"));
    }
    let made = class.made(known.id, known.issuer_id, known.created_at);
    let told = BadgeClass { extensions: known.extensions.clone(), ..made };
    if told == known {
        return Ok(Outcome::Unchanged);
    }
    store::badge_classes::save(conn, &told, now)?;
    changes.note(told.id);
    changes.note(issuer.id);
    Ok(Outcome::Changed)
}

impl ReadyClass {
    fn made(self, id: EntityId, issuer_id: EntityId, created_at: Timestamp) -> BadgeClass {
        BadgeClass {
            id,
            issuer_id,
            name: self.item.name,
            description: self.item.description,
            image: self.image,
            criteria: Criteria {
                url: self.item.criteria_url,
                narrative: self.item.criteria_narrative,
            },
            alignments: self.item.alignments,
            tags: self.item.tags,
            expires: self.item.expires,
            extensions: Map::new(),
            created_at,
        }
    }
}
