//! Whose tokens a service believes, and with which keys.

use std::time::Duration;

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    sync::{Mutex, RwLock},
    time::Instant,
};
use tracing::warn;
use url::Url;

use crate::KeyRing;

/// The shortest time between two fetches of one issuer's keys.
const REFETCH_AFTER: Duration = Duration::from_secs(5);

/// How long fetched keys are believed before they are fetched again: as late a key that its issuer
/// withdrew may still be believed.
const BELIEVED_FOR: Duration = Duration::from_secs(300);

/// How long to wait for an issuer's keys.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// The largest key set that is read, in bytes.
const LARGEST_KEY_SET: usize = 256 * 1024;

/// Where an issuer's keys come from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// Fetched when first needed, and again when a token names an unknown key.
    Url(Url),
    /// Given in the configuration.
    Static(JwkSet),
    /// The service's own.
    Own(Vec<KeyRing>),
    /// Shared with the issuer; HS256 only. Never tried on tokens with a public-key algorithm.
    Secret(SecretString),
}

/// An issuer that a service was told to trust.
#[derive(Debug)]
pub struct TrustedIssuer {
    /// The exact `iss`.
    pub(crate) issuer: String,
    /// What `aud` must name, if anything.
    pub(crate) audience: Option<String>,
    source: KeySource,
    keys: RwLock<Keys>,
    /// When the keys were last fetched; held by whoever fetches, while others go on reading.
    fetched: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Keys {
    known: Vec<PublicKey>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} keys", self.known.len())
    }
}

/// A key and the algorithms that it may be used with; the token has no say in it.
#[derive(Clone)]
pub(crate) struct PublicKey {
    kid: Option<String>,
    algorithms: Vec<Algorithm>,
    pub(crate) key: DecodingKey,
}

impl TrustedIssuer {
    /// Trusts `issuer` for tokens whose `aud` names `audience`, when one is given.
    pub fn new(issuer: impl Into<String>, audience: Option<String>, source: KeySource) -> Self {
        let known = match &source {
            KeySource::Url(_) | KeySource::Own(_) => Vec::new(),
            KeySource::Static(set) => public_keys(set),
            KeySource::Secret(secret) => vec![PublicKey {
                kid: None,
                algorithms: vec![Algorithm::HS256],
                key: DecodingKey::from_secret(secret.expose_secret().as_bytes()),
            }],
        };
        let keys = RwLock::new(Keys { known });
        Self { issuer: issuer.into(), audience, source, keys, fetched: Mutex::new(None) }
    }

    /// The keys that a token with this header may have been signed with.
    ///
    /// A `kid` that is known chooses; one that is not lets all fitting keys be tried, since LMS
    /// tokens do not name theirs reliably.
    pub(crate) async fn candidates(
        &self,
        http: &reqwest::Client,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Vec<PublicKey> {
        if let KeySource::Own(rings) = &self.source {
            let known = rings.iter().flat_map(|ring| public_keys(&ring.public())).collect();
            return Keys { known }.fitting(kid, algorithm);
        }
        let known = self.keys.read().await.fitting(kid, algorithm);
        let names_unknown =
            kid.is_some_and(|kid| known.iter().all(|key| key.kid.as_deref() != Some(kid)));
        if known.is_empty() || names_unknown || self.is_old().await {
            self.refetch(http).await;
            return self.keys.read().await.fitting(kid, algorithm);
        }
        known
    }

    /// Whether the keys were fetched too long ago. While somebody fetches them they are not.
    async fn is_old(&self) -> bool {
        let KeySource::Url(_) = self.source else { return false };
        let fetched = self.fetched.try_lock();
        fetched.is_ok_and(|at| at.is_none_or(|at| at.elapsed() > BELIEVED_FOR))
    }

    /// Fetches the key set, at most once in [`REFETCH_AFTER`], whoever asks.
    async fn refetch(&self, http: &reqwest::Client) {
        let KeySource::Url(url) = &self.source else { return };
        let mut fetched = self.fetched.lock().await;
        if fetched.is_some_and(|at| at.elapsed() < REFETCH_AFTER) {
            return;
        }
        let keys = fetch(http, url).await;
        *fetched = Some(Instant::now());
        match keys {
            Ok(set) => self.keys.write().await.known = public_keys(&set),
            Err(error) => {
                warn!(issuer = self.issuer, %error, "an issuer's keys could not be fetched")
            }
        }
    }
}

impl Keys {
    fn fitting(&self, kid: Option<&str>, algorithm: Algorithm) -> Vec<PublicKey> {
        let fits = |key: &&PublicKey| key.algorithms.contains(&algorithm);
        let named = |key: &&PublicKey| kid.is_some() && key.kid.as_deref() == kid;
        let by_name: Vec<_> = self.known.iter().filter(fits).filter(named).cloned().collect();
        if by_name.is_empty() { self.known.iter().filter(fits).cloned().collect() } else { by_name }
    }
}

async fn fetch(http: &reqwest::Client, url: &Url) -> Result<JwkSet, String> {
    let answer = http.get(url.clone()).timeout(FETCH_TIMEOUT).send().await;
    let answer = answer.and_then(reqwest::Response::error_for_status);
    let mut answer = answer.map_err(|error| error.to_string())?;
    let mut text = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| error.to_string())? {
        if text.len() + chunk.len() > LARGEST_KEY_SET {
            return Err("the key set is too large".to_owned());
        }
        text.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&text).map_err(|error| error.to_string())
}

fn public_keys(set: &JwkSet) -> Vec<PublicKey> {
    set.keys.iter().filter_map(public_key).collect()
}

/// `None` for keys of kinds and purposes that the suite does not use, shared secrets among them.
fn public_key(jwk: &Jwk) -> Option<PublicKey> {
    let algorithms = match (&jwk.algorithm, jwk.common.key_algorithm) {
        // LMSs change between the two without publishing their key anew; either is as good.
        (AlgorithmParameters::RSA(_), None | Some(KeyAlgorithm::RS256 | KeyAlgorithm::RS512)) => {
            vec![Algorithm::RS256, Algorithm::RS512]
        }
        (AlgorithmParameters::EllipticCurve(ec), _) if ec.curve == EllipticCurve::P256 => {
            vec![Algorithm::ES256]
        }
        (AlgorithmParameters::OctetKeyPair(okp), _) if okp.curve == EllipticCurve::Ed25519 => {
            vec![Algorithm::EdDSA]
        }
        _ => return None,
    };
    let key = DecodingKey::from_jwk(jwk).ok()?;
    Some(PublicKey { kid: jwk.common.key_id.clone(), algorithms, key })
}
