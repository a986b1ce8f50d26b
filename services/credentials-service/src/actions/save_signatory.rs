//! Makes, changes and removes signatories.

use database::AnyConnection;
use model::Timestamp;

use super::save_configuration::Configuration;
use crate::{
    app::App,
    domain::{
        configuration::{CourseCertificate, ProgramCertificate},
        media::{self, MEDIA_PATH, Picture},
        role::{Belonging, Deed, Roles},
        signatory::Signatory,
    },
    error::Error,
    store::{self, configurations::Kept},
};

/// What a signatory shall be.
#[derive(Debug, Clone)]
pub struct SignatoryDraft {
    pub name: String,
    pub title: String,
    pub organization_name_override: Option<String>,
    pub image: Image,
}

/// What shall become of the picture.
#[derive(Debug, Clone)]
pub enum Image {
    Keep,
    Remove,
    /// A new one, with the name that its file had.
    Replace {
        picture: Picture,
        file_name: Option<String>,
    },
    /// One that is kept here already.
    Kept {
        path: String,
    },
}

/// Writes a signatory: a new one without `id`, else the one with it.
pub async fn save_signatory(
    app: &App,
    site_id: i64,
    id: Option<i64>,
    draft: SignatoryDraft,
    editor: String,
    roles: Roles,
) -> Result<Signatory, Error> {
    let now = app.clock.now();
    let saved = app
        .db
        .write(move |conn| {
            let existing = match id {
                Some(id) => Some(editable_signatory(conn, site_id, id, &roles)?),
                None => None,
            };
            let before = existing.unwrap_or_else(|| Signatory {
                id: 0,
                name: String::new(),
                title: String::new(),
                organization_name_override: None,
                image_path: None,
                created_by: editor,
                created: now,
                modified: now,
            });
            let mut signatory = Signatory {
                name: draft.name,
                title: draft.title,
                organization_name_override: draft.organization_name_override,
                modified: now,
                ..before
            };
            if id.is_none() {
                signatory.id = store::signatories::insert(conn, site_id, &signatory)?;
            }
            signatory.image_path = image_path(conn, &signatory, draft.image, now)?;
            store::signatories::update(conn, &signatory)?;
            store::shown_version::advance(conn)?;
            Ok::<_, Error>(signatory)
        })
        .await?;
    app.pages.forget_all();
    Ok(saved)
}

/// Removes a signatory who stands nowhere.
pub async fn delete_signatory(app: &App, site_id: i64, id: i64, roles: Roles) -> Result<(), Error> {
    app.db
        .write(move |conn| {
            editable_signatory(conn, site_id, id, &roles)?;
            let (courses, programs) = store::signatories::uses(conn, id)?;
            if !courses.is_empty() || !programs.is_empty() {
                return Err(Error::InUse("signatory"));
            }
            store::signatories::delete(conn, id)?;
            Ok(store::shown_version::advance(conn)?)
        })
        .await
}

/// Holds a list of signatories to those that the site has.
pub(super) fn check_signatories(
    conn: &mut AnyConnection,
    site_id: i64,
    ids: &[i64],
) -> Result<(), Error> {
    match unknown_signatory(conn, site_id, ids)? {
        Some(id) => Err(Error::NoSuchReference { field: "signatories", id: id.to_string() }),
        None => Ok(()),
    }
}

/// The first of these ids that is no signatory of the site.
pub fn unknown_signatory(
    conn: &mut AnyConnection,
    site_id: i64,
    ids: &[i64],
) -> Result<Option<i64>, database::Error> {
    for id in ids {
        if store::signatories::find(conn, site_id, *id)?.is_none() {
            return Ok(Some(*id));
        }
    }
    Ok(None)
}

/// A signatory that stands only where the editor may act, or nowhere.
pub fn editable_signatory(
    conn: &mut AnyConnection,
    site_id: i64,
    id: i64,
    roles: &Roles,
) -> Result<Signatory, Error> {
    let found = store::signatories::find(conn, site_id, id)?.ok_or(Error::NoSuch("Signatory"))?;
    if roles.may_everywhere(Deed::EditSignatories) {
        return Ok(found);
    }
    let uses = belongings(conn, site_id, id)?;
    let inside = uses.iter().all(|each| roles.may(Deed::EditSignatories, each));
    if inside { Ok(found) } else { Err(Error::NotAllowed) }
}

fn belongings(
    conn: &mut AnyConnection,
    site_id: i64,
    signatory: i64,
) -> Result<Vec<Belonging>, Error> {
    let (courses, programs) = store::signatories::uses(conn, signatory)?;
    let mut all = Vec::new();
    for id in courses {
        if let Some(certificate) = CourseCertificate::find(conn, site_id, id)? {
            all.push(certificate.belonging(conn, site_id)?);
        }
    }
    for id in programs {
        if let Some(certificate) = ProgramCertificate::find(conn, site_id, id)? {
            all.push(certificate.belonging(conn, site_id)?);
        }
    }
    Ok(all)
}

fn image_path(
    conn: &mut AnyConnection,
    signatory: &Signatory,
    image: Image,
    now: Timestamp,
) -> Result<Option<String>, Error> {
    match image {
        Image::Keep => Ok(signatory.image_path.clone()),
        Image::Remove => Ok(None),
        Image::Replace { picture, file_name } => {
            let name = media::file_name(file_name.as_deref(), picture.extension());
            let path = format!("{MEDIA_PATH}signatories/{}/{name}", signatory.id);
            store::media::save(conn, &path, &picture, now)?;
            Ok(Some(path))
        }
        Image::Kept { path } => match store::media::find(conn, &path)? {
            Some(_) => Ok(Some(path)),
            None => Err(Error::NoSuchFile("image")),
        },
    }
}
