//! Free facts about awards.

use std::collections::HashMap;

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;

use crate::{domain::user_credential::Attribute, store::schema::user_credential_attributes};

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

/// The attributes of a page of credentials.
pub fn attributes_of_all(
    conn: &mut AnyConnection,
    ids: &[i64],
) -> Result<HashMap<i64, Vec<Attribute>>, Error> {
    let rows: Vec<(i64, String, String, String)> = user_credential_attributes::table
        .filter(user_credential_attributes::user_credential_id.eq_any(ids))
        .order(user_credential_attributes::id)
        .select((
            user_credential_attributes::user_credential_id,
            user_credential_attributes::namespace,
            user_credential_attributes::name,
            user_credential_attributes::value,
        ))
        .load(conn)?;
    let mut all: HashMap<i64, Vec<Attribute>> = HashMap::new();
    for (id, namespace, name, value) in rows {
        all.entry(id).or_default().push(Attribute { namespace, name, value });
    }
    Ok(all)
}

/// Adds an attribute, or gives it a new value.
pub fn set_attribute(
    conn: &mut AnyConnection,
    id: i64,
    attribute: &Attribute,
) -> Result<(), Error> {
    let insert = diesel::insert_into(user_credential_attributes::table)
        .values((
            user_credential_attributes::user_credential_id.eq(id),
            user_credential_attributes::namespace.eq(&attribute.namespace),
            user_credential_attributes::name.eq(&attribute.name),
            user_credential_attributes::value.eq(&attribute.value),
        ))
        .on_conflict((
            user_credential_attributes::user_credential_id,
            user_credential_attributes::namespace,
            user_credential_attributes::name,
        ))
        .do_update()
        .set(user_credential_attributes::value.eq(&attribute.value));
    Portable(insert).execute(conn)?;
    Ok(())
}
