//! This service's knobs. `defaults.toml` says what each is for.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::domain::machine_client::MachineClient;

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// The service's own sections.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub storage: Storage,
    pub jobs: Jobs,
    pub bulk: Bulk,
    pub flags: Flags,
    pub oauth: Oauth,
}

/// Where results are kept.
#[derive(Debug, Clone, Deserialize)]
pub struct Storage {
    pub folder: PathBuf,
    /// In place of the folder.
    #[serde(flatten)]
    pub files: files::Settings,
    pub link_life_s: u32,
}

/// How jobs are done.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jobs {
    pub workers: usize,
    pub page_rows: u16,
    pub lease_s: u32,
    pub time_limit_s: u32,
    pub most_attempts: i32,
    pub most_unfinished: i64,
    pub retention_days: u32,
}

/// How requests with many rows are taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    pub most_rows: u16,
    pub max_body_bytes: usize,
    pub lease_s: u32,
    pub key_life_s: u32,
}

/// What is switched on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flags {
    pub everyone: Vec<String>,
}

/// Who gets tokens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oauth {
    pub clients: Vec<Client>,
    pub token_life_s: u32,
    pub audiences: Vec<String>,
    pub most_failures: u32,
}

/// A program that may get tokens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    pub client_id: String,
    #[serde(default)]
    pub secret_hash: Option<SecretString>,
    #[serde(default)]
    pub secret: Option<SecretString>,
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
    pub username: String,
    #[serde(default)]
    pub administrator: bool,
    #[serde(default = "usual_scopes")]
    pub scopes: Vec<String>,
}

/// What an LMS gives to a client of this kind.
fn usual_scopes() -> Vec<String> {
    ["read", "write", "profile", "email"].map(str::to_owned).to_vec()
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
    pub fn check(&self) -> anyhow::Result<()> {
        let Jobs { page_rows, lease_s, time_limit_s, most_attempts, retention_days, .. } =
            self.jobs;
        let at_least_one = [
            ("storage.link_life_s", i64::from(self.storage.link_life_s)),
            ("jobs.page_rows", i64::from(page_rows)),
            ("jobs.lease_s", i64::from(lease_s)),
            ("jobs.time_limit_s", i64::from(time_limit_s)),
            ("jobs.most_attempts", i64::from(most_attempts)),
            ("jobs.most_unfinished", self.jobs.most_unfinished),
            ("jobs.retention_days", i64::from(retention_days)),
            ("bulk.most_rows", i64::from(self.bulk.most_rows)),
            ("bulk.lease_s", i64::from(self.bulk.lease_s)),
            ("bulk.key_life_s", i64::from(self.bulk.key_life_s)),
            ("oauth.token_life_s", i64::from(self.oauth.token_life_s)),
            ("oauth.most_failures", i64::from(self.oauth.most_failures)),
        ];
        for (name, value) in at_least_one {
            anyhow::ensure!(value > 0, "{name} must be at least 1");
        }
        // Each row of a page is a value in one statement, of which SQLite takes 32,766.
        anyhow::ensure!(page_rows <= 10_000, "jobs.page_rows must be at most 10000");
        anyhow::ensure!(
            !self.storage.place().url.is_empty(),
            "neither storage.url nor storage.folder is set: there is nowhere to keep results"
        );
        Ok(())
    }
}

impl Client {
    /// The client with its secret hashed by `hash`, where it was given plain.
    ///
    /// # Errors
    ///
    /// If there is not exactly one secret, it is empty, or its file cannot be read.
    pub fn machine_client(
        &self,
        hash: impl Fn(&str) -> anyhow::Result<String>,
    ) -> anyhow::Result<MachineClient> {
        let id = &self.client_id;
        let secret_hash = match (&self.secret_hash, &self.secret, &self.secret_file) {
            (Some(hash), None, None) => hash.expose_secret().to_owned(),
            (None, Some(secret), None) => hash(nonempty(id, secret.expose_secret())?)?,
            (None, None, Some(path)) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    anyhow::anyhow!("oauth.clients: {} cannot be read: {error}", path.display())
                })?;
                hash(nonempty(id, text.trim_end())?)?
            }
            _ => anyhow::bail!(
                "oauth.clients: {id:?} needs exactly one of secret_hash, secret, secret_file"
            ),
        };
        Ok(MachineClient {
            client_id: id.clone(),
            secret_hash,
            username: self.username.clone(),
            administrator: self.administrator,
            scopes: self.scopes.clone(),
        })
    }
}

fn nonempty<'a>(client_id: &str, secret: &'a str) -> anyhow::Result<&'a str> {
    anyhow::ensure!(!secret.is_empty(), "oauth.clients: {client_id:?} has an empty secret");
    Ok(secret)
}
