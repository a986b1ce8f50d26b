//! A service's own keys: the one that signs, and those around it while keys are changed.
//!
//! Beside `<name>.pem`, which signs, may stand `<name>.next.pem`, which will, and
//! `<name>.previous.pem`, which did. All are published, so that whoever fetched the set before a
//! change believes what is signed after it, and the other way round.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use jsonwebtoken::jwk::JwkSet;

use crate::{Claims, KeyError, KeyKind, SigningKey, write_secret};

/// What a key does in a change of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Will sign after the change.
    Next,
    /// Signs.
    Current,
    /// Signed before the change.
    Previous,
}

impl Role {
    /// In the order of a key's life.
    pub const ALL: [Self; 3] = [Self::Next, Self::Current, Self::Previous];

    /// The word in commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Previous => "previous",
        }
    }
}

/// The keys of one name in a folder. Cheap to clone; clones see each other's changes.
#[derive(Debug, Clone)]
pub struct KeyRing {
    folder: PathBuf,
    name: String,
    keys: Arc<RwLock<Keys>>,
}

#[derive(Debug, Clone)]
struct Keys {
    current: SigningKey,
    others: Vec<(Role, SigningKey)>,
}

impl KeyRing {
    /// Reads the keys of `name`; the current one is made when there is none.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, written, or understood.
    pub fn load_or_generate(folder: &Path, name: &str, kind: KeyKind) -> Result<Self, KeyError> {
        fs::create_dir_all(folder)?;
        SigningKey::load_or_generate(&file(folder, name, Role::Current), kind)?;
        let keys = Arc::new(RwLock::new(read(folder, name)?));
        Ok(Self { folder: folder.to_owned(), name: name.to_owned(), keys })
    }

    /// Reads the files anew: they may have been changed by a command, or by whoever keeps the
    /// folder. Whether anything is different.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or understood, as in the middle of a change; the keys stay as they
    /// are.
    pub fn reload(&self) -> Result<bool, KeyError> {
        let found = read(&self.folder, &self.name)?;
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let different = found.ids() != keys.ids();
        *keys = found;
        Ok(different)
    }

    /// Signs with the current key.
    ///
    /// # Errors
    ///
    /// If the cryptography refuses.
    pub fn sign(&self, claims: &Claims) -> Result<String, KeyError> {
        self.now().current.sign(claims)
    }

    /// What `/.well-known/jwks.json` answers.
    pub fn public(&self) -> JwkSet {
        let keys = self.now();
        let others = keys.others.iter().map(|(_, key)| key);
        JwkSet { keys: std::iter::once(&keys.current).chain(others).map(public).collect() }
    }

    /// The name of its files.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Each key's role and id.
    pub fn ids(&self) -> Vec<(Role, String)> {
        self.now().ids()
    }

    /// Makes the next key, which is published from now on; one that is there stays.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn prepare(&self) -> Result<(), KeyError> {
        let kind = self.now().current.kind();
        SigningKey::load_or_generate(&file(&self.folder, &self.name, Role::Next), kind)?;
        self.reload().map(drop)
    }

    /// Lets the next key sign, and keeps the one that signed as the previous one.
    ///
    /// # Errors
    ///
    /// [`KeyError::NothingPrepared`] if there is no next key.
    pub fn rotate(&self) -> Result<(), KeyError> {
        let of = |role| file(&self.folder, &self.name, role);
        let next = match fs::read_to_string(of(Role::Next)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(KeyError::NothingPrepared);
            }
            read => SigningKey::from_pem(&read?)?,
        };
        let current = fs::read_to_string(of(Role::Current))?;
        // At no moment is there no current key, nor one that is not published.
        write_secret(&of(Role::Previous), current.as_bytes())?;
        write_secret(&of(Role::Current), next.pem().as_bytes())?;
        fs::remove_file(of(Role::Next))?;
        self.reload().map(drop)
    }

    /// Forgets the previous key: what it signed is no longer believed.
    ///
    /// # Errors
    ///
    /// If its file cannot be removed.
    pub fn retire(&self) -> Result<(), KeyError> {
        match fs::remove_file(file(&self.folder, &self.name, Role::Previous)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed?,
        }
        self.reload().map(drop)
    }

    fn now(&self) -> Keys {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Keys {
    fn ids(&self) -> Vec<(Role, String)> {
        let others = self.others.iter().map(|(role, key)| (*role, key.kid().to_owned()));
        std::iter::once((Role::Current, self.current.kid().to_owned())).chain(others).collect()
    }
}

fn public(key: &SigningKey) -> jsonwebtoken::jwk::Jwk {
    key.public().clone()
}

fn read(folder: &Path, name: &str) -> Result<Keys, KeyError> {
    let current = SigningKey::from_pem(&fs::read_to_string(file(folder, name, Role::Current))?)?;
    let mut others = Vec::new();
    for role in [Role::Next, Role::Previous] {
        match fs::read_to_string(file(folder, name, role)) {
            Ok(pem) => others.push((role, SigningKey::from_pem(&pem)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    // In the middle of a change one key may stand in two files.
    others.retain(|(_, key)| key.kid() != current.kid());
    Ok(Keys { current, others })
}

fn file(folder: &Path, name: &str, role: Role) -> PathBuf {
    match role {
        Role::Current => folder.join(format!("{name}.pem")),
        Role::Next | Role::Previous => folder.join(format!("{name}.{}.pem", role.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyRing, Role};
    use crate::{KeyError, KeyKind};

    fn published(ring: &KeyRing) -> Vec<String> {
        ring.public().keys.into_iter().filter_map(|key| key.common.key_id).collect()
    }

    #[test]
    fn a_key_is_published_before_it_signs_and_after() {
        let folder = tempfile::tempdir().unwrap();
        let ring = KeyRing::load_or_generate(folder.path(), "s", KeyKind::Ed25519).unwrap();
        let sibling = KeyRing::load_or_generate(folder.path(), "s", KeyKind::Ed25519).unwrap();
        let first = published(&ring);

        assert!(matches!(ring.rotate(), Err(KeyError::NothingPrepared)));
        ring.prepare().unwrap();
        let prepared = published(&ring);
        ring.rotate().unwrap();
        let rotated = published(&ring);
        let seen_by_sibling = (published(&sibling), sibling.reload().unwrap(), published(&sibling));
        ring.retire().unwrap();

        assert_eq!(prepared, [first[0].clone(), prepared[1].clone()]);
        assert_eq!(rotated, [prepared[1].clone(), first[0].clone()]);
        assert_eq!(seen_by_sibling, (first, true, rotated.clone()));
        assert_eq!(ring.ids(), [(Role::Current, rotated[0].clone())]);
    }
}
