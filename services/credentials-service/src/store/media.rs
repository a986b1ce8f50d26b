//! Pictures.

use std::collections::BTreeMap;

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::Timestamp;

use super::{rows::among, schema::media_files};
use crate::domain::media::Picture;

/// The picture under a path.
pub fn find(conn: &mut AnyConnection, path: &str) -> Result<Option<Picture>, Error> {
    let row: Option<(String, Vec<u8>)> = media_files::table
        .filter(media_files::path.eq(path))
        .select((media_files::content_type, media_files::content))
        .first(conn)
        .optional()?;
    Ok(row.and_then(|(content_type, content)| Picture::kept(&content_type, content)))
}

/// The pictures under these paths, as far as they are there.
pub fn find_all(
    conn: &mut AnyConnection,
    paths: &[String],
) -> Result<BTreeMap<String, Picture>, Error> {
    if paths.is_empty() {
        return Ok(BTreeMap::new());
    }
    let query = media_files::table
        .select((media_files::path, media_files::content_type, media_files::content))
        .into_boxed();
    let rows: Vec<(String, String, Vec<u8>)> =
        among!(query, media_files::path, paths).load(conn)?;
    let picture = |(path, content_type, content): (String, String, Vec<u8>)| {
        Some((path, Picture::kept(&content_type, content)?))
    };
    Ok(rows.into_iter().filter_map(picture).collect())
}

/// Keeps a picture under a path, in place of what was there.
pub fn save(
    conn: &mut AnyConnection,
    path: &str,
    picture: &Picture,
    now: Timestamp,
) -> Result<(), Error> {
    let values = (
        media_files::content_type.eq(picture.content_type),
        media_files::content.eq(&picture.content),
        media_files::modified.eq(now),
    );
    let insert = diesel::insert_into(media_files::table)
        .values((media_files::path.eq(path), values))
        .on_conflict(media_files::path)
        .do_update()
        .set(values);
    Portable(insert).execute(conn)?;
    Ok(())
}
