//! Organizations.

use database::{AnyConnection, Error};
use diesel::prelude::*;
use model::{Id, Timestamp, catalog};

use super::schema::organizations;
use crate::domain::program::Organization;

/// An organization with all that is known of it.
pub struct KnownOrganization {
    pub id: Id<Organization>,
    pub described: catalog::Organization,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = organizations)]
struct Row {
    id: Id<Organization>,
    key: String,
    name: String,
    discovery_uuid: Id<Organization>,
    logo: Option<String>,
    url: Option<String>,
    email: Option<String>,
}

impl From<Row> for KnownOrganization {
    fn from(row: Row) -> Self {
        let described = catalog::Organization {
            key: row.key,
            name: row.name,
            discovery_uuid: Some(row.discovery_uuid.uuid()),
            logo: row.logo,
            url: row.url,
            email: row.email,
        };
        Self { id: row.id, described }
    }
}

/// The organization with this key.
pub fn find(conn: &mut AnyConnection, key: &str) -> Result<Option<KnownOrganization>, Error> {
    let row = organizations::table
        .filter(organizations::key.eq(key))
        .select((
            organizations::id,
            organizations::key,
            organizations::name,
            organizations::discovery_uuid,
            organizations::logo,
            organizations::url,
            organizations::email,
        ))
        .first::<Row>(conn)
        .optional()?;
    Ok(row.map(Into::into))
}

/// Keeps a new organization.
pub fn insert(
    conn: &mut AnyConnection,
    id: Id<Organization>,
    described: &catalog::Organization,
    now: Timestamp,
) -> Result<(), Error> {
    diesel::insert_into(organizations::table)
        .values((
            organizations::id.eq(id),
            organizations::key.eq(&described.key),
            organizations::name.eq(&described.name),
            organizations::discovery_uuid.eq(Id::<Organization>::from(described.uuid())),
            organizations::logo.eq(&described.logo),
            organizations::url.eq(&described.url),
            organizations::email.eq(&described.email),
            organizations::created_at.eq(now),
            organizations::modified_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Describes an organization anew. Its key stays.
pub fn update(
    conn: &mut AnyConnection,
    id: Id<Organization>,
    described: &catalog::Organization,
    now: Timestamp,
) -> Result<(), Error> {
    let changed = diesel::update(organizations::table.find(id))
        .set((
            organizations::name.eq(&described.name),
            organizations::discovery_uuid.eq(Id::<Organization>::from(described.uuid())),
            organizations::logo.eq(&described.logo),
            organizations::url.eq(&described.url),
            organizations::email.eq(&described.email),
            organizations::modified_at.eq(now),
        ))
        .execute(conn)?;
    database::expect_one(changed, "organizations", id)
}

/// The key of an organization.
pub fn key_of(conn: &mut AnyConnection, id: Id<Organization>) -> Result<String, Error> {
    Ok(organizations::table.find(id).select(organizations::key).first(conn)?)
}
