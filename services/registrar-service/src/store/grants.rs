//! What a user may do: roles, global permissions and flags of the user's groups, and direct grants.

use database::{AnyConnection, Error};
use diesel::prelude::*;
use model::Id;

use super::schema::{group_flags, group_permissions, groups, memberships, user_permissions};
use crate::domain::{
    permission::{Grants, StoredPermission},
    program::{Organization, Program},
    role::{HeldOn, Role},
    user::{Group, User},
};

/// All that `user` was granted.
pub fn of(conn: &mut AnyConnection, user: &User) -> Result<Grants, Error> {
    let mut grants = Grants { superuser: user.is_superuser, ..Grants::default() };
    add_roles(conn, user.id, &mut grants)?;
    let codenames: Vec<String> = memberships::table
        .inner_join(
            group_permissions::table.on(group_permissions::group_id.eq(memberships::group_id)),
        )
        .filter(memberships::user_id.eq(user.id))
        .select(group_permissions::permission)
        .load(conn)?;
    for codename in codenames {
        grants.grant_everywhere(stored(&codename, "group_permissions")?);
    }
    add_direct(conn, user.id, &mut grants)?;
    Ok(grants)
}

/// Whether a flag is on for `user`: by a group, or for superusers by being known at all.
pub fn has_flag(conn: &mut AnyConnection, user: &User, flag: &str) -> Result<bool, Error> {
    let known: Vec<Id<Group>> = if user.is_superuser {
        let any = group_flags::table.filter(group_flags::flag.eq(flag));
        any.select(group_flags::group_id).limit(1).load(conn)?
    } else {
        memberships::table
            .inner_join(group_flags::table.on(group_flags::group_id.eq(memberships::group_id)))
            .filter(memberships::user_id.eq(user.id))
            .filter(group_flags::flag.eq(flag))
            .select(group_flags::group_id)
            .limit(1)
            .load(conn)?
    };
    Ok(!known.is_empty())
}

fn add_roles(conn: &mut AnyConnection, user: Id<User>, grants: &mut Grants) -> Result<(), Error> {
    type Row = (Id<Group>, Option<Id<Organization>>, Option<Id<Program>>, Option<String>);
    let held: Vec<Row> = memberships::table
        .inner_join(groups::table.on(groups::id.eq(memberships::group_id)))
        .filter(memberships::user_id.eq(user))
        .filter(groups::role.is_not_null())
        .select((groups::id, groups::organization_id, groups::program_id, groups::role))
        .load(conn)?;
    for (group, organization, program, name) in held {
        let held_on = if program.is_some() { HeldOn::Program } else { HeldOn::Organization };
        let role = name.as_deref().and_then(|name| Role::from_name(name, held_on));
        let role = role.ok_or_else(|| Error::corrupt("groups", group, "there is no such role"))?;
        let set = match (organization, program) {
            (_, Some(program)) => grants.on_programs.entry(program).or_default(),
            (Some(organization), _) => grants.on_organizations.entry(organization).or_default(),
            (None, None) => continue,
        };
        set.extend(role.permissions());
    }
    Ok(())
}

fn add_direct(conn: &mut AnyConnection, user: Id<User>, grants: &mut Grants) -> Result<(), Error> {
    type Row = (String, Option<Id<Organization>>, Option<Id<Program>>);
    let direct: Vec<Row> = user_permissions::table
        .filter(user_permissions::user_id.eq(user))
        .select((
            user_permissions::permission,
            user_permissions::organization_id,
            user_permissions::program_id,
        ))
        .load(conn)?;
    for (codename, organization, program) in direct {
        match (stored(&codename, "user_permissions")?, organization, program) {
            (StoredPermission::OnProgram(permission), _, Some(program)) => {
                grants.on_programs.entry(program).or_default().insert(permission);
            }
            (StoredPermission::OnOrganization(permission), Some(organization), _) => {
                grants.on_organizations.entry(organization).or_default().insert(permission);
            }
            (stored, None, None) => grants.grant_everywhere(stored),
            // On a thing of the other kind a permission means nothing.
            _ => {}
        }
    }
    Ok(())
}

fn stored(codename: &str, table: &'static str) -> Result<StoredPermission, Error> {
    StoredPermission::from_codename(codename)
        .ok_or_else(|| Error::corrupt(table, codename, "there is no such permission"))
}
