//! Roles: fixed sets of permissions, held by a group on one organization or one program.

use super::permission::Permission;

/// What a role grants, whatever it is held on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "the names that schools know the roles by")]
pub enum Role {
    ReadMetadata,
    ReadEnrollments,
    ReadWriteEnrollments,
    ReadReports,
}

/// What a role is held on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldOn {
    Organization,
    Program,
}

impl Role {
    const ALL: [Self; 4] =
        [Self::ReadMetadata, Self::ReadEnrollments, Self::ReadWriteEnrollments, Self::ReadReports];

    /// As files and tables spell it.
    pub fn name(self, held_on: HeldOn) -> &'static str {
        match (held_on, self) {
            (HeldOn::Organization, Self::ReadMetadata) => "organization_read_metadata",
            (HeldOn::Organization, Self::ReadEnrollments) => "organization_read_enrollments",
            (HeldOn::Organization, Self::ReadWriteEnrollments) => {
                "organization_read_write_enrollments"
            }
            (HeldOn::Organization, Self::ReadReports) => "organization_read_reports",
            (HeldOn::Program, Self::ReadMetadata) => "program_read_metadata",
            (HeldOn::Program, Self::ReadEnrollments) => "program_read_enrollments",
            (HeldOn::Program, Self::ReadWriteEnrollments) => "program_read_write_enrollments",
            (HeldOn::Program, Self::ReadReports) => "program_read_reports",
        }
    }

    /// Reads the name of a role on such a thing.
    pub fn from_name(name: &str, held_on: HeldOn) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name(held_on) == name)
    }

    /// What it grants. To write does not include reports; reports do not include enrollments.
    pub fn permissions(self) -> &'static [Permission] {
        match self {
            Self::ReadMetadata => &[Permission::ReadMetadata],
            Self::ReadEnrollments => &[Permission::ReadMetadata, Permission::ReadEnrollments],
            Self::ReadWriteEnrollments => &[
                Permission::ReadMetadata,
                Permission::ReadEnrollments,
                Permission::WriteEnrollments,
            ],
            Self::ReadReports => &[Permission::ReadMetadata, Permission::ReadReports],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HeldOn, Role};
    use crate::domain::permission::Permission;

    #[test]
    fn a_role_of_programs_is_none_of_organizations() {
        let name = "program_read_reports";

        assert_eq!(Role::from_name(name, HeldOn::Program), Some(Role::ReadReports));
        assert_eq!(Role::from_name(name, HeldOn::Organization), None);
    }

    #[test]
    fn to_write_enrollments_does_not_include_reports_and_the_other_way_round() {
        let writes = Role::ReadWriteEnrollments.permissions();
        assert!(!writes.contains(&Permission::ReadReports));
        assert!(!Role::ReadReports.permissions().contains(&Permission::ReadEnrollments));
    }
}
