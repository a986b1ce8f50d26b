//! Groups, users, and memberships that wait, of an import.

use model::{Id, catalog};

use super::{Import, Wrong, wrong};
use crate::{
    domain::{
        permission::StoredPermission,
        role::{HeldOn, Role},
        user::{Group, Introduction, User, is_username},
    },
    error::Error,
    store::{
        groups::{self, GroupGrants},
        users::{self, GrantedOn},
    },
};

impl Import<'_> {
    /// A group grants what the document says, and nothing that it granted before.
    pub(super) fn group(&mut self, given: &catalog::Group) -> Wrong {
        let grants = self.grants_of(given)?;
        let id = match groups::find(self.conn, &given.name)? {
            Some(id) => id,
            None => {
                let id = Id::fresh();
                groups::insert(self.conn, id, &given.name, self.now)?;
                self.imported.groups += 1;
                id
            }
        };
        Ok(groups::set_grants(self.conn, id, &grants, self.now)?)
    }

    fn grants_of(&mut self, given: &catalog::Group) -> Result<GroupGrants, Error> {
        let mut grants = GroupGrants { flags: given.flags.clone(), ..GroupGrants::default() };
        for codename in &given.global_permissions {
            grants.everywhere.push(permission(codename)?);
        }
        grants.flags.sort();
        grants.flags.dedup();
        grants.everywhere.sort_by_key(|each| each.codename());
        grants.everywhere.dedup();
        if let Some(key) = &given.granting_organization {
            grants.granting_organization = Some(self.organization_id(key)?);
        }
        match (&given.organization, &given.program) {
            (Some(_), Some(_)) => return Err(wrong("a group is on an organization or a program")),
            (Some(key), None) => {
                let role = role(given.role.as_deref(), HeldOn::Organization)?;
                grants.organization = Some((self.organization_id(key)?, role));
            }
            (None, Some(key)) => {
                let role = role(given.role.as_deref(), HeldOn::Program)?;
                grants.program = Some((self.known_program(key)?.id, role));
            }
            (None, None) if given.role.is_some() => {
                return Err(wrong("a role is held on an organization or a program"));
            }
            (None, None) => {}
        }
        Ok(grants)
    }

    /// What the document leaves out stays. Groups are added and never taken away, since
    /// invitations add some too; direct permissions are those of the document.
    pub(super) fn user(&mut self, given: &catalog::User) -> Wrong {
        if !is_username(&given.username) {
            return Err(wrong("a username has 1 to 150 characters and no spaces"));
        }
        let user = self.saved_user(given)?;
        if let Some(full_name) = &given.full_name {
            users::set_full_name(self.conn, user.id, full_name)?;
        }
        for name in &given.groups {
            let group = self.group_id(name)?;
            users::join(self.conn, user.id, group)?;
        }
        let mut granted = Vec::new();
        for codename in &given.global_permissions {
            granted.push((permission(codename)?, GrantedOn::default()));
        }
        for each in &given.object_permissions {
            granted.push(self.object_permission(each)?);
        }
        Ok(users::set_permissions(self.conn, user.id, &granted)?)
    }

    fn saved_user(&mut self, given: &catalog::User) -> Result<User, Error> {
        let known = users::find(self.conn, &given.username)?;
        let email = given.email.as_ref().map(|email| email.as_str());
        let introduction = Introduction::new(&given.username, email, given.is_staff)
            .ok_or_else(|| wrong("there can be no such user"))?;
        let user = match &known {
            Some(known) => introduction.update(known).unwrap_or_else(|| known.clone()),
            None => introduction.newcomer(Id::fresh()),
        };
        let user = User {
            is_active: given.is_active.unwrap_or(user.is_active),
            is_superuser: given.is_superuser.unwrap_or(user.is_superuser),
            ..user
        };
        match known {
            None => {
                users::insert(self.conn, &user, self.now)?;
                self.imported.users += 1;
            }
            Some(known) if known != user => users::update(self.conn, &user, self.now)?,
            Some(_) => {}
        }
        users::take_up_memberships(self.conn, &user)?;
        Ok(user)
    }

    fn object_permission(
        &mut self,
        given: &catalog::ObjectPermission,
    ) -> Result<(StoredPermission, GrantedOn), Error> {
        let permission = permission(&given.permission)?;
        let on = match (&given.organization, &given.program, permission) {
            (Some(key), None, StoredPermission::OnOrganization(_)) => {
                GrantedOn { organization: Some(self.organization_id(key)?), program: None }
            }
            (None, Some(key), StoredPermission::OnProgram(_)) => {
                GrantedOn { organization: None, program: Some(self.known_program(key)?.id) }
            }
            _ => {
                let codename = &given.permission;
                return Err(wrong(format!("{codename} cannot be granted on that")));
            }
        };
        Ok((permission, on))
    }

    /// Whoever has the address already joins at once.
    pub(super) fn pending_membership(&mut self, given: &catalog::PendingMembership) -> Wrong {
        let group = self.group_id(&given.group)?;
        let address = given.email.normalised();
        let here = users::with_email(self.conn, &address)?;
        for user in &here {
            users::join(self.conn, *user, group)?;
        }
        if here.is_empty() {
            users::invite(self.conn, &address, group, self.now)?;
        }
        Ok(())
    }

    fn group_id(&mut self, name: &str) -> Result<Id<Group>, Error> {
        groups::find(self.conn, name)?.ok_or_else(|| wrong(format!("there is no group {name:?}")))
    }
}

fn permission(codename: &str) -> Result<StoredPermission, Error> {
    StoredPermission::from_codename(codename)
        .ok_or_else(|| wrong(format!("there is no permission {codename:?}")))
}

fn role(name: Option<&str>, held_on: HeldOn) -> Result<Role, Error> {
    let name = name.ok_or_else(|| wrong("a group on something needs a role"))?;
    Role::from_name(name, held_on)
        .ok_or_else(|| wrong(format!("there is no such role there: {name:?}")))
}
