//! A learning platform that signs tokens, as the services' tests and demo trust one.

use std::{
    sync::LazyLock,
    time::{SystemTime, UNIX_EPOCH},
};

use auth::{Claims, JwkSet, KeyKind, SigningKey};

/// Made once a process: RSA keys take their time.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    auth::install_cryptography();
    SigningKey::generate(KeyKind::Rsa).expect("the system has randomness")
});

/// An LMS with an RS512 key of its own.
#[derive(Clone, Copy)]
pub struct Lms;

impl Lms {
    /// Its `iss`.
    pub const ISSUER: &'static str = "https://lms.example.org/oauth2";

    /// Its public keys.
    pub fn public_keys() -> JwkSet {
        JwkSet { keys: vec![KEY.public().clone()] }
    }

    /// Claims of a token for `username`, good for five minutes.
    pub fn claims(username: &str) -> Claims {
        Claims {
            iss: Self::ISSUER.to_owned(),
            iat: now_s() - 1,
            exp: now_s() + 300,
            preferred_username: Some(username.to_owned()),
            version: Some("1.2.0".to_owned()),
            ..Claims::default()
        }
    }

    /// A token of these claims.
    pub fn token(claims: &Claims) -> String {
        KEY.sign(claims).expect("a key signs")
    }

    /// The key, for tokens that are wrong in some way.
    pub fn key() -> &'static SigningKey {
        &KEY
    }
}

/// The time in seconds since 1970.
pub fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is after 1970");
    i64::try_from(since.as_secs()).expect("the clock is before the year 292277026596")
}
