//! Download links that need no other credentials: signed, and only good for a while.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The secret behind download links: as long as the hash's block, so that no length is wrong.
pub struct LinkKey([u8; 64]);

impl LinkKey {
    /// Signs with these bytes.
    pub fn new(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The signature of a link to `file` that is good until `expires`, in seconds since 1970.
    pub fn sign(&self, file: &str, expires: i64) -> String {
        hex::encode(self.mac(file, expires).finalize().into_bytes())
    }

    /// Whether `signature` is right and the link still good at `now`, in seconds since 1970.
    pub fn permits(&self, file: &str, expires: i64, signature: &str, now: i64) -> bool {
        let given = hex::decode(signature).unwrap_or_default();
        // The comparison takes as long for a wrong signature as for the right one.
        self.mac(file, expires).verify_slice(&given).is_ok() && now < expires
    }

    fn mac(&self, file: &str, expires: i64) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        mac.update(&expires.to_be_bytes());
        mac.update(file.as_bytes());
        mac
    }
}

impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey")
    }
}

#[cfg(test)]
mod tests {
    use super::LinkKey;

    #[test]
    fn a_link_is_good_for_its_own_file_and_its_own_time() {
        let key = LinkKey::new([7; 64]);
        let signature = key.sign("a.csv", 100);

        assert!(key.permits("a.csv", 100, &signature, 99));
        assert!(!key.permits("a.csv", 100, &signature, 100), "its time is over");
        assert!(!key.permits("a.csv", 200, &signature, 99), "another time was signed");
        assert!(!key.permits("b.csv", 100, &signature, 99), "another file was signed");
        assert!(!key.permits("a.csv", 100, "zz", 99));
        assert!(!LinkKey::new([8; 64]).permits("a.csv", 100, &signature, 99));
    }
}
