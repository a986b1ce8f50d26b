//! Groups: a role on one thing, global permissions, flags.

use database::{AnyConnection, Error};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::schema::{group_flags, group_permissions, groups};
use crate::domain::{
    permission::StoredPermission,
    program::{Organization, Program},
    role::{HeldOn, Role},
    user::Group,
};

/// What a group grants.
#[derive(Debug, Clone, Default)]
pub struct GroupGrants {
    pub organization: Option<(Id<Organization>, Role)>,
    pub program: Option<(Id<Program>, Role)>,
    /// For information only.
    pub granting_organization: Option<Id<Organization>>,
    pub everywhere: Vec<StoredPermission>,
    pub flags: Vec<String>,
}

/// The group of this name.
pub fn find(conn: &mut AnyConnection, name: &str) -> Result<Option<Id<Group>>, Error> {
    Ok(groups::table.filter(groups::name.eq(name)).select(groups::id).first(conn).optional()?)
}

/// Keeps a new group that grants nothing yet.
pub fn insert(
    conn: &mut AnyConnection,
    id: Id<Group>,
    name: &str,
    now: Timestamp,
) -> Result<(), Error> {
    diesel::insert_into(groups::table)
        .values((
            groups::id.eq(id),
            groups::name.eq(name),
            groups::created_at.eq(now),
            groups::modified_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Replaces all that a group grants; nothing of what it granted before is left.
pub fn set_grants(
    conn: &mut AnyConnection,
    id: Id<Group>,
    grants: &GroupGrants,
    now: Timestamp,
) -> Result<(), Error> {
    let on_organization = grants.organization.map(|(_, role)| role.name(HeldOn::Organization));
    let on_program = grants.program.map(|(_, role)| role.name(HeldOn::Program));
    let changed = diesel::update(groups::table.find(id))
        .set((
            groups::organization_id.eq(grants.organization.map(|(id, _)| id)),
            groups::program_id.eq(grants.program.map(|(id, _)| id)),
            groups::granting_organization_id.eq(grants.granting_organization),
            groups::role.eq(on_organization.or(on_program)),
            groups::modified_at.eq(now),
        ))
        .execute(conn)?;
    database::expect_one(changed, "groups", id)?;
    diesel::delete(group_permissions::table.filter(group_permissions::group_id.eq(id)))
        .execute(conn)?;
    for permission in &grants.everywhere {
        diesel::insert_into(group_permissions::table)
            .values((
                group_permissions::group_id.eq(id),
                group_permissions::permission.eq(permission.codename()),
            ))
            .execute(conn)?;
    }
    diesel::delete(group_flags::table.filter(group_flags::group_id.eq(id))).execute(conn)?;
    for flag in &grants.flags {
        diesel::insert_into(group_flags::table)
            .values((group_flags::group_id.eq(id), group_flags::flag.eq(flag)))
            .execute(conn)?;
    }
    Ok(())
}
