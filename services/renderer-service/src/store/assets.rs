//! Which objects are pictures that callers stored.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;

use super::schema::assets;

/// A stored picture.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Asset {
    /// 64 lower-case hexadecimal digits.
    pub sha256: String,
    pub media_type: String,
    pub bytes: i64,
}

pub fn find(conn: &mut AnyConnection, sha256: &str) -> Result<Option<Asset>, Error> {
    Ok(assets::table.find(sha256).first(conn).optional()?)
}

/// Keeps an asset. Whether it is new.
pub fn keep(conn: &mut AnyConnection, asset: &Asset) -> Result<bool, Error> {
    let insert = diesel::insert_into(assets::table)
        .values((
            assets::sha256.eq(&asset.sha256),
            assets::media_type.eq(&asset.media_type),
            assets::bytes.eq(asset.bytes),
        ))
        .on_conflict(assets::sha256)
        .do_nothing();
    Ok(Portable(insert).execute(conn)? == 1)
}
