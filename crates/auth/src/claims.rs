//! What a token says about its bearer.

use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// The claims that the suite reads or writes; others are ignored.
///
/// Names and meanings are those of the tokens that an Open edX LMS signs, with `scope` beside them
/// for calls between services (RFC 8693, section 4.2).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Claims {
    pub iss: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    #[serde(default, skip_serializing_if = "Audience::is_empty")]
    pub aud: Audience,
    /// Seconds since 1970; a fraction is cut off.
    #[serde(deserialize_with = "whole_seconds")]
    pub exp: i64,
    /// Seconds since 1970; a fraction is cut off.
    #[serde(deserialize_with = "whole_seconds")]
    pub iat: i64,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "some_seconds")]
    pub nbf: Option<i64>,
    /// Of the token's format; a major version above 1 is not understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superuser: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_restricted: Option<bool>,
    /// Space-separated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
}

impl Claims {
    /// The bearer's name on the issuer's side: `preferred_username`, else `username`.
    pub fn username(&self) -> Option<&str> {
        let nonempty = |name: &&str| !name.is_empty();
        let preferred = self.preferred_username.as_deref().filter(nonempty);
        preferred.or(self.username.as_deref().filter(nonempty))
    }

    /// Whether the token carries this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        let listed = self.scopes.iter().any(|each| each == scope);
        listed || self.scope.iter().any(|all| all.split(' ').any(|each| each == scope))
    }
}

impl std::fmt::Debug for Claims {
    /// Leaves out what is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claims")
            .field("iss", &self.iss)
            .field("exp", &self.exp)
            .finish_non_exhaustive()
    }
}

/// The latest instant in seconds that a fraction of a second still fits to.
const LATEST_S: f64 = 1e12;

/// Reads a `NumericDate`, which may have a fraction.
///
/// Source: RFC 7519, section 2.
fn whole_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    let cut = || number.as_f64().filter(|s| s.abs() < LATEST_S).map(|s| s.trunc() as i64);
    number.as_i64().or_else(cut).ok_or_else(|| D::Error::custom("no date that can be told"))
}

fn some_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    whole_seconds(deserializer).map(Some)
}

/// For whom a token is: one name or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(untagged)]
pub enum Audience {
    #[default]
    Anyone,
    One(String),
    Many(Vec<String>),
}

impl Audience {
    /// Whether nobody is named.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Anyone)
    }

    /// Whether `name` is named.
    pub fn contains(&self, name: &str) -> bool {
        match self {
            Self::Anyone => false,
            Self::One(one) => one == name,
            Self::Many(many) => many.iter().any(|each| each == name),
        }
    }
}
