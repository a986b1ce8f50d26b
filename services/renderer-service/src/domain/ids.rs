//! Ids that nobody can guess without the secret, and that are the same for the same request.

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Keys the ids. At least 32 bytes; never shown.
#[derive(Clone)]
pub struct IdSecret(Vec<u8>);

impl IdSecret {
    /// Nothing, if the secret is shorter than 32 bytes.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() >= 32).then_some(Self(bytes))
    }

    /// The key of offline renders, whose ids need not be secret.
    pub fn zero() -> Self {
        Self(vec![0; 32])
    }

    /// The first 16 bytes of HMAC-SHA-256 over the label, a line feed and the canonical JSON
    /// (RFC 8785), as 32 hexadecimal digits.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    pub fn derive(&self, label: &str, value: &impl Serialize) -> String {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0)
            .expect("HMAC takes keys of any length");
        mac.update(label.as_bytes());
        mac.update(b"\n");
        mac.update(&canonical(value));
        hex::encode(&mac.finalize().into_bytes()[..16])
    }
}

impl std::fmt::Debug for IdSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("IdSecret(…)")
    }
}

/// RFC 8785 bytes of a value.
#[expect(clippy::expect_used, reason = "the types of this crate can always be written")]
pub fn canonical(value: &impl Serialize) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value)
        .expect("types of this crate have string keys and finite numbers")
}

/// `sha256` in 64 lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_depend_on_secret_label_and_value_but_not_on_member_order() {
        let secret = IdSecret::zero();
        let one: serde_json::Value = serde_json::from_str(r#"{"a":1,"b":2.0}"#).unwrap();
        let two: serde_json::Value = serde_json::from_str(r#"{"b":2,"a":1}"#).unwrap();
        assert_eq!(secret.derive("render/1", &one), secret.derive("render/1", &two));
        assert_ne!(secret.derive("render/1", &one), secret.derive("verify/1", &one));
        let other = IdSecret::new(vec![7; 32]).unwrap();
        assert_ne!(secret.derive("render/1", &one), other.derive("render/1", &one));
        assert_eq!(secret.derive("render/1", &one).len(), 32);
    }

    #[test]
    fn a_short_secret_is_none() {
        assert!(IdSecret::new(vec![1; 31]).is_none());
    }
}
