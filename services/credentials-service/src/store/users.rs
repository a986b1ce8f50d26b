//! People, their groups and permissions.

use std::collections::HashMap;

use database::{AnyConnection, Error, Portable};
use diesel::{
    prelude::*,
    sql_types::{Nullable, Text},
};

use super::{
    rows::among,
    schema::{group_permissions, groups, user_groups, user_permissions, users},
};
use crate::domain::user::{Profile, User};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true)]
struct Row {
    username: String,
    email: String,
    first_name: String,
    last_name: String,
    full_name: Option<String>,
    lms_user_id: Option<i64>,
    is_active: bool,
    is_staff: bool,
    is_superuser: bool,
}

impl From<Row> for Profile {
    fn from(row: Row) -> Self {
        Self {
            username: row.username,
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            full_name: row.full_name,
            lms_user_id: row.lms_user_id,
            is_active: row.is_active,
            is_staff: row.is_staff,
            is_superuser: row.is_superuser,
        }
    }
}

impl From<&Profile> for Row {
    fn from(profile: &Profile) -> Self {
        let profile = profile.clone();
        Self {
            username: profile.username,
            email: profile.email,
            first_name: profile.first_name,
            last_name: profile.last_name,
            full_name: profile.full_name,
            lms_user_id: profile.lms_user_id,
            is_active: profile.is_active,
            is_staff: profile.is_staff,
            is_superuser: profile.is_superuser,
        }
    }
}

/// What is known of the person with exactly this name.
pub fn profile(conn: &mut AnyConnection, username: &str) -> Result<Option<Profile>, Error> {
    let row = users::table
        .filter(users::username.eq(username))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Profile::from))
}

/// What is known of the people with exactly these names, by name.
pub fn profiles(
    conn: &mut AnyConnection,
    usernames: &[&str],
) -> Result<HashMap<String, Profile>, Error> {
    let query = users::table.select(Row::as_select()).into_boxed();
    let rows: Vec<Row> = among!(query, users::username, usernames).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.username.clone(), row.into())).collect())
}

/// The person with exactly this name, with groups and permissions.
pub fn find(conn: &mut AnyConnection, username: &str) -> Result<Option<User>, Error> {
    let found: Option<(i64, Row)> = users::table
        .filter(users::username.eq(username))
        .select((users::id, Row::as_select()))
        .first(conn)
        .optional()?;
    let Some((id, row)) = found else { return Ok(None) };
    // Of groups, with what they may; and what the person may beside them.
    let by_group = user_groups::table
        .inner_join(groups::table)
        .left_join(
            group_permissions::table.on(group_permissions::group_id.eq(user_groups::group_id)),
        )
        .filter(user_groups::user_id.eq(id))
        .select((groups::name.nullable(), group_permissions::permission.nullable()));
    let own = user_permissions::table.filter(user_permissions::user_id.eq(id)).select((
        None::<String>.into_sql::<Nullable<Text>>(),
        user_permissions::permission.nullable(),
    ));
    let rights = by_group.union_all(own);
    let rights: Vec<(Option<String>, Option<String>)> = match conn {
        AnyConnection::Postgres(conn) => rights.load(conn)?,
        AnyConnection::Sqlite(conn) => rights.load(conn)?,
    };
    let (groups, permissions): (Vec<_>, Vec<_>) = rights.into_iter().unzip();
    Ok(Some(User {
        id,
        profile: row.into(),
        groups: groups.into_iter().flatten().collect(),
        permissions: permissions.into_iter().flatten().collect(),
    }))
}

/// Makes somebody known who may be known already.
pub fn ensure(conn: &mut AnyConnection, profile: &Profile) -> Result<(), Error> {
    let insert = diesel::insert_into(users::table)
        .values(Row::from(profile))
        .on_conflict(users::username)
        .do_nothing();
    Portable(insert).execute(conn)?;
    Ok(())
}

/// Writes what is known of a person over what was.
pub fn save(conn: &mut AnyConnection, profile: &Profile) -> Result<(), Error> {
    diesel::update(users::table.filter(users::username.eq(&profile.username)))
        .set(Row::from(profile))
        .execute(conn)?;
    Ok(())
}

/// Makes a group that may exist already, with permissions that it may have already.
pub fn ensure_group(
    conn: &mut AnyConnection,
    name: &str,
    permissions: &[&str],
) -> Result<(), Error> {
    let insert = diesel::insert_into(groups::table)
        .values(groups::name.eq(name))
        .on_conflict(groups::name)
        .do_nothing();
    Portable(insert).execute(conn)?;
    let id: i64 = groups::table.filter(groups::name.eq(name)).select(groups::id).first(conn)?;
    for permission in permissions {
        let insert = diesel::insert_into(group_permissions::table)
            .values((
                group_permissions::group_id.eq(id),
                group_permissions::permission.eq(*permission),
            ))
            .on_conflict_do_nothing();
        Portable(insert).execute(conn)?;
    }
    Ok(())
}

/// Puts somebody into a group, or takes them out. Groups that do not exist have no members.
pub fn set_membership(
    conn: &mut AnyConnection,
    username: &str,
    group: &str,
    member: bool,
) -> Result<(), Error> {
    let user = users::table.filter(users::username.eq(username)).select(users::id);
    let user: Option<i64> = user.first(conn).optional()?;
    let group = groups::table.filter(groups::name.eq(group)).select(groups::id);
    let group: Option<i64> = group.first(conn).optional()?;
    let (Some(user), Some(group)) = (user, group) else { return Ok(()) };
    if member {
        let insert = diesel::insert_into(user_groups::table)
            .values((user_groups::user_id.eq(user), user_groups::group_id.eq(group)))
            .on_conflict_do_nothing();
        Portable(insert).execute(conn)?;
    } else {
        diesel::delete(user_groups::table.find((user, group))).execute(conn)?;
    }
    Ok(())
}

/// Gives somebody a permission of their own.
pub fn grant(conn: &mut AnyConnection, username: &str, permission: &str) -> Result<(), Error> {
    let user = users::table.filter(users::username.eq(username)).select(users::id);
    let Some(user): Option<i64> = user.first(conn).optional()? else { return Ok(()) };
    let insert = diesel::insert_into(user_permissions::table)
        .values((user_permissions::user_id.eq(user), user_permissions::permission.eq(permission)))
        .on_conflict_do_nothing();
    Portable(insert).execute(conn)?;
    Ok(())
}
