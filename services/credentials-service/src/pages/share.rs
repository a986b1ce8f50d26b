//! Addresses that put a certificate on a social network.

use chrono::{Datelike, NaiveDate};
use url::form_urlencoded::Serializer;
use uuid::Uuid;

/// The networks that the site has switched on.
#[derive(Clone, Debug, Default)]
pub struct Sharing {
    pub linkedin: bool,
    pub twitter: Option<Twitter>,
    pub facebook: Option<Facebook>,
}

/// Sharing on X, which the wire still calls Twitter.
#[derive(Clone, Debug, Default)]
pub struct Twitter {
    /// The site's account, without `@`.
    pub username: Option<String>,
}

/// Sharing on Facebook, which wants an application.
#[derive(Clone, Debug)]
pub struct Facebook {
    pub app_id: String,
}

/// What the networks are told.
#[derive(Clone, Copy, Debug)]
pub struct Shared<'a> {
    pub title: &'a str,
    /// The post that the network proposes.
    pub text: &'a str,
    /// Joined as on the certificate: `A, B, and C`.
    pub organizations: &'a str,
    pub uuid: Uuid,
    /// Absolute address of the certificate page.
    pub url: &'a str,
    pub issued_on: NaiveDate,
}

/// Adds the certificate to the viewer's LinkedIn profile.
pub fn linkedin_url(shared: Shared<'_>) -> String {
    let query = Serializer::new(String::new())
        .append_pair("name", shared.title)
        .append_pair("certUrl", shared.url)
        .append_pair("certId", &shared.uuid.simple().to_string())
        .append_pair("organizationName", shared.organizations)
        .append_pair("issueYear", &shared.issued_on.year().to_string())
        .append_pair("issueMonth", &shared.issued_on.month().to_string())
        .finish();
    format!("https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&{query}")
}

/// Proposes a post on X.
pub fn twitter_url(shared: Shared<'_>, twitter: &Twitter) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("text", shared.text).append_pair("url", shared.url);
    if let Some(username) = twitter.username.as_deref().filter(|name| !name.is_empty()) {
        query.append_pair("via", username);
    }
    format!("https://twitter.com/intent/tweet?{}", query.finish())
}

/// Opens Facebook's dialogue for sharing an address.
pub fn facebook_url(shared: Shared<'_>, facebook: &Facebook) -> String {
    let query = Serializer::new(String::new())
        .append_pair("app_id", &facebook.app_id)
        .append_pair("display", "popup")
        .append_pair("href", shared.url)
        .finish();
    format!("https://www.facebook.com/dialog/share?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared() -> Shared<'static> {
        Shared {
            title: "Data & Society",
            text: "I earned “Data & Society”.",
            organizations: "Aalto, Bern, and Çukurova",
            uuid: Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef),
            url: "https://c.example.org/credentials/0123456789abcdef0123456789abcdef/",
            issued_on: NaiveDate::from_ymd_opt(2025, 3, 14).expect("a date of the calendar"),
        }
    }

    #[test]
    fn linkedin_gets_title_address_id_organizations_and_month() {
        assert_eq!(
            linkedin_url(shared()),
            "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME\
             &name=Data+%26+Society\
             &certUrl=https%3A%2F%2Fc.example.org%2Fcredentials%2F0123456789abcdef0123456789abcdef%2F\
             &certId=0123456789abcdef0123456789abcdef\
             &organizationName=Aalto%2C+Bern%2C+and+%C3%87ukurova&issueYear=2025&issueMonth=3"
        );
    }

    #[test]
    fn twitter_gets_via_only_where_the_site_has_an_account() {
        let with = twitter_url(shared(), &Twitter { username: Some("example_u".to_owned()) });
        assert_eq!(
            with,
            "https://twitter.com/intent/tweet?text=I+earned+%E2%80%9CData+%26+Society%E2%80%9D.\
             &url=https%3A%2F%2Fc.example.org%2Fcredentials%2F0123456789abcdef0123456789abcdef%2F\
             &via=example_u"
        );
        let without = twitter_url(shared(), &Twitter::default());
        assert_eq!(format!("{without}&via=example_u"), with);
    }

    #[test]
    fn facebook_gets_the_application_and_the_address() {
        assert_eq!(
            facebook_url(shared(), &Facebook { app_id: "4711".to_owned() }),
            "https://www.facebook.com/dialog/share?app_id=4711&display=popup\
             &href=https%3A%2F%2Fc.example.org%2Fcredentials%2F0123456789abcdef0123456789abcdef%2F"
        );
    }
}
