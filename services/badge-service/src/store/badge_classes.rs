//! Badge classes.

use database::{AnyConnection, Error, Json, Portable, expect_one};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::{column, entity, from_json, json, parsed, schema::badge_classes};
use crate::domain::{
    badge_class::{BadgeClass, Criteria},
    entity_id::EntityId,
    issuer::Issuer,
    key::Key,
};

const TABLE: &str = "badge_classes";

#[derive(Queryable, Selectable)]
#[diesel(table_name = badge_classes)]
struct Row {
    id: Id<BadgeClass>,
    issuer_id: Id<Issuer>,
    name: String,
    description: String,
    image: String,
    criteria_url: Option<String>,
    criteria_narrative: Option<String>,
    alignments: Json,
    tags: Json,
    validity: Option<Json>,
    extensions: Json,
    created_at: Timestamp,
}

impl TryFrom<Row> for BadgeClass {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let id = entity(row.id);
        Ok(Self {
            id,
            issuer_id: entity(row.issuer_id),
            name: parsed(TABLE, id, row.name)?,
            description: parsed(TABLE, id, row.description)?,
            image: parsed(TABLE, id, row.image)?,
            criteria: Criteria {
                url: row.criteria_url.map(|url| parsed(TABLE, id, url)).transpose()?,
                narrative: row
                    .criteria_narrative
                    .map(|narrative| parsed(TABLE, id, narrative))
                    .transpose()?,
            },
            alignments: from_json(TABLE, id, row.alignments)?,
            tags: from_json(TABLE, id, row.tags)?,
            expires: row.validity.map(|validity| from_json(TABLE, id, validity)).transpose()?,
            extensions: from_json(TABLE, id, row.extensions)?,
            created_at: row.created_at,
        })
    }
}

/// The badge class with this id, if there is one.
pub fn find(conn: &mut AnyConnection, id: EntityId) -> Result<Option<BadgeClass>, Error> {
    let row = badge_classes::table
        .find(column::<BadgeClass>(id))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(BadgeClass::try_from).transpose()
}

/// The badge class that imports and events name so.
pub fn find_by_key(conn: &mut AnyConnection, key: &Key) -> Result<Option<BadgeClass>, Error> {
    let row = badge_classes::table
        .filter(badge_classes::key.eq(key.as_str()))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(BadgeClass::try_from).transpose()
}

/// The badge class that a row of another table names.
pub fn get(conn: &mut AnyConnection, id: EntityId) -> Result<BadgeClass, Error> {
    find(conn, id)?.ok_or_else(|| Error::corrupt(TABLE, id, "it is referred to, and not there"))
}

/// The issuer's badge classes, oldest first: all, or at most `limit`.
pub fn of_issuer(
    conn: &mut AnyConnection,
    issuer: EntityId,
    limit: Option<i64>,
) -> Result<Vec<BadgeClass>, Error> {
    let rows: Vec<Row> = badge_classes::table
        .filter(badge_classes::issuer_id.eq(column::<Issuer>(issuer)))
        .order((badge_classes::created_at, badge_classes::id))
        .limit(limit.unwrap_or(i64::MAX))
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(BadgeClass::try_from).collect()
}

/// Keeps a new badge class, unless another transaction just kept one with this key.
pub fn insert(
    conn: &mut AnyConnection,
    key: &Key,
    class: &BadgeClass,
    now: Timestamp,
) -> Result<(), Error> {
    let expires = class.expires.map(|expires| json(TABLE, class.id, &expires)).transpose()?;
    let insert = diesel::insert_into(badge_classes::table)
        .values((
            badge_classes::id.eq(column::<BadgeClass>(class.id)),
            badge_classes::key.eq(key.as_str()),
            badge_classes::issuer_id.eq(column::<Issuer>(class.issuer_id)),
            badge_classes::name.eq(class.name.as_str()),
            badge_classes::description.eq(class.description.as_str()),
            badge_classes::image.eq(class.image.as_str()),
            badge_classes::criteria_url.eq(class.criteria.url.as_ref().map(|url| url.as_str())),
            badge_classes::criteria_narrative.eq(class
                .criteria
                .narrative
                .as_ref()
                .map(|text| text.as_str())),
            badge_classes::alignments.eq(json(TABLE, class.id, &class.alignments)?),
            badge_classes::tags.eq(json(TABLE, class.id, &class.tags)?),
            badge_classes::validity.eq(expires),
            badge_classes::extensions.eq(json(TABLE, class.id, &class.extensions)?),
            badge_classes::created_at.eq(class.created_at),
            badge_classes::modified_at.eq(now),
        ))
        .on_conflict_do_nothing();
    Portable(insert).execute(conn)?;
    Ok(())
}

/// Writes all that can change of a badge class; its issuer cannot.
pub fn save(conn: &mut AnyConnection, class: &BadgeClass, now: Timestamp) -> Result<(), Error> {
    let expires = class.expires.map(|expires| json(TABLE, class.id, &expires)).transpose()?;
    let changed = diesel::update(badge_classes::table.find(column::<BadgeClass>(class.id)))
        .set((
            badge_classes::name.eq(class.name.as_str()),
            badge_classes::description.eq(class.description.as_str()),
            badge_classes::image.eq(class.image.as_str()),
            badge_classes::criteria_url.eq(class.criteria.url.as_ref().map(|url| url.as_str())),
            badge_classes::criteria_narrative.eq(class
                .criteria
                .narrative
                .as_ref()
                .map(|text| text.as_str())),
            badge_classes::alignments.eq(json(TABLE, class.id, &class.alignments)?),
            badge_classes::tags.eq(json(TABLE, class.id, &class.tags)?),
            badge_classes::validity.eq(expires),
            badge_classes::modified_at.eq(now),
        ))
        .execute(conn)?;
    expect_one(changed, TABLE, class.id)
}
