//! Open Badges 2.0 documents (and 1.1 for those who ask), with the keys in their published order.

mod documents;
#[cfg(test)]
pub mod samples;

pub use documents::{
    AssertionContext, assertion, assertion_json, badge_class, badge_list, issuer, revoked,
};

/// The version of the standard that a document is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Version {
    V1_1,
    #[default]
    V2_0,
}

/// What a document should hold instead of only pointing to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Expand {
    /// An assertion's badge class.
    pub badge: bool,
    /// The issuer of the badge class.
    pub issuer: bool,
}

impl Version {
    /// The version named by the `v` parameter; whoever asks for an unknown one gets the default.
    pub fn from_query(v: Option<&str>) -> Self {
        match v {
            Some("1_1") => Self::V1_1,
            _ => Self::V2_0,
        }
    }

    /// The same, for baking, where an unknown version is refused (`None`).
    pub fn to_bake(v: Option<&str>) -> Option<Self> {
        match v {
            None | Some("2_0") => Some(Self::V2_0),
            Some("1_1") => Some(Self::V1_1),
            Some(_) => None,
        }
    }

    fn context(self) -> &'static str {
        match self {
            Self::V1_1 => "https://w3id.org/openbadges/v1",
            Self::V2_0 => "https://w3id.org/openbadges/v2",
        }
    }

    /// A public address as a reference in this version: 2.0 is what an address without a version means.
    pub fn reference(self, url: String) -> String {
        match self {
            Self::V1_1 => format!("{url}?v=1_1"),
            Self::V2_0 => url,
        }
    }
}

impl Expand {
    /// From the repeatable `expand` parameter of an assertion: `badge`, and `badge.issuer`,
    /// which counts only together with the former.
    pub fn of_assertion<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let (badge, issuer) = values.into_iter().fold((false, false), |(badge, issuer), value| {
            (badge || value == "badge", issuer || value == "badge.issuer")
        });
        Self { badge, issuer: badge && issuer }
    }

    /// From the `expand` parameter of a badge class: `issuer`.
    pub fn of_badge_class<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        Self { badge: false, issuer: values.into_iter().any(|value| value == "issuer") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_version_is_the_default_to_readers_and_an_error_to_bakers() {
        assert_eq!(Version::from_query(Some("9_9")), Version::V2_0);
        assert_eq!(Version::from_query(Some("1_1")), Version::V1_1);
        assert_eq!(Version::to_bake(None), Some(Version::V2_0));
        assert_eq!(Version::to_bake(Some("9_9")), None);
    }

    #[test]
    fn the_issuer_is_expanded_only_inside_an_expanded_badge() {
        let whole = Expand { badge: true, issuer: true };

        assert_eq!(Expand::of_assertion(["badge.issuer", "badge", "other"]), whole);
        assert_eq!(Expand::of_assertion(["badge.issuer"]), Expand::default());
        assert_eq!(Expand::of_badge_class(["issuer"]), Expand { badge: false, issuer: true });
    }
}
