//! The object store. Objects are named by what they hold and never change.

use bytes::Bytes;
use files::{Failure, Files};
use moka::sync::Cache;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, path::Path};
use serde::{Serialize, de::DeserializeOwned};

use crate::domain::ids::sha256_hex;

/// Objects larger than this are read from the store each time.
const LARGEST_CACHED: usize = 2 * 1024 * 1024;

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// It may work later.
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
    /// What is there is not what was put there.
    #[error("the object {0} is damaged")]
    Corrupt(String),
}

/// Where artefacts, assets and records are. Cheap to clone.
#[derive(Clone)]
pub struct Objects {
    files: Files,
    /// By digest. What it holds can never be stale.
    cache: Cache<String, Bytes>,
}

impl Objects {
    /// Objects in this place, of which so many bytes may be in memory.
    pub fn new(files: Files, cache_bytes: u64) -> Self {
        let weigher = |key: &String, object: &Bytes| {
            u32::try_from(key.len() + object.len()).unwrap_or(u32::MAX)
        };
        let cache = Cache::builder().weigher(weigher).max_capacity(cache_bytes).build();
        Self { files, cache }
    }

    /// Keeps these bytes unless they are there, and returns their digest in hexadecimal.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] if other bytes are there under this digest.
    pub async fn put(&self, bytes: Bytes) -> Result<String, StoreError> {
        let sha256 = sha256_hex(&bytes);
        let key = object_key(&sha256);
        let length = bytes.len();
        match self.store().put_opts(&key, PutPayload::from_bytes(bytes), creating()).await {
            Ok(_) => Ok(sha256),
            Err(object_store::Error::AlreadyExists { .. }) => {
                if self.has(&sha256, length).await? {
                    return Ok(sha256);
                }
                // S3 answers so as well while another writes the same object, and may yet fail.
                Err(StoreError::Unavailable(format!("{key} is being written")))
            }
            Err(error) => Err(unavailable(error)),
        }
    }

    /// The object, if it is there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] if it has not this length.
    pub async fn get(&self, sha256: &str, length: usize) -> Result<Option<Bytes>, StoreError> {
        if let Some(object) = self.cache.get(sha256) {
            return Ok(Some(object));
        }
        let Some(object) = self.read(&object_key(sha256)).await? else { return Ok(None) };
        if object.len() != length {
            return Err(StoreError::Corrupt(sha256.to_owned()));
        }
        if object.len() <= LARGEST_CACHED {
            self.cache.insert(sha256.to_owned(), object.clone());
        }
        Ok(Some(object))
    }

    /// Whether the object is there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] if it has not this length.
    pub async fn has(&self, sha256: &str, length: usize) -> Result<bool, StoreError> {
        match self.store().head(&object_key(sha256)).await {
            Ok(found) if usize::try_from(found.size) == Ok(length) => Ok(true),
            Ok(_) => Err(StoreError::Corrupt(sha256.to_owned())),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// Removes an object that nothing names.
    pub async fn remove(&self, sha256: &str) -> Result<(), StoreError> {
        self.cache.invalidate(sha256);
        self.delete(&object_key(sha256)).await
    }

    /// Where they are kept.
    pub fn files(&self) -> &Files {
        &self.files
    }

    fn store(&self) -> &dyn ObjectStore {
        self.files.store().as_ref()
    }

    pub(super) async fn load<T: DeserializeOwned>(
        &self,
        key: &Path,
    ) -> Result<Option<T>, StoreError> {
        let Some(bytes) = self.read(key).await? else { return Ok(None) };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| StoreError::Corrupt(format!("{key}: {error}")))
    }

    pub(super) async fn save(&self, key: &Path, value: &impl Serialize) -> Result<(), StoreError> {
        self.store().put(key, json(key, value)?).await.map_err(unavailable)?;
        Ok(())
    }

    /// Writes a record where there is none; one that is there stays as it is.
    pub(super) async fn save_new(
        &self,
        key: &Path,
        value: &impl Serialize,
    ) -> Result<(), StoreError> {
        match self.store().put_opts(key, json(key, value)?, creating()).await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }

    pub(super) async fn delete(&self, key: &Path) -> Result<(), StoreError> {
        match self.store().delete(key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn read(&self, key: &Path) -> Result<Option<Bytes>, StoreError> {
        match self.store().get(key).await {
            Ok(found) => found.bytes().await.map(Some).map_err(unavailable),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }
}

/// For what is not there yet.
fn creating() -> PutOptions {
    PutOptions { mode: PutMode::Create, ..PutOptions::default() }
}

fn json(key: &Path, value: &impl Serialize) -> Result<PutPayload, StoreError> {
    let bytes = serde_json::to_vec(value)
        .map_err(|error| StoreError::Corrupt(format!("{key}: {error}")))?;
    Ok(PutPayload::from(bytes))
}

fn object_key(sha256: &str) -> Path {
    let folder = sha256.get(..2).unwrap_or_default();
    Path::from(format!("objects/sha256/{folder}/{sha256}"))
}

fn unavailable(error: object_store::Error) -> StoreError {
    StoreError::Unavailable(Failure::from(error).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Objects) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("file:{}", folder.path().join("store").display());
        let files = Files::open_with(&files::Settings { url, ..Default::default() }, []);
        (folder, Objects::new(files.unwrap(), 0))
    }

    #[tokio::test]
    async fn an_object_is_named_by_what_it_holds_and_kept_once() {
        let (folder, objects) = folder();
        let first = objects.put(Bytes::from_static(b"a document")).await.unwrap();
        let again = objects.put(Bytes::from_static(b"a document")).await.unwrap();

        assert_eq!(first, again);
        assert_eq!(first, sha256_hex(b"a document"));
        let place = folder.path().join(format!("store/objects/sha256/{}/{first}", &first[..2]));
        assert_eq!(std::fs::read(place).unwrap(), b"a document");
        assert_eq!(objects.get(&first, 10).await.unwrap().unwrap(), "a document");
    }

    #[tokio::test]
    async fn half_an_object_is_noticed_when_it_is_read_and_never_overwritten() {
        let (folder, objects) = folder();
        let sha256 = objects.put(Bytes::from_static(b"a document")).await.unwrap();
        let place = folder.path().join(format!("store/objects/sha256/{}/{sha256}", &sha256[..2]));
        std::fs::write(&place, b"a docu").unwrap();

        assert!(matches!(objects.get(&sha256, 10).await, Err(StoreError::Corrupt(_))));
        let put = objects.put(Bytes::from_static(b"a document")).await;
        assert!(matches!(put, Err(StoreError::Corrupt(_))));
        assert_eq!(std::fs::read(&place).unwrap(), b"a docu");
    }

    #[tokio::test]
    async fn what_a_crash_left_under_another_name_is_no_object() {
        let (folder, objects) = folder();
        let sha256 = sha256_hex(b"a document");
        let place = folder.path().join(format!("store/objects/sha256/{}", &sha256[..2]));
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join(format!("{sha256}#1")), b"a docu").unwrap();

        assert!(objects.get(&sha256, 10).await.unwrap().is_none());
        objects.put(Bytes::from_static(b"a document")).await.unwrap();
        assert_eq!(objects.get(&sha256, 10).await.unwrap().unwrap(), "a document");
    }
}
