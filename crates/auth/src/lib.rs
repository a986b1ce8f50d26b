//! Who calls: tokens signed by services, learning platforms and identity providers.
//!
//! A service signs with its own [`KeyRing`], publishes the public halves, and believes tokens of
//! the [`TrustedIssuer`]s it was told of. What a caller may do is the service's business.

mod claims;
mod keys;
mod presented;
mod ring;
mod secret_file;
mod trusted;
mod verifier;

pub use claims::{Audience, Claims};
pub use keys::{KeyError, KeyKind, SigningKey};
pub use presented::{Presented, presented};
pub use ring::{KeyRing, Role};
pub use secret_file::write_secret;
pub use trusted::{KeySource, TrustedIssuer};
pub use verifier::{TokenError, Verifier};

pub use jsonwebtoken::jwk::JwkSet;

/// Chooses the cryptography of the whole process. Call it first in `main`; later calls change
/// nothing.
pub fn install_cryptography() {
    // Refused only when it was chosen before.
    let _chosen = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}
