//! Makes issuers and badge classes from a file. Run twice, it changes nothing the second time.

mod document;

use std::{collections::HashMap, fmt};

use database::AnyConnection;
use model::Timestamp;
use serde_json::Map;

use crate::{
    app::App,
    domain::{
        badge_class::{BadgeClass, Criteria},
        baking,
        entity_id::EntityId,
        image,
        issuer::ImageName,
        origin::{Kind, Origin},
        profile::{Defaults, IssuerProfile, Key},
        text::Name,
    },
    error::Error,
    store,
};
use document::{ClassItem, Document, Picture};

/// The largest picture in a file, in bytes.
const LARGEST_PICTURE: usize = 4 << 20;

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    pub issuers: Count,
    pub badge_classes: Count,
}

/// How many of a kind were made, changed, or found as they should be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub made: usize,
    pub changed: usize,
    pub unchanged: usize,
}

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
    let summary = app
        .db
        .write(move |conn| {
            let mut summary = Summary::default();
            for profile in &issuers {
                import_issuer(conn, profile, &origin, &defaults, now, &mut summary.issuers)?;
            }
            for class in classes {
                import_class(conn, class, &origin, now, &mut summary.badge_classes)?;
            }
            Ok::<_, Error>(summary)
        })
        .await?;
    app.documents.forget_all();
    Ok(summary)
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
    profile: &IssuerProfile,
    origin: &Origin,
    defaults: &Defaults,
    now: Timestamp,
    count: &mut Count,
) -> Result<(), Error> {
    match store::issuers::find_by_key(conn, &profile.key)? {
        None => {
            let id = profile.key.entity_id(origin, Kind::Issuer);
            store::issuers::insert(conn, &profile.key, &profile.issuer(id, defaults, now), now)?;
            count.made += 1;
        }
        Some(known) => {
            let told = profile.applied_to(&known);
            if told == known {
                count.unchanged += 1;
            } else {
                store::issuers::save(conn, &told, now)?;
                count.changed += 1;
            }
        }
    }
    Ok(())
}

fn import_class(
    conn: &mut AnyConnection,
    class: ReadyClass,
    origin: &Origin,
    now: Timestamp,
    count: &mut Count,
) -> Result<(), Error> {
    let issuer = store::issuers::find_by_key(conn, &class.issuer)?
        .ok_or_else(|| wrong(class.key.as_str(), "its issuer was removed meanwhile"))?;
    let key = class.key.clone();
    match store::badge_classes::find_by_key(conn, &key)? {
        None => {
            let id = key.entity_id(origin, Kind::BadgeClass);
            store::badge_classes::insert(conn, &key, &class.made(id, issuer.id, now), now)?;
            count.made += 1;
        }
        Some(known) if known.issuer_id != issuer.id => {
            return Err(wrong(key.as_str(), "the issuer of a badge class cannot change"));
        }
        Some(known) => {
            let made = class.made(known.id, known.issuer_id, known.created_at);
            let told = BadgeClass { extensions: known.extensions.clone(), ..made };
            if told == known {
                count.unchanged += 1;
            } else {
                store::badge_classes::save(conn, &told, now)?;
                count.changed += 1;
            }
        }
    }
    Ok(())
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

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuers: {}. Badge classes: {}.", self.issuers, self.badge_classes)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} made, {} changed, {} unchanged", self.made, self.changed, self.unchanged)
    }
}
