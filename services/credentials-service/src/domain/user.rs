//! People: who they are, and what the v2 API lets them do.

use std::collections::BTreeSet;

use super::text::readable;

/// The group whose members may award, as the LMS's service account does.
pub const ADMINS: &str = "Admins";

/// The group of everybody else; it grants nothing.
pub const LEARNERS: &str = "Learners";

/// A person or a program that calls the service, or a learner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: i64,
    pub profile: Profile,
    pub groups: BTreeSet<String>,
    /// Direct ones and those of the groups.
    pub permissions: BTreeSet<String>,
}

/// What is known of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    pub username: String,
    /// Empty when unknown.
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub full_name: Option<String>,
    pub lms_user_id: Option<i64>,
    pub is_active: bool,
    pub is_staff: bool,
    pub is_superuser: bool,
}

/// What a token, an import or a school says of a person; what is `None` stays as it is.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct News {
    pub email: Option<String>,
    pub full_name: Option<String>,
    pub lms_user_id: Option<i64>,
    pub is_active: Option<bool>,
    pub is_staff: Option<bool>,
    pub is_superuser: Option<bool>,
}

/// What the v2 API asks of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    View,
    Add,
    Change,
    Delete,
}

impl Right {
    /// The permission's name, as the predecessor stores it.
    pub fn permission(self) -> &'static str {
        match self {
            Self::View => "credentials.view_usercredential",
            Self::Add => "credentials.add_usercredential",
            Self::Change => "credentials.change_usercredential",
            Self::Delete => "credentials.delete_usercredential",
        }
    }
}

/// What the group [`ADMINS`] may do.
pub const ADMINS_MAY: [&str; 5] = [
    "credentials.view_usercredential",
    "credentials.add_usercredential",
    "credentials.change_usercredential",
    "records.add_usergrade",
    "records.change_usergrade",
];

impl User {
    /// Whether this person holds a permission.
    pub fn may(&self, right: Right) -> bool {
        self.profile.is_superuser || self.permissions.contains(right.permission())
    }

    /// Whether limits on the number of calls are waived.
    pub fn is_unthrottled(&self) -> bool {
        self.profile.is_staff || self.profile.is_superuser
    }

    /// Whether this is the person called `username`, in any spelling of case.
    pub fn is(&self, username: &str) -> bool {
        self.profile.is(username)
    }
}

impl Profile {
    /// Somebody of whom nothing but the name is known.
    pub fn named(username: &str) -> Self {
        Self {
            username: username.to_owned(),
            email: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            full_name: None,
            lms_user_id: None,
            is_active: true,
            is_staff: false,
            is_superuser: false,
        }
    }

    /// Whether this is the person called `username`, in any spelling of case.
    pub fn is(&self, username: &str) -> bool {
        self.username.to_lowercase() == username.to_lowercase()
    }

    /// The name to greet and to print: the full name, else first and last name.
    pub fn display_name(&self) -> Option<String> {
        let full = self.full_name.as_deref().unwrap_or_default().trim();
        let parts = format!("{} {}", self.first_name, self.last_name);
        let name = readable(if full.is_empty() { &parts } else { full });
        (!name.is_empty()).then_some(name)
    }

    /// The same person after the news, whose name is taken over as far as it can be read.
    #[must_use]
    pub fn after(&self, news: &News) -> Self {
        let news = news.clone();
        let full_name = news.full_name.map(|name| readable(&name)).filter(|name| !name.is_empty());
        Self {
            email: news.email.unwrap_or_else(|| self.email.clone()),
            full_name: full_name.or_else(|| self.full_name.clone()),
            lms_user_id: news.lms_user_id.or(self.lms_user_id),
            is_active: news.is_active.unwrap_or(self.is_active),
            is_staff: news.is_staff.unwrap_or(self.is_staff),
            is_superuser: news.is_superuser.unwrap_or(self.is_superuser),
            ..self.clone()
        }
    }
}

impl std::fmt::Debug for Profile {
    /// Leaves out what is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile").field("is_active", &self.is_active).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for News {
    /// Leaves out what is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("News").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{News, Profile};

    #[test]
    fn the_full_name_wins_and_nobody_is_called_by_their_username() {
        let mut pat = Profile::named("pat");
        assert_eq!(pat.display_name(), None);
        pat.first_name = "Pat".to_owned();
        assert_eq!(pat.display_name().as_deref(), Some("Pat"));
        pat.full_name = Some("Pat Doe".to_owned());
        assert_eq!(pat.display_name().as_deref(), Some("Pat Doe"));
    }

    #[test]
    fn news_changes_only_what_it_speaks_of() {
        let pat = Profile { email: "a@b.example".to_owned(), ..Profile::named("pat") };
        let news = News { full_name: Some("Pat".to_owned()), ..News::default() };

        let after = pat.after(&news);

        assert_eq!(after.full_name.as_deref(), Some("Pat"));
        assert_eq!(after.email, pat.email);
        assert_eq!(pat.after(&News::default()), pat);
    }
}
