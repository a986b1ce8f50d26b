//! Users and the groups they are in.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::schema::{memberships, pending_memberships, user_permissions, users};
use crate::domain::{
    permission::StoredPermission,
    program::{Organization, Program},
    user::{Group, User},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
struct Row {
    id: Id<User>,
    username: String,
    email: String,
    is_active: bool,
    is_staff: bool,
    is_superuser: bool,
}

impl From<Row> for User {
    fn from(row: Row) -> Self {
        let Row { id, username, email, is_active, is_staff, is_superuser } = row;
        Self { id, username, email, is_active, is_staff, is_superuser }
    }
}

/// The user of this name.
pub fn find(conn: &mut AnyConnection, username: &str) -> Result<Option<User>, Error> {
    let row = users::table
        .filter(users::username.eq(username))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Into::into))
}

/// Keeps a new user; false if somebody else was faster with the name.
pub fn insert(conn: &mut AnyConnection, user: &User, now: Timestamp) -> Result<bool, Error> {
    let insert = diesel::insert_into(users::table)
        .values((
            users::id.eq(user.id),
            users::username.eq(&user.username),
            users::email.eq(&user.email),
            users::address.eq(user.email.to_lowercase()),
            users::is_active.eq(user.is_active),
            users::is_staff.eq(user.is_staff),
            users::is_superuser.eq(user.is_superuser),
            users::created_at.eq(now),
            users::modified_at.eq(now),
        ))
        .on_conflict(users::username)
        .do_nothing();
    Ok(Portable(insert).execute(conn)? == 1)
}

/// Writes a user as it is now. The last of two writers wins: each writes what its token says.
pub fn update(conn: &mut AnyConnection, user: &User, now: Timestamp) -> Result<(), Error> {
    let changed = diesel::update(users::table.find(user.id))
        .set((
            users::email.eq(&user.email),
            users::address.eq(user.email.to_lowercase()),
            users::is_active.eq(user.is_active),
            users::is_staff.eq(user.is_staff),
            users::is_superuser.eq(user.is_superuser),
            users::modified_at.eq(now),
        ))
        .execute(conn)?;
    database::expect_one(changed, "users", user.id)
}

/// Writes the name that people call the user by.
pub fn set_full_name(
    conn: &mut AnyConnection,
    user: Id<User>,
    full_name: &str,
) -> Result<(), Error> {
    diesel::update(users::table.find(user)).set(users::full_name.eq(full_name)).execute(conn)?;
    Ok(())
}

/// Puts a user into a group; again changes nothing.
pub fn join(conn: &mut AnyConnection, user: Id<User>, group: Id<Group>) -> Result<(), Error> {
    let insert = diesel::insert_into(memberships::table)
        .values((memberships::user_id.eq(user), memberships::group_id.eq(group)))
        .on_conflict((memberships::user_id, memberships::group_id))
        .do_nothing();
    Portable(insert).execute(conn)?;
    Ok(())
}

/// Lets a user take up the memberships that wait for its address, whatever the case of it.
pub fn take_up_memberships(conn: &mut AnyConnection, user: &User) -> Result<(), Error> {
    if user.email.is_empty() {
        return Ok(());
    }
    let address = user.email.to_lowercase();
    let groups: Vec<Id<Group>> = pending_memberships::table
        .filter(pending_memberships::email.eq(&address))
        .select(pending_memberships::group_id)
        .load(conn)?;
    for group in groups {
        join(conn, user.id, group)?;
        diesel::delete(pending_memberships::table.find((&address, group))).execute(conn)?;
    }
    Ok(())
}

/// Users with this address, whatever its case.
pub fn with_email(conn: &mut AnyConnection, email: &str) -> Result<Vec<Id<User>>, Error> {
    Ok(users::table.filter(users::address.eq(email.to_lowercase())).select(users::id).load(conn)?)
}

/// Lets a membership wait for whoever signs in with `email`; again changes nothing.
pub fn invite(
    conn: &mut AnyConnection,
    email: &str,
    group: Id<Group>,
    now: Timestamp,
) -> Result<(), Error> {
    let insert = diesel::insert_into(pending_memberships::table)
        .values((
            pending_memberships::email.eq(email.to_lowercase()),
            pending_memberships::group_id.eq(group),
            pending_memberships::created_at.eq(now),
        ))
        .on_conflict((pending_memberships::email, pending_memberships::group_id))
        .do_nothing();
    Portable(insert).execute(conn)?;
    Ok(())
}

/// What a permission of one user is on; with neither, everywhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct GrantedOn {
    pub organization: Option<Id<Organization>>,
    pub program: Option<Id<Program>>,
}

/// Replaces what was granted to the user directly.
pub fn set_permissions(
    conn: &mut AnyConnection,
    user: Id<User>,
    granted: &[(StoredPermission, GrantedOn)],
) -> Result<(), Error> {
    diesel::delete(user_permissions::table.filter(user_permissions::user_id.eq(user)))
        .execute(conn)?;
    for (permission, on) in granted {
        diesel::insert_into(user_permissions::table)
            .values((
                user_permissions::id.eq(Id::<StoredPermission>::fresh()),
                user_permissions::user_id.eq(user),
                user_permissions::permission.eq(permission.codename()),
                user_permissions::organization_id.eq(on.organization),
                user_permissions::program_id.eq(on.program),
            ))
            .execute(conn)?;
    }
    Ok(())
}
