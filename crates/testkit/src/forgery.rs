//! Tokens that no service may believe.

use auth::{Claims, KeyKind, SigningKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{Lms, now_s};

/// A token that is wrong in one way.
#[derive(Debug, Clone)]
pub struct Forgery {
    /// For messages of tests.
    pub what: &'static str,
    pub token: String,
}

/// The classic forgeries of a token with these claims, which would open the door if the LMS had
/// signed it.
pub fn forgeries(claims: &Claims) -> Vec<Forgery> {
    let good = Lms::token(claims);
    let mut parts = good.split('.');
    let (header, payload) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let stranger = |kind| {
        let key = SigningKey::generate(kind).expect("the system has randomness");
        key.sign(claims).expect("a key signs")
    };
    let kid = &Lms::key().public().common.key_id;
    let with = |change: fn(&mut Claims)| {
        let mut claims = claims.clone();
        change(&mut claims);
        Lms::token(&claims)
    };
    [
        ("nothing", String::new()),
        ("garbage", "garbage".to_owned()),
        ("three letters", "a.b.c".to_owned()),
        ("expired", with(|claims| claims.exp = now_s() - 60)),
        ("not yet valid", with(|claims| claims.nbf = Some(now_s() + 600))),
        ("unknown issuer", with(|claims| claims.iss = "https://evil.example".to_owned())),
        ("another key", stranger(KeyKind::Rsa)),
        ("a key of another kind", stranger(KeyKind::Ed25519)),
        ("no algorithm", format!("{}.{payload}.", encoded(&json!({"alg": "none", "typ": "JWT"})))),
        ("no algorithm, no type", format!("{}.{payload}.", encoded(&json!({"alg": "none"})))),
        (
            "the public key as a shared secret",
            signed_with_the_public_key(&json!({"alg": "HS256", "kid": kid}), payload),
        ),
        (
            "the public key, unnamed, as a shared secret",
            signed_with_the_public_key(&json!({"alg": "HS256"}), payload),
        ),
        ("any signature", format!("{header}.{payload}.{}", "A".repeat(43))),
        ("no signature", format!("{header}.{payload}.")),
        ("no third part", format!("{header}.{payload}")),
    ]
    .map(|(what, token)| Forgery { what, token })
    .into()
}

/// The public key is no secret: whoever takes it for one believes everybody.
fn signed_with_the_public_key(header: &Value, payload: &str) -> String {
    let signed = format!("{}.{payload}", encoded(header));
    let secret = serde_json::to_vec(Lms::key().public()).expect("a key can be written");
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).expect("secrets may have any length");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
