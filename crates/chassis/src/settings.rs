//! The sections of the configuration that all services share.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;
use url::Url;
use web::origin::Origin;

/// What every service is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Common {
    pub http: Http,
    pub database: Database,
    pub amqp: Amqp,
    pub auth: Auth,
    pub log: Log,
    pub telemetry: Telemetry,
}

/// Where the service listens, and what it is called outside.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Address and port; port 0 takes any free one.
    pub listen: String,
    /// Scheme, host and port as clients see them, without a slash at the end.
    pub public_base_url: String,
    /// Whether other processes of the service may listen on the same port.
    pub share_port: bool,
    /// The largest request body, in bytes.
    pub max_body_bytes: usize,
    /// Threads that serve requests.
    pub threads: usize,
    /// Origins of browser applications that may call with credentials, as browsers write them.
    pub cors_origins: Vec<Origin>,
    /// How long requests in flight may take to end after a stop was asked for, in seconds.
    pub shutdown_timeout_s: u64,
}

/// Where the tables are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: SecretUrl,
    /// Connections for reads; on PostgreSQL as many again for writes.
    pub threads: usize,
}

/// A URL that may hold a password: never shown.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct SecretUrl(pub String);

impl std::fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = self.0.split(':').next().unwrap_or_default();
        write!(f, "\"{scheme}:…\"")
    }
}

/// How the service hears the others, and is heard.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amqp {
    /// `amqp://…` or `amqps://…`; empty: there is no broker.
    pub url: SecretUrl,
}

/// Where traces go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// Base URL of an OTLP collector over HTTP; empty: no traces are recorded.
    pub otlp_endpoint: String,
    /// The share of traces begun here that is recorded, 0 to 1.
    pub sampled: f64,
}

/// Whose tokens are believed, and where the service keeps its own keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Folder of the service's own private keys; made on first start.
    pub keys_dir: PathBuf,
    /// What the service is called in `aud`; empty: it does not look.
    pub audience: String,
    pub trusted_issuers: Vec<TrustedIssuerSettings>,
}

impl Common {
    /// What the service is called in the `aud` of tokens; nothing, where it does not look.
    pub fn audiences(&self) -> Vec<String> {
        if self.auth.audience.is_empty() {
            return Vec::new();
        }
        vec![self.auth.audience.clone(), self.http.public_base_url.clone()]
    }
}

/// One issuer. Exactly one of the three sources of keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedIssuerSettings {
    /// The exact `iss` of its tokens.
    pub issuer: String,
    /// What `aud` must name, if anything.
    #[serde(default)]
    pub audience: Option<String>,
    /// Where its public keys are published.
    #[serde(default)]
    pub jwks_url: Option<Url>,
    /// Its public keys, as the JSON text of a JWK set.
    #[serde(default)]
    pub jwks: Option<String>,
    /// A file with its public keys.
    #[serde(default)]
    pub jwks_file: Option<PathBuf>,
    /// A secret shared with it: HS256.
    #[serde(default)]
    pub secret: Option<SecretString>,
}

/// How the service talks to its operator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// `text` or `json`.
    pub format: LogFormat,
    /// As in `info,badge_service=debug`.
    pub filter: String,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

impl TrustedIssuerSettings {
    /// The issuer, ready to be asked.
    ///
    /// # Errors
    ///
    /// If there is not exactly one source of keys, or it cannot be read.
    pub fn trusted(&self) -> Result<auth::TrustedIssuer, String> {
        let name = &self.issuer;
        let given = [
            self.jwks_url.is_some(),
            self.jwks.is_some(),
            self.jwks_file.is_some(),
            self.secret.is_some(),
        ];
        if given.iter().filter(|given| **given).count() != 1 {
            return Err(format!(
                "auth.trusted_issuers: {name:?} needs exactly one of jwks_url, jwks, jwks_file, secret"
            ));
        }
        let unreadable = |error: &dyn std::fmt::Display| {
            format!("auth.trusted_issuers: the keys of {name:?} cannot be read: {error}")
        };
        let parse = |text: &str| {
            let set: auth::JwkSet =
                serde_json::from_str(text).map_err(|error| unreadable(&error))?;
            if set.keys.is_empty() {
                return Err(format!("auth.trusted_issuers: {name:?} has an empty key set"));
            }
            Ok(auth::KeySource::Static(set))
        };
        let source = match (&self.jwks_url, &self.jwks, &self.jwks_file, &self.secret) {
            (Some(url), ..) => auth::KeySource::Url(url.clone()),
            (_, Some(text), ..) => parse(text)?,
            (_, _, Some(path), _) => {
                parse(&std::fs::read_to_string(path).map_err(|error| unreadable(&error))?)?
            }
            (.., Some(secret)) => auth::KeySource::Secret(secret.clone()),
            _ => return Err(format!("auth.trusted_issuers: {name:?} has no keys")),
        };
        Ok(auth::TrustedIssuer::new(name, self.audience.clone(), source))
    }
}
