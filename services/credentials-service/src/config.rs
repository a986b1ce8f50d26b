//! What an operator can set.

use serde::Deserialize;

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// The service's own sections.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub site: SiteSettings,
    pub pages: Pages,
    pub documents: Documents,
    pub people: People,
    pub throttles: Throttles,
}

/// The default site. Empty texts count as unset.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteSettings {
    pub domain: String,
    pub name: String,
    pub platform_name: String,
    pub lms_url_root: String,
    pub logo_url: String,
    pub tos_url: String,
    pub privacy_policy_url: String,
    pub homepage_url: String,
    pub certificate_help_url: String,
    pub company_name: String,
    pub trademarks: String,
    pub facebook_app_id: String,
    pub twitter_username: String,
    pub enable_facebook_sharing: bool,
    pub enable_linkedin_sharing: bool,
    pub enable_twitter_sharing: bool,
}

/// The public pages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    pub language: String,
    pub course_certificates: bool,
    pub revoked: RevokedPage,
    pub cached_pages: u64,
    pub cached_ms: u64,
}

/// What stands in place of a revoked certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RevokedPage {
    Missing,
    Gone,
}

/// Documents of certificates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documents {
    pub enabled: bool,
}

/// Accounts with a meaning of their own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    pub service_user: String,
    pub systems: Vec<String>,
}

/// How often one caller may call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttles {
    /// A minute; 0 is unlimited.
    pub credential_view: u32,
}
