//! What a caller may do: the four permissions that the API shows, and the nine that are stored.

use std::collections::{BTreeSet, HashMap};

use model::Id;

use super::program::{Organization, Program};

/// What the API shows and checks, in alphabetical order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    ReadEnrollments,
    ReadMetadata,
    ReadReports,
    WriteEnrollments,
}

impl Permission {
    pub const ALL: [Self; 4] =
        [Self::ReadEnrollments, Self::ReadMetadata, Self::ReadReports, Self::WriteEnrollments];

    /// As the API spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadEnrollments => "read_enrollments",
            Self::ReadMetadata => "read_metadata",
            Self::ReadReports => "read_reports",
            Self::WriteEnrollments => "write_enrollments",
        }
    }

    /// Reads the API's spelling, and no other.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }

    /// Whether it exists only on programs that learners can be enrolled in.
    pub fn needs_enrollable(self) -> bool {
        matches!(self, Self::ReadEnrollments | Self::WriteEnrollments)
    }
}

/// What is stored, on an organization, on a program, or for everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredPermission {
    OnOrganization(Permission),
    OnProgram(Permission),
    /// To read other users' jobs; never on one thing.
    ReadAnyJob,
}

impl StoredPermission {
    /// Its codename. The one for organizations' reports is irregular, and clients know it so.
    pub fn codename(self) -> &'static str {
        match self {
            Self::OnOrganization(Permission::ReadEnrollments) => {
                "core.organization_read_enrollments"
            }
            Self::OnOrganization(Permission::ReadMetadata) => "core.organization_read_metadata",
            Self::OnOrganization(Permission::ReadReports) => "core.read_reports",
            Self::OnOrganization(Permission::WriteEnrollments) => {
                "core.organization_write_enrollments"
            }
            Self::OnProgram(Permission::ReadEnrollments) => "core.program_read_enrollments",
            Self::OnProgram(Permission::ReadMetadata) => "core.program_read_metadata",
            Self::OnProgram(Permission::ReadReports) => "core.program_read_reports",
            Self::OnProgram(Permission::WriteEnrollments) => "core.program_write_enrollments",
            Self::ReadAnyJob => "core.job_global_read",
        }
    }

    /// Reads a codename.
    pub fn from_codename(codename: &str) -> Option<Self> {
        let on_organizations = Permission::ALL.map(Self::OnOrganization);
        let on_programs = Permission::ALL.map(Self::OnProgram);
        let mut all = on_organizations.into_iter().chain(on_programs).chain([Self::ReadAnyJob]);
        all.find(|each| each.codename() == codename)
    }
}

/// All that one user was granted, directly and through groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    /// Everything is granted.
    pub superuser: bool,
    pub reads_any_job: bool,
    pub everywhere: BTreeSet<Permission>,
    pub on_organizations: HashMap<Id<Organization>, BTreeSet<Permission>>,
    pub on_programs: HashMap<Id<Program>, BTreeSet<Permission>>,
}

impl Grants {
    /// A grant for everywhere; one for organizations counts as much as one for programs.
    pub fn grant_everywhere(&mut self, stored: StoredPermission) {
        match stored {
            StoredPermission::OnOrganization(permission)
            | StoredPermission::OnProgram(permission) => {
                self.everywhere.insert(permission);
            }
            StoredPermission::ReadAnyJob => self.reads_any_job = true,
        }
    }

    /// What the user may do on `program`: grants on it, on the organization that manages it, and
    /// everywhere. On a program without enrollments nobody may read or write any.
    pub fn on(&self, program: &Program) -> BTreeSet<Permission> {
        let here = [
            self.on_programs.get(&program.id),
            self.on_organizations.get(&program.organization_id),
            Some(&self.everywhere),
        ];
        let granted = |permission: &Permission| {
            self.superuser || here.iter().flatten().any(|set| set.contains(permission))
        };
        let exists =
            |permission: &Permission| program.is_enrollable() || !permission.needs_enrollable();
        Permission::ALL.into_iter().filter(granted).filter(exists).collect()
    }

    /// Where `permission` is granted, before the program's type is asked.
    pub fn reach(&self, permission: Permission) -> Reach {
        if self.superuser || self.everywhere.contains(&permission) {
            return Reach::Everywhere;
        }
        let organizations = self.on_organizations.iter();
        let programs = self.on_programs.iter();
        Reach::Only {
            organizations: organizations
                .filter(|(_, set)| set.contains(&permission))
                .map(|(id, _)| *id)
                .collect(),
            programs: programs
                .filter(|(_, set)| set.contains(&permission))
                .map(|(id, _)| *id)
                .collect(),
        }
    }

    /// Whether the user may see a job of somebody else.
    pub fn may_read_any_job(&self) -> bool {
        self.superuser || self.reads_any_job
    }
}

/// On which programs something is granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    Everywhere,
    /// On these programs, and on all that these organizations manage.
    Only {
        organizations: Vec<Id<Organization>>,
        programs: Vec<Id<Program>>,
    },
}

#[cfg(test)]
mod tests {
    use model::Id;
    use uuid::Uuid;

    use super::{Grants, Permission, StoredPermission};
    use crate::domain::program::Program;

    fn program(number: u128, organization: u128, program_type: &str) -> Program {
        Program {
            id: Id::from(Uuid::from_u128(number)),
            key: format!("p{number}"),
            organization_id: Id::from(Uuid::from_u128(organization)),
            discovery_uuid: Uuid::from_u128(number),
            title: None,
            url: None,
            program_type: Some(program_type.to_owned()),
        }
    }

    #[test]
    fn a_grant_on_one_program_says_nothing_about_its_siblings() {
        let (one, sibling) = (program(1, 9, "Masters"), program(2, 9, "Masters"));
        let mut grants = Grants::default();
        grants.on_programs.entry(one.id).or_default().insert(Permission::ReadMetadata);

        assert!(grants.on(&one).contains(&Permission::ReadMetadata));
        assert!(grants.on(&sibling).is_empty());
    }

    #[test]
    fn nobody_has_enrollment_permissions_on_a_program_without_enrollments() {
        let micro = program(1, 9, "MicroMasters");
        let superuser = Grants { superuser: true, ..Grants::default() };

        let held: Vec<_> = superuser.on(&micro).into_iter().map(Permission::name).collect();
        assert_eq!(held, ["read_metadata", "read_reports"]);
        assert!(superuser.on(&program(1, 9, "masters")).len() == 2, "the type is case-sensitive");
    }

    #[test]
    fn global_grants_of_either_level_count_for_every_program() {
        for codename in ["core.organization_read_metadata", "core.program_read_metadata"] {
            let mut grants = Grants::default();
            grants.grant_everywhere(StoredPermission::from_codename(codename).unwrap());
            assert!(grants.on(&program(5, 6, "XSeries")).contains(&Permission::ReadMetadata));
        }
    }

    #[test]
    fn every_codename_is_read_back_and_role_names_are_none() {
        for permission in Permission::ALL {
            for stored in [
                StoredPermission::OnOrganization(permission),
                StoredPermission::OnProgram(permission),
            ] {
                assert_eq!(StoredPermission::from_codename(stored.codename()), Some(stored));
            }
        }
        assert_eq!(StoredPermission::from_codename("core.organization_read_reports"), None);
    }
}
