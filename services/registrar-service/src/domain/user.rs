//! People and machines that call, as their tokens and the import file describe them.

use model::Id;

/// Shows names and e-mail addresses to holders of the flag in enrollment exports.
pub const FLAG_ACCOUNTS_IN_EXPORTS: &str = "include_name_email_in_get_program_enrollment";

/// Lets holders of the flag say and see who is course staff.
pub const FLAG_COURSE_STAFF: &str = "enable_course_role_management";

/// The longest username, in characters.
const LONGEST_USERNAME: usize = 150;

/// The longest e-mail address, in characters.
const LONGEST_EMAIL: usize = 254;

/// Somebody who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: Id<User>,
    pub username: String,
    /// May be empty; several users may have the same.
    pub email: String,
    pub is_active: bool,
    pub is_staff: bool,
    pub is_superuser: bool,
}

/// A named set of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group;

/// What a token says about its bearer. What it leaves out changes nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Introduction {
    pub username: String,
    pub email: Option<String>,
    pub administrator: Option<bool>,
}

impl Introduction {
    /// `None` if there can be no such user. An address that is none is as if left out.
    pub fn new(username: &str, email: Option<&str>, administrator: Option<bool>) -> Option<Self> {
        let email = email.filter(|email| {
            email.chars().count() <= LONGEST_EMAIL && !email.chars().any(char::is_control)
        });
        is_username(username).then(|| Self {
            username: username.to_owned(),
            email: email.map(str::to_owned),
            administrator,
        })
    }

    /// A user who was never seen before.
    pub fn newcomer(self, id: Id<User>) -> User {
        User {
            id,
            username: self.username,
            email: self.email.unwrap_or_default(),
            is_active: true,
            is_staff: self.administrator.unwrap_or(false),
            is_superuser: false,
        }
    }

    /// The user as the token has it; `None` if that is nothing new.
    ///
    /// `administrator` counts in both directions: a token can take the right away.
    pub fn update(self, known: &User) -> Option<User> {
        let updated = User {
            email: self.email.unwrap_or_else(|| known.email.clone()),
            is_staff: self.administrator.unwrap_or(known.is_staff),
            ..known.clone()
        };
        (updated != *known).then_some(updated)
    }
}

/// Whether a user can have this name: 1 to 150 characters, none of them control or space.
pub fn is_username(name: &str) -> bool {
    (1..=LONGEST_USERNAME).contains(&name.chars().count())
        && !name.chars().any(|c| c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use model::Id;
    use uuid::Uuid;

    use super::{Introduction, User};

    fn known() -> User {
        let id = Id::from(Uuid::from_u128(1));
        let introduction = Introduction::new("pat", Some("pat@school.example"), Some(true));
        introduction.unwrap().newcomer(id)
    }

    #[test]
    fn a_token_without_a_claim_changes_nothing_and_one_with_false_demotes() {
        let silent = Introduction::new("pat", None, None).unwrap();
        let demoting = Introduction::new("pat", None, Some(false)).unwrap();

        assert_eq!(silent.update(&known()), None);
        assert!(!demoting.update(&known()).unwrap().is_staff);
    }

    #[test]
    fn a_name_that_no_column_takes_is_no_user() {
        for wrong in ["", "a b", "a\0", &"x".repeat(151)] {
            assert!(Introduction::new(wrong, None, None).is_none(), "{wrong:?}");
        }
    }
}
