//! A private key: made or given, kept in a file that only its owner may read.

use std::{fs, io, path::Path};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{AlgorithmParameters, Jwk, PublicKeyUse, ThumbprintHash},
};

use crate::{Claims, secret_file::create_secret};

/// What a new key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Signs EdDSA; for calls between services.
    Ed25519,
    /// Signs ES256.
    P256,
    /// 2048 bits, signs RS512; what clients of the predecessors expect of an issuer.
    Rsa,
}

/// A key that could not be made, read or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the key file cannot be read or written: {0}")]
    File(#[from] io::Error),
    #[error("this is no PKCS#8 PEM of an Ed25519, P-256 or RSA key")]
    NotAKey,
    #[error("the key could not be generated")]
    NotGenerated,
    #[error("there is no next key: prepare one, and let those who verify see it")]
    NothingPrepared,
    #[error("the token could not be signed: {0}")]
    NotSigned(#[from] jsonwebtoken::errors::Error),
}

/// A private key and the algorithm it signs with.
#[derive(Clone)]
pub struct SigningKey {
    pem: String,
    kid: String,
    algorithm: Algorithm,
    key: EncodingKey,
    public: Jwk,
}

impl SigningKey {
    /// Makes a new key.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub fn generate(kind: KeyKind) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let refused = |_| KeyError::NotGenerated;
        let der = match kind {
            KeyKind::Ed25519 => {
                Ed25519KeyPair::generate_pkcs8v1(&random).map_err(refused)?.as_ref().to_vec()
            }
            KeyKind::P256 => {
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
                    .map_err(refused)?
                    .as_ref()
                    .to_vec()
            }
            KeyKind::Rsa => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(refused)?;
                AsDer::<Pkcs8V1Der<'static>>::as_der(&pair).map_err(refused)?.as_ref().to_vec()
            }
        };
        Self::from_pem(&pem(&der))
    }

    /// Reads a PKCS#8 PEM; the key decides the algorithm.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotAKey`] if it is none of the three kinds.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let bytes = pem.as_bytes();
        let (algorithm, key) = EncodingKey::from_ed_pem(bytes)
            .map(|key| (Algorithm::EdDSA, key))
            .or_else(|_| EncodingKey::from_ec_pem(bytes).map(|key| (Algorithm::ES256, key)))
            .or_else(|_| EncodingKey::from_rsa_pem(bytes).map(|key| (Algorithm::RS512, key)))
            .map_err(|_| KeyError::NotAKey)?;
        let mut public = Jwk::from_encoding_key(&key, algorithm).map_err(|_| KeyError::NotAKey)?;
        let kid = public.thumbprint(ThumbprintHash::SHA256).map_err(|_| KeyError::NotAKey)?;
        public.common.key_id = Some(kid.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        if let AlgorithmParameters::OctetKey(_) = public.algorithm {
            return Err(KeyError::NotAKey);
        }
        Ok(Self { pem: pem.to_owned(), kid, algorithm, key, public })
    }

    /// Reads the key at `path`, or makes one there, readable by its owner alone.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, written, or understood.
    pub fn load_or_generate(path: &Path, kind: KeyKind) -> Result<Self, KeyError> {
        match fs::read_to_string(path) {
            Ok(pem) => Self::from_pem(&pem),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = Self::generate(kind)?;
                match create_secret(path, key.pem.as_bytes()) {
                    Ok(()) => Ok(key),
                    // A sibling process was first.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        Self::from_pem(&fs::read_to_string(path)?)
                    }
                    Err(error) => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The key's id: the thumbprint of RFC 7638.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Of what kind it is.
    pub fn kind(&self) -> KeyKind {
        match self.algorithm {
            Algorithm::EdDSA => KeyKind::Ed25519,
            Algorithm::ES256 => KeyKind::P256,
            _ => KeyKind::Rsa,
        }
    }

    /// The public half.
    pub fn public(&self) -> &Jwk {
        &self.public
    }

    /// The private key as PKCS#8 PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Signs `claims`.
    ///
    /// # Errors
    ///
    /// If the cryptography refuses.
    pub fn sign(&self, claims: &Claims) -> Result<String, KeyError> {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(self.algorithm) };
        Ok(jsonwebtoken::encode(&header, claims, &self.key)?)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}
