//! The addresses of everything public, made in one place from the service's own origin.

use crate::domain::entity_id::EntityId;

/// Scheme, host and port of this service, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

/// The text is no http(s) origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin is a scheme (http or https), a host and maybe a port, and nothing else")]
pub struct InvalidOrigin;

/// What has a public document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Issuer,
    BadgeClass,
    Assertion,
}

impl Kind {
    /// The word for it in a path.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Issuer => "issuers",
            Self::BadgeClass => "badges",
            Self::Assertion => "assertions",
        }
    }
}

impl Origin {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `ORIGIN/public/badges/{id}`: the id of an object in Open Badges documents.
    pub fn public(&self, kind: Kind, id: EntityId) -> String {
        format!("{}/public/{}/{id}", self.0, kind.segment())
    }

    /// Where the object's picture is.
    pub fn image(&self, kind: Kind, id: EntityId) -> String {
        format!("{}/image", self.public(kind, id))
    }

    /// The page for people about the object.
    pub fn page(&self, kind: Kind, id: EntityId) -> String {
        format!("{}/badge/{}/{id}", self.0, kind.segment())
    }

    /// Where the badge class says what has to be done for it.
    pub fn criteria(&self, badge_class: EntityId) -> String {
        format!("{}/criteria", self.public(Kind::BadgeClass, badge_class))
    }

    /// Asks our oEmbed endpoint about a public URL.
    pub fn oembed(&self, public_url: &str) -> String {
        let url = crate::domain::escape::url_component(public_url);
        format!("{}/public/oembed?format=json&url={url}", self.0)
    }

    /// Whether public addresses begin with this one, so that nobody may be sent there from them.
    pub fn is_public_root(&self, url: &str) -> bool {
        url::Url::parse(url).is_ok_and(|url| {
            url.origin().ascii_serialization() == self.0 && url.path().trim_matches('/') == "public"
        })
    }

    /// The assertion that a URL of ours names: public (with or without `.json` and query) or page.
    pub fn assertion_in(&self, url: &str) -> Option<EntityId> {
        let path = url.strip_prefix(&self.0)?.split(['?', '#']).next()?;
        let rest = path
            .strip_prefix("/public/assertions/")
            .or_else(|| path.strip_prefix("/badge/assertions/"))?;
        rest.strip_suffix(".json").unwrap_or(rest).parse().ok()
    }
}

impl TryFrom<String> for Origin {
    type Error = InvalidOrigin;

    fn try_from(text: String) -> Result<Self, InvalidOrigin> {
        let url = url::Url::parse(&text).map_err(|_| InvalidOrigin)?;
        let origin = url.origin().ascii_serialization();
        let bare = matches!(url.scheme(), "http" | "https") && text.trim_end_matches('/') == origin;
        if bare { Ok(Self(origin)) } else { Err(InvalidOrigin) }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn origin(text: &str) -> Result<Origin, InvalidOrigin> {
        Origin::try_from(text.to_owned())
    }

    #[test]
    fn an_origin_is_scheme_host_and_port_only() {
        assert_eq!(origin("http://localhost:8000/").unwrap().as_str(), "http://localhost:8000");
        for wrong in [
            "localhost:8000",
            "https://a.example/badges",
            "ftp://a.example",
            "https://u@a.example",
            "",
        ] {
            assert_eq!(origin(wrong), Err(InvalidOrigin), "{wrong}");
        }
    }

    #[test]
    fn an_assertion_is_recognised_in_every_address_of_ours_and_in_no_other() {
        let ours = origin("https://badges.example").unwrap();
        let id = EntityId::from(Uuid::from_u128(7));
        let url = ours.public(Kind::Assertion, id);

        for named in [url.clone(), format!("{url}.json?v=1_1#x"), ours.page(Kind::Assertion, id)] {
            assert_eq!(ours.assertion_in(&named), Some(id), "{named}");
        }
        for other in [
            ours.public(Kind::Issuer, id),
            format!("https://evil.example/{id}"),
            format!("{url}/image"),
        ] {
            assert_eq!(ours.assertion_in(&other), None, "{other}");
        }
    }
}
