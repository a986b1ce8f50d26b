//! Issuers.

use database::{AnyConnection, Error, Json, Portable, expect_one};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::{column, entity, from_json, json, parsed, schema::issuers};
use crate::domain::{entity_id::EntityId, issuer::Issuer, key::Key};

const TABLE: &str = "issuers";

#[derive(Queryable, Selectable)]
#[diesel(table_name = issuers)]
struct Row {
    id: Id<Issuer>,
    name: String,
    url: String,
    email: String,
    description: String,
    image: Option<String>,
    extensions: Json,
    created_at: Timestamp,
}

impl TryFrom<Row> for Issuer {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let id = entity(row.id);
        Ok(Self {
            id,
            name: parsed(TABLE, id, row.name)?,
            url: parsed(TABLE, id, row.url)?,
            email: parsed(TABLE, id, row.email)?,
            description: parsed(TABLE, id, row.description)?,
            image: row.image.map(|image| parsed(TABLE, id, image)).transpose()?,
            extensions: from_json(TABLE, id, row.extensions)?,
            created_at: row.created_at,
        })
    }
}

/// The issuer with this id, if there is one.
pub fn find(conn: &mut AnyConnection, id: EntityId) -> Result<Option<Issuer>, Error> {
    let row = issuers::table
        .find(column::<Issuer>(id))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Issuer::try_from).transpose()
}

/// The issuer that imports and events name so.
pub fn find_by_key(conn: &mut AnyConnection, key: &Key) -> Result<Option<Issuer>, Error> {
    let row = issuers::table
        .filter(issuers::key.eq(key.as_str()))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Issuer::try_from).transpose()
}

/// The issuer that a row of another table names.
pub fn get(conn: &mut AnyConnection, id: EntityId) -> Result<Issuer, Error> {
    find(conn, id)?.ok_or_else(|| Error::corrupt(TABLE, id, "it is referred to, and not there"))
}

/// Keeps a new issuer, unless another transaction just kept one with this key.
pub fn insert(
    conn: &mut AnyConnection,
    key: &Key,
    issuer: &Issuer,
    now: Timestamp,
) -> Result<(), Error> {
    let insert = diesel::insert_into(issuers::table)
        .values((
            issuers::id.eq(column::<Issuer>(issuer.id)),
            issuers::key.eq(key.as_str()),
            issuers::name.eq(issuer.name.as_str()),
            issuers::url.eq(issuer.url.as_str()),
            issuers::email.eq(issuer.email.as_str()),
            issuers::description.eq(issuer.description.as_str()),
            issuers::image.eq(issuer.image.as_ref().map(|image| image.as_str())),
            issuers::extensions.eq(json(TABLE, issuer.id, &issuer.extensions)?),
            issuers::created_at.eq(issuer.created_at),
            issuers::modified_at.eq(now),
        ))
        .on_conflict_do_nothing();
    Portable(insert).execute(conn)?;
    Ok(())
}

/// Writes all that can change of an issuer.
pub fn save(conn: &mut AnyConnection, issuer: &Issuer, now: Timestamp) -> Result<(), Error> {
    let changed = diesel::update(issuers::table.find(column::<Issuer>(issuer.id)))
        .set((
            issuers::name.eq(issuer.name.as_str()),
            issuers::url.eq(issuer.url.as_str()),
            issuers::email.eq(issuer.email.as_str()),
            issuers::description.eq(issuer.description.as_str()),
            issuers::image.eq(issuer.image.as_ref().map(|image| image.as_str())),
            issuers::modified_at.eq(now),
        ))
        .execute(conn)?;
    expect_one(changed, TABLE, issuer.id)
}
