//! This service's knobs. `defaults.toml` says what each is for.

use std::path::PathBuf;

use model::Email;
use serde::Deserialize;

use crate::domain::{issuer::WebUrl, origin::Origin, profile::Defaults, text::Name};

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// The service's own sections.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub storage: Storage,
    pub public: Public,
    pub issuers: Issuers,
    pub cache: Cache,
}

/// Where pictures are kept.
#[derive(Debug, Clone, Deserialize)]
pub struct Storage {
    pub folder: PathBuf,
    /// In place of the folder.
    #[serde(flatten)]
    pub files: files::Settings,
}

/// What strangers see.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Public {
    pub name: String,
    pub locale: String,
    pub revoked_status: u16,
    pub pages_url: String,
    pub robots: Vec<String>,
    pub previews_of_json: bool,
}

/// What an issuer has when its organization says nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuers {
    pub url: String,
    pub email: String,
}

/// What is kept in memory.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    pub document_bytes: u64,
    pub fresh_for_ms: u64,
    pub picture_bytes: u64,
}

impl Storage {
    /// Where files are kept, all told.
    pub fn place(&self) -> files::Settings {
        self.files.or_folder(&self.folder)
    }
}

impl Settings {
    /// Stops the start where a value makes no sense.
    ///
    /// # Errors
    ///
    /// A sentence that names the setting.
    pub fn check(&self, origin: &Origin) -> anyhow::Result<()> {
        anyhow::ensure!(
            !self.storage.place().url.is_empty(),
            "neither storage.url nor storage.folder is set: there is nowhere to keep pictures"
        );
        anyhow::ensure!(
            matches!(self.public.revoked_status, 200 | 410),
            "public.revoked_status must be 410 or 200"
        );
        let pages = &self.public.pages_url;
        anyhow::ensure!(
            pages.is_empty() || WebUrl::try_from(pages.clone()).is_ok(),
            "public.pages_url must be an http(s) address, or empty"
        );
        anyhow::ensure!(
            !origin.is_public_root(pages),
            "public.pages_url leads back to this service's public addresses"
        );
        Ok(())
    }

    /// What issuers have by default, at the service of this address.
    ///
    /// # Errors
    ///
    /// A sentence that names the setting.
    pub fn issuer_defaults(&self, origin: &Origin) -> anyhow::Result<Defaults> {
        let url = Some(self.issuers.url.clone()).filter(|url| !url.is_empty());
        let url = url.unwrap_or_else(|| origin.as_str().to_owned());
        let email = Some(self.issuers.email.clone()).filter(|email| !email.is_empty());
        let email = email.unwrap_or_else(|| badges_at(origin));
        Ok(Defaults {
            name: Name::try_from(self.public.name.clone())
                .map_err(|error| anyhow::anyhow!("public.name: {error}"))?,
            url: WebUrl::try_from(url).map_err(|error| anyhow::anyhow!("issuers.url: {error}"))?,
            email: Email::try_from(email)
                .map_err(|error| anyhow::anyhow!("issuers.email: {error}"))?,
        })
    }
}

/// `badges@HOST`; validators want a dot in the host.
fn badges_at(origin: &Origin) -> String {
    let url = url::Url::parse(origin.as_str()).ok();
    match url.as_ref().and_then(url::Url::host_str) {
        Some(host) if host.contains('.') => format!("badges@{host}"),
        Some(host) if !host.contains(':') => format!("badges@{host}.invalid"),
        _ => "badges@host.invalid".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chassis::configuration::Configuration;

    use super::*;
    use crate::domain::negotiation::ROBOTS;

    fn origin(text: &str) -> Origin {
        Origin::try_from(text.to_owned()).unwrap()
    }

    fn badges_at(at: &str) -> String {
        super::badges_at(&origin(at))
    }

    /// The defaults, as an operator completes and changes them.
    fn settings(changes: &str) -> Settings {
        let operator = "[database]\nurl = 'sqlite:x'\n[auth]\nkeys_dir = 'x'\n\
             trusted_issuers = [{ issuer = 'x', secret = 'y' }]";
        let defaults = Configuration::defaults("BADGE", DEFAULTS).unwrap();
        let completed = defaults.with_text(operator, "a test").unwrap();
        let (_, settings) = completed.with_text(changes, "a test").unwrap().read().unwrap();
        settings
    }

    #[test]
    fn the_defaults_are_settings_and_name_the_robots_of_the_contract() {
        let settings = settings("");

        settings.check(&origin("https://badges.example")).unwrap();
        assert_eq!(settings.public.robots, ROBOTS);
    }

    #[test]
    fn people_are_never_sent_round_in_circles() {
        let elsewhere = ["", "https://ui.example/public/", "https://badges.example/ui/public"];
        for (pages, is_right) in elsewhere.map(|pages| (pages, true)).into_iter().chain([
            ("https://badges.example/public", false),
            ("HTTPS://Badges.Example:443/public/", false),
        ]) {
            let text = format!("[public]\npages_url = \"{pages}\"");
            let checked = settings(&text).check(&origin("https://badges.example"));
            assert_eq!(checked.is_ok(), is_right, "{pages}");
        }
    }

    #[test]
    fn an_issuer_without_address_gets_one_that_validators_take() {
        assert_eq!(badges_at("https://badges.example"), "badges@badges.example");
        assert_eq!(badges_at("http://localhost:8000"), "badges@localhost.invalid");
        assert_eq!(badges_at("http://[::1]:8000"), "badges@host.invalid");
    }
}
