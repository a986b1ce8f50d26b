//! The secrets that the service keeps for itself, and whom it believes.

use std::{fs, io, path::Path};

use anyhow::Context;
use auth::{KeyKind, KeyRing, Verifier};
use chassis::Parts;

use crate::domain::link::LinkKey;

/// The name of the key that signs machine clients' tokens, beside the service's own.
const TOKEN_KEY: &str = "registrar-service-tokens";

/// The file with the secret behind download links.
const LINK_KEY: &str = "registrar-service-links.key";

/// The keys that sign machine clients' tokens; made on the first start.
///
/// # Errors
///
/// If they can be neither read nor made.
pub fn of_tokens(parts: &Parts) -> anyhow::Result<KeyRing> {
    Ok(KeyRing::load_or_generate(&parts.keys_dir, TOKEN_KEY, KeyKind::Rsa)?)
}

/// Believes whom the configuration names, and the service itself with both of its keys.
///
/// # Errors
///
/// If an issuer of the configuration makes no sense.
pub fn verifier(parts: &Parts, token_keys: &KeyRing) -> anyhow::Result<Verifier> {
    chassis::verifier(&parts.common, vec![parts.keys.clone(), token_keys.clone()])
}

/// The secret behind download links; made on the first start, readable by its owner alone.
///
/// # Errors
///
/// If it can be neither read nor made.
pub fn of_links(parts: &Parts) -> anyhow::Result<LinkKey> {
    read_or_make(&parts.keys_dir.join(LINK_KEY))
        .with_context(|| format!("{LINK_KEY} cannot be read or made"))
}

fn read_or_make(path: &Path) -> io::Result<LinkKey> {
    let wrong_length = |_| io::Error::new(io::ErrorKind::InvalidData, "it must have 64 bytes");
    match fs::read(path) {
        Ok(bytes) => bytes.try_into().map(LinkKey::new).map_err(wrong_length),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(path),
        Err(error) => Err(error),
    }
}

fn make(path: &Path) -> io::Result<LinkKey> {
    use std::io::Write;

    let bytes: [u8; 64] = rand::random();
    let temporary = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    Ok(LinkKey::new(bytes))
}
