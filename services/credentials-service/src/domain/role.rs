//! Roles of the v1 API, and what each may do.

use super::user::{ADMINS, User};

/// What somebody does for a site, an organization or a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Learner,
    CourseTeam,
    Pm,
    Ux,
    Support,
    System,
}

/// Where a role holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    Site,
    Organization(i64),
    CourseRun(String),
}

/// What the v1 API asks of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// See credentials that are not public.
    ViewCredentials,
    ReadConfigurations,
    EditConfigurations,
    EditSignatories,
    /// Award credentials, to anybody.
    IssueCredentials,
}

/// What a configuration or a signatory belongs to, to be held against a [`Scope`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Belonging {
    pub course_id: Option<String>,
    pub organization_ids: Vec<i64>,
}

impl Role {
    /// The role with this stored name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "learner" => Self::Learner,
            "course_team" => Self::CourseTeam,
            "pm" => Self::Pm,
            "ux" => Self::Ux,
            "support" => Self::Support,
            "system" => Self::System,
            _ => return None,
        })
    }

    /// The matrix of roles and permissions.
    pub fn may(self, deed: Deed) -> bool {
        use Role::{CourseTeam, Pm, Support, System, Ux};
        match deed {
            Deed::ViewCredentials | Deed::ReadConfigurations => {
                matches!(self, CourseTeam | Pm | Ux | Support)
            }
            Deed::EditConfigurations => matches!(self, CourseTeam | Pm | Ux),
            Deed::EditSignatories => matches!(self, CourseTeam | Pm),
            // A learner, too, could issue a course's credential to themself, once a grade says that
            // they passed; no grades are kept here.
            Deed::IssueCredentials => matches!(self, CourseTeam | Pm | Support | System),
        }
    }
}

impl Scope {
    /// Whether something lies inside.
    pub fn covers(&self, what: &Belonging) -> bool {
        match self {
            Self::Site => true,
            Self::Organization(id) => what.organization_ids.contains(id),
            Self::CourseRun(key) => what.course_id.as_ref() == Some(key),
        }
    }
}

/// Everything that one caller may be on one site: assigned roles, and those that follow from the
/// account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles {
    everything: bool,
    held: Vec<(Role, Scope)>,
}

impl Roles {
    /// Adds the account's own roles to the assigned ones. `systems` names programs' accounts.
    pub fn of(user: &User, assigned: Vec<(Role, Scope)>, systems: &[String]) -> Self {
        let mut held = assigned;
        held.push((Role::Learner, Scope::Site));
        if user.groups.contains(ADMINS) {
            held.push((Role::Pm, Scope::Site));
        }
        if systems.contains(&user.profile.username) {
            held.push((Role::System, Scope::Site));
        }
        if user.profile.is_staff && !user.groups.contains(ADMINS) {
            held.push((Role::Support, Scope::Site));
        }
        Self { everything: user.profile.is_superuser, held }
    }

    /// Whether the caller may do this to something, somewhere.
    pub fn may_somewhere(&self, deed: Deed) -> bool {
        self.everything || self.held.iter().any(|(role, _)| role.may(deed))
    }

    /// Whether the caller may do this to `what`.
    pub fn may(&self, deed: Deed, what: &Belonging) -> bool {
        let fits = |(role, scope): &(Role, Scope)| role.may(deed) && scope.covers(what);
        self.everything || self.held.iter().any(fits)
    }

    /// Whether the caller may do this on the whole site.
    pub fn may_everywhere(&self, deed: Deed) -> bool {
        let whole = |(role, scope): &(Role, Scope)| role.may(deed) && *scope == Scope::Site;
        self.everything || self.held.iter().any(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::{Belonging, Deed, Role, Roles, Scope};

    #[test]
    fn a_course_team_acts_only_inside_its_scope() {
        let roles = Roles {
            everything: false,
            held: vec![(Role::CourseTeam, Scope::CourseRun("a/b/c".to_owned()))],
        };
        let inside = Belonging { course_id: Some("a/b/c".to_owned()), organization_ids: vec![] };
        let outside = Belonging { course_id: Some("a/b/d".to_owned()), organization_ids: vec![1] };

        assert!(roles.may(Deed::EditConfigurations, &inside));
        assert!(!roles.may(Deed::EditConfigurations, &outside));
        assert!(roles.may_somewhere(Deed::EditSignatories));
        assert!(!roles.may_everywhere(Deed::EditSignatories));
    }

    #[test]
    fn a_program_may_issue_and_not_look() {
        assert!(Role::System.may(Deed::IssueCredentials));
        assert!(!Role::System.may(Deed::ViewCredentials));
        assert!(!Role::Ux.may(Deed::IssueCredentials));
        assert!(!Role::Learner.may(Deed::IssueCredentials));
        assert!(Role::Support.may(Deed::ReadConfigurations));
        assert!(!Role::Support.may(Deed::EditConfigurations));
        assert!(!Role::Ux.may(Deed::EditSignatories));
    }
}
