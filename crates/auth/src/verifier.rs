//! Believes a token, or says why not.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use jsonwebtoken::{Algorithm, Validation};
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use crate::{Claims, TrustedIssuer};

/// How long a verified token is believed without verifying it again.
const REMEMBERED: Duration = Duration::from_secs(60);

/// How many verified tokens are remembered.
const REMEMBERED_TOKENS: u64 = 10_000;

/// Allowance for clocks that differ, in seconds.
const LEEWAY_S: i64 = 1;

/// The longest token that is looked at, in bytes.
const LONGEST_TOKEN: usize = 16 * 1024;

/// Why a token is not believed. Callers learn only that it is invalid; logs may say more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the token is malformed")]
    Malformed,
    #[error("the token's issuer is not trusted")]
    UnknownIssuer,
    #[error("the token's algorithm is not one of its issuer's keys")]
    WrongAlgorithm,
    #[error("the token's signature is wrong")]
    WrongSignature,
    #[error("the token is expired or not yet valid")]
    NotNow,
    #[error("the token is for somebody else")]
    WrongAudience,
    #[error("the token's version is not understood")]
    WrongVersion,
}

/// Verifies tokens of trusted issuers. Cheap to clone.
#[derive(Clone)]
pub struct Verifier {
    issuers: Arc<Vec<TrustedIssuer>>,
    /// What this service is called in `aud`; empty: it does not look.
    names: Arc<[String]>,
    http: reqwest::Client,
    believed: Cache<[u8; 32], Arc<Claims>>,
}

impl Verifier {
    /// Believes these issuers and nobody else; with none, every token is refused.
    pub fn new(issuers: Vec<TrustedIssuer>) -> Self {
        let believed =
            Cache::builder().max_capacity(REMEMBERED_TOKENS).time_to_live(REMEMBERED).build();
        let names = Arc::new([]);
        Self { issuers: Arc::new(issuers), names, http: without_redirects(), believed }
    }

    /// The same, refusing tokens that name an audience, but none of `names`.
    ///
    /// An issuer whose entry has an audience of its own is held to that one alone.
    #[must_use]
    pub fn for_audience(self, names: impl IntoIterator<Item = String>) -> Self {
        Self { names: names.into_iter().collect(), ..self }
    }

    /// Verifies signature, issuer, audience and times.
    ///
    /// # Errors
    ///
    /// If any of them is wrong.
    pub async fn verify(&self, token: &str) -> Result<Arc<Claims>, TokenError> {
        if token.len() > LONGEST_TOKEN {
            return Err(TokenError::Malformed);
        }
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let claims = match self.believed.get(&digest) {
            Some(claims) => claims,
            None => {
                let claims = Arc::new(self.verify_signature(token).await?);
                self.believed.insert(digest, Arc::clone(&claims));
                claims
            }
        };
        check_times(&claims)?;
        Ok(claims)
    }

    async fn verify_signature(&self, token: &str) -> Result<Claims, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Malformed)?;
        if header.crit.is_some() {
            return Err(TokenError::Malformed);
        }
        let told: Claims = jsonwebtoken::dangerous::insecure_decode_claims(token)
            .map_err(|_| TokenError::Malformed)?;
        let ours = |issuer: &&TrustedIssuer| issuer.issuer == told.iss;
        let mut verdict = TokenError::UnknownIssuer;
        for issuer in self.issuers.iter().filter(ours) {
            match self.verify_by(issuer, token, header.kid.as_deref(), header.alg).await {
                Ok(claims) => return Ok(claims),
                Err(error) => verdict = error,
            }
        }
        Err(verdict)
    }

    async fn verify_by(
        &self,
        issuer: &TrustedIssuer,
        token: &str,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Claims, TokenError> {
        let keys = issuer.candidates(&self.http, kid, algorithm).await;
        if keys.is_empty() {
            return Err(TokenError::WrongAlgorithm);
        }
        let validation = signature_only(algorithm);
        let claims = keys
            .iter()
            .find_map(|key| jsonwebtoken::decode::<Claims>(token, &key.key, &validation).ok())
            .ok_or(TokenError::WrongSignature)?
            .claims;
        if !self.is_meant(issuer, &claims) {
            return Err(TokenError::WrongAudience);
        }
        match claims.version.as_deref().map(major) {
            None | Some(Some(0 | 1)) => Ok(claims),
            Some(_) => Err(TokenError::WrongVersion),
        }
    }

    fn is_meant(&self, issuer: &TrustedIssuer, claims: &Claims) -> bool {
        match &issuer.audience {
            Some(audience) => claims.aud.contains(audience),
            None if self.names.is_empty() || claims.aud.is_empty() => true,
            None => self.names.iter().any(|name| claims.aud.contains(name)),
        }
    }
}

/// Keys are where the configuration says, not where an answer points to.
fn without_redirects() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    client.unwrap_or_default()
}

/// The rest is checked here, since answers differ by what is wrong.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

fn check_times(claims: &Claims) -> Result<(), TokenError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let started =
        [Some(claims.iat), claims.nbf].iter().flatten().all(|from| *from <= now + LEEWAY_S);
    if started && now < claims.exp + LEEWAY_S { Ok(()) } else { Err(TokenError::NotNow) }
}

fn major(version: &str) -> Option<u64> {
    version.split('.').next()?.parse().ok()
}
