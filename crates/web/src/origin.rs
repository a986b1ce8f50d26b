//! Where a page is from, as browsers say it.

use serde::Deserialize;
use url::Url;

/// Scheme, host and port of a site (RFC 6454), as a browser writes them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

/// A text that is not written as browsers write an origin.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0:?} is no origin as browsers send it: scheme, host, and the port unless it is the usual one, \
     such as \"https://www.example.org\", and nothing after them"
)]
pub struct NotAnOrigin(String);

impl Origin {
    /// That of an address, whatever follows the host. Files and the like have none.
    pub fn of(address: &str) -> Option<Self> {
        let address = Url::parse(address).ok()?;
        match address.scheme() {
            "http" | "https" => Some(Self(address.origin().ascii_serialization())),
            "file" | "ftp" | "ws" | "wss" => None,
            // Those of applications that are made of pages, and of a browser's extensions.
            scheme => {
                let host = address.host_str().filter(|host| !host.is_empty())?;
                let port = address.port().map(|port| format!(":{port}")).unwrap_or_default();
                Some(Self(format!("{scheme}://{host}{port}")))
            }
        }
    }
}

impl TryFrom<String> for Origin {
    type Error = NotAnOrigin;

    /// Takes nothing that a browser would write differently: it would match no page, in silence.
    fn try_from(text: String) -> Result<Self, NotAnOrigin> {
        Self::of(&text).filter(|origin| origin.0 == text).ok_or(NotAnOrigin(text))
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn only_what_a_browser_writes_is_taken() {
        for taken in [
            "https://apps.example",
            "http://localhost:1234",
            "https://[::1]:8080",
            "capacitor://localhost",
            "chrome-extension://abcdefgh",
        ] {
            assert_eq!(Origin::try_from(taken.to_owned()).unwrap().to_string(), taken);
        }
        for refused in [
            "",
            "*",
            "null",
            "apps.example",
            "https://apps.example/",
            "https://apps.example:443",
            "https://Apps.example",
            "https://apps.example/page",
            "https://someone@apps.example",
            "ftp://apps.example",
            "file:///apps",
            "file://apps.example",
            "capacitor://localhost/page",
            "capacitor://someone@localhost",
        ] {
            assert!(Origin::try_from(refused.to_owned()).is_err(), "{refused}");
        }
    }

    #[test]
    fn an_address_has_one_whatever_follows_the_host() {
        let own = Origin::of("https://own.example");
        assert!(own.is_some());
        assert_eq!(Origin::of("https://OWN.example:443/page?a=b"), own);
        assert_ne!(Origin::of("https://own.example:444/"), own);
        assert_eq!(Origin::of("blob:https://own.example/1"), None);
    }
}
