//! Hashes of secrets, made in memory that the process gives back at once.

use argon2::{
    Algorithm, Argon2, Block, Params,
    password_hash::{
        CustomizedPasswordHasher, Error, PasswordVerifier, Result,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};

/// Blocks of a KiB that are asked for at least. glibc keeps what was freed, for each thread that hashed,
/// and having freed so much once keeps more of everything; but never of pieces over 32 MiB
/// (`DEFAULT_MMAP_THRESHOLD_MAX`), which are mapped and unmapped. Of these only what a hash uses is ever
/// more than addresses.
const LEAST_BLOCKS: usize = 33 * 1024;

/// Argon2 in the manner that a hash says.
struct Hasher;

/// The hash of a secret: argon2id with 7 MiB and five rounds, worth as much as the usual 19 MiB and two;
/// of the settings worth that, the one with the least memory. Source: OWASP Password Storage Cheat
/// Sheet, "Argon2id".
pub(super) fn hash(secret: &str) -> Result<String> {
    let params = Params::new(7 * 1024, 5, 1, None)?;
    let hash = Hasher.hash_password_with_params(secret.as_bytes(), &Salt::generate(), params)?;
    Ok(hash.to_string())
}

/// Whether the hash is of this secret.
pub(super) fn is_of(hash: &str, secret: &str) -> bool {
    let hash = PasswordHash::new(hash).ok();
    hash.is_some_and(|hash| Hasher.verify_password(secret.as_bytes(), &hash).is_ok())
}

impl CustomizedPasswordHasher<PasswordHash> for Hasher {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> Result<PasswordHash> {
        let algorithm = algorithm.map(Algorithm::try_from).transpose()?.unwrap_or_default();
        let version = version.map(argon2::Version::try_from).transpose()?.unwrap_or_default();
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let mut output = [0; Output::MAX_LENGTH];
        let output = output.get_mut(..length).ok_or(Error::OutputSize)?;
        let blocks = params.block_count();
        let mut memory = Vec::with_capacity(blocks.max(LEAST_BLOCKS));
        memory.resize(blocks, Block::new());
        let argon2 = Argon2::new(algorithm, version, params);
        argon2.hash_password_into_with_memory(password, salt, output, &mut memory)?;
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(argon2.params())?,
            salt: Some(Salt::new(salt)?),
            hash: Some(Output::new(output)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use argon2::{
        Argon2,
        password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
    };

    use super::{hash, is_of};

    #[test]
    fn a_hash_is_of_its_secret_and_of_no_other() {
        let hash = hash("open sesame").unwrap();

        assert!(hash.starts_with("$argon2id$v=19$m=7168,t=5,p=1$"), "{hash}");
        assert!(is_of(&hash, "open sesame"));
        assert!(!is_of(&hash, "open"));
        assert!(!is_of("open sesame", "open sesame"));
    }

    #[test]
    fn hashes_are_those_that_others_make() {
        let ours = PasswordHash::new(&hash("open sesame").unwrap()).unwrap();
        assert!(Argon2::default().verify_password(b"open sesame", &ours).is_ok());

        let others = Argon2::default().hash_password(b"open sesame").unwrap();
        assert!(is_of(&others.to_string(), "open sesame"));
    }
}
