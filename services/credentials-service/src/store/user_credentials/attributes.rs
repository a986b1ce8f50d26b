//! Free facts about awards.

use std::collections::HashMap;

use database::{AnyConnection, Error};
use diesel::{prelude::*, upsert::excluded};

use crate::{
    domain::user_credential::Attribute,
    store::{
        rows::{among, insert_all},
        schema::user_credential_attributes,
    },
};

/// The attributes of one credential, in order of creation.
pub fn attributes(conn: &mut AnyConnection, id: i64) -> Result<Vec<Attribute>, Error> {
    let rows: Vec<(String, String, String)> = user_credential_attributes::table
        .filter(user_credential_attributes::user_credential_id.eq(id))
        .order(user_credential_attributes::id)
        .select((
            user_credential_attributes::namespace,
            user_credential_attributes::name,
            user_credential_attributes::value,
        ))
        .load(conn)?;
    let read = |(namespace, name, value)| Attribute { namespace, name, value };
    Ok(rows.into_iter().map(read).collect())
}

/// The attributes of many credentials, each's in order of creation.
pub fn attributes_of_all(
    conn: &mut AnyConnection,
    ids: &[i64],
) -> Result<HashMap<i64, Vec<Attribute>>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = user_credential_attributes::table
        .order(user_credential_attributes::id)
        .select((
            user_credential_attributes::user_credential_id,
            user_credential_attributes::namespace,
            user_credential_attributes::name,
            user_credential_attributes::value,
        ))
        .into_boxed();
    let rows: Vec<(i64, String, String, String)> =
        among!(query, user_credential_attributes::user_credential_id, ids).load(conn)?;
    let mut all: HashMap<i64, Vec<Attribute>> = HashMap::new();
    for (id, namespace, name, value) in rows {
        all.entry(id).or_default().push(Attribute { namespace, name, value });
    }
    Ok(all)
}

/// Adds attributes to credentials, or gives them new values. None may be named twice.
pub fn set_attributes(
    conn: &mut AnyConnection,
    attributes: &[(i64, &Attribute)],
) -> Result<(), Error> {
    let row = |(id, attribute): &(i64, &Attribute)| {
        (
            user_credential_attributes::user_credential_id.eq(*id),
            user_credential_attributes::namespace.eq(attribute.namespace.clone()),
            user_credential_attributes::name.eq(attribute.name.clone()),
            user_credential_attributes::value.eq(attribute.value.clone()),
        )
    };
    let rows: Vec<_> = attributes.iter().map(row).collect();
    insert_all!(conn, rows, |rows| diesel::insert_into(user_credential_attributes::table)
        .values(rows)
        .on_conflict((
            user_credential_attributes::user_credential_id,
            user_credential_attributes::namespace,
            user_credential_attributes::name,
        ))
        .do_update()
        .set(user_credential_attributes::value.eq(excluded(user_credential_attributes::value))))?;
    Ok(())
}
