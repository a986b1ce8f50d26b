//! Where a service keeps its files: a folder, memory, or a store that speaks S3.
//!
//! What it keeps there, and under which names, is the service's own affair.

mod credentials;
mod failure;
mod s3;
mod settings;
mod upload;

use std::{
    env, fs,
    path::{Path as FilePath, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::StreamExt;
use object_store::{
    ObjectStore, local::LocalFileSystem, memory::InMemory, path::Path, prefix::PrefixStore,
};
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

pub use failure::Failure;
pub use settings::Settings;
pub use upload::Upload;

/// How long a store may take to say that it is there: less than a probe waits.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long the end of a process waits for a store that is to forget what was not finished.
const SETTLING: Duration = Duration::from_secs(5);

/// How long what a look found is believed.
const REMEMBERED: Duration = Duration::from_secs(1);

/// Why there is nowhere to keep files. Nothing of what was set is repeated: an address may hold a
/// password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the address is none of file:FOLDER, s3://BUCKET/PREFIX and memory:")]
    UnknownUrl,
    #[error("the folder {folder} cannot be used: {error}")]
    Folder { folder: PathBuf, error: String },
    #[error("{0}")]
    S3(String),
    /// The file that a variable of AWS names.
    #[error("the credentials in {file} cannot be used: {reason}")]
    Credentials { file: String, reason: String },
}

/// A place for files. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    folder: Option<PathBuf>,
    /// Its address.
    url: Arc<str>,
    /// What was last said to be wrong with it, if anything.
    told: Arc<Mutex<Option<String>>>,
    /// When it was last looked at, and whether it was there.
    looked: Arc<tokio::sync::Mutex<Option<(Instant, bool)>>>,
    /// Files of which the store has parts.
    unfinished: TaskTracker,
}

impl Files {
    /// Opens `file:FOLDER`, which is made if it is not there, `s3://BUCKET/PREFIX`, whose
    /// credentials are in the environment, or `memory:`. Must be called inside a Tokio runtime,
    /// which does the work of connections.
    ///
    /// That a store cannot be reached is no error here: it may be there when it is needed.
    ///
    /// # Errors
    ///
    /// A sentence that names what is wrong in the settings, or that the folder cannot be made.
    pub fn open(settings: &Settings) -> Result<Self, OpenError> {
        let variables = env::vars_os();
        Self::open_with(
            settings,
            variables.filter_map(|(name, value)| {
                Some((name.into_string().ok()?, value.into_string().ok()?))
            }),
        )
    }

    /// The same with these variables in place of the environment.
    ///
    /// # Errors
    ///
    /// As [`Files::open`].
    pub fn open_with(
        settings: &Settings,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, OpenError> {
        let (store, folder): (Arc<dyn ObjectStore>, _) = match settings.url.split_once(':') {
            Some(("memory", "")) => (Arc::new(InMemory::new()), None),
            Some(("file", folder)) if !folder.is_empty() => {
                (Arc::new(local(folder.as_ref())?), Some(PathBuf::from(folder)))
            }
            Some(("s3", place)) => {
                let (bucket, prefix) = s3::place(place)?;
                let store = s3::open(bucket, settings, variables)?;
                (Arc::new(PrefixStore::new(store, prefix)), None)
            }
            _ => return Err(OpenError::UnknownUrl),
        };
        let unfinished = TaskTracker::new();
        // Closed: waiting ends whenever there is none. More can come all the same.
        unfinished.close();
        Ok(Self {
            store,
            folder,
            url: settings.url.as_str().into(),
            told: Arc::default(),
            looked: Arc::default(),
            unfinished,
        })
    }

    /// Where to put files and get them.
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// Begins a file that may be long; nothing is to be seen of it before it is finished.
    pub fn begin(&self, path: Path) -> Upload {
        Upload::new(Arc::clone(&self.store), path, self.unfinished.clone())
    }

    /// Waits until every file that went in parts is finished or taken back, but not for long: a store
    /// that does not answer keeps them. Whoever was told to stop does so before the process ends.
    pub async fn settled(&self) {
        if tokio::time::timeout(SETTLING, self.unfinished.wait()).await.is_err() {
            warn!(store = %self.url, "the parts of unfinished files may be left in the store");
        }
    }

    /// The folder, if files are in one.
    pub fn folder(&self) -> Option<&FilePath> {
        self.folder.as_deref()
    }

    /// Whether the store answers, and lets this service in, as it was within a second: probes are open
    /// to everybody. What is wrong is logged once, and once more that it is not any longer.
    pub async fn is_reachable(&self) -> bool {
        let mut looked = self.looked.lock().await;
        match *looked {
            Some((at, is_reachable)) if at.elapsed() < REMEMBERED => is_reachable,
            _ => {
                let is_reachable = self.look().await;
                *looked = Some((Instant::now(), is_reachable));
                is_reachable
            }
        }
    }

    async fn look(&self) -> bool {
        let trouble = self.trouble().await;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match (&trouble, told.is_some()) {
            (Some(trouble), _) if Some(trouble) != told.as_ref() => {
                warn!(store = %self.url, "files can be neither kept nor read: {trouble}");
            }
            (None, true) => info!(store = %self.url, "files can be kept and read again"),
            _ => {}
        }
        told.clone_from(&trouble);
        trouble.is_none()
    }

    /// What is wrong with the store, if anything. It is asked for a listing of nothing: a missing
    /// bucket refuses that, where a missing file would look the same.
    pub async fn trouble(&self) -> Option<String> {
        let nothing = Path::from("reachable");
        let mut listing = self.store.list(Some(&nothing));
        match tokio::time::timeout(PATIENCE, listing.next()).await {
            Ok(None | Some(Ok(_))) => None,
            Ok(Some(Err(error))) => Some(Failure::from(error).kind()),
            Err(_) => Some(format!("no answer within {} s", PATIENCE.as_secs())),
        }
    }
}

/// In a folder, a file is written under another name, flushed to disk, and only then given its own: a
/// crash leaves no half file under a final name.
fn local(folder: &FilePath) -> Result<LocalFileSystem, OpenError> {
    let unusable = |error: String| OpenError::Folder { folder: folder.to_owned(), error };
    fs::create_dir_all(folder).map_err(|error| unusable(error.to_string()))?;
    let store = LocalFileSystem::new_with_prefix(folder);
    Ok(store.map_err(|error| unusable(error.to_string()))?.with_fsync(true))
}

#[cfg(test)]
mod tests {
    use object_store::{ObjectStoreExt, PutMode, path::Path};

    use super::{Files, OpenError, Settings};

    fn at(url: &str) -> Result<Files, OpenError> {
        Files::open_with(&Settings { url: url.to_owned(), ..Settings::default() }, [])
    }

    #[tokio::test]
    async fn a_folder_is_made_and_keeps_what_is_put_there() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        let files = at(&format!("file:{}", inner.display())).unwrap();
        let name = Path::from("x/y.txt");

        let create = || files.store().put_opts(&name, "first".into(), PutMode::Create.into());
        create().await.unwrap();
        let again = create().await.unwrap_err();

        assert!(matches!(again, object_store::Error::AlreadyExists { .. }), "{again}");
        assert_eq!(std::fs::read(inner.join("x/y.txt")).unwrap(), b"first");
        assert_eq!(files.folder(), Some(inner.as_path()));
        assert!(files.is_reachable().await);
    }

    #[tokio::test]
    async fn memory_forgets_nothing_while_it_lasts() {
        let files = at("memory:").unwrap();
        files.store().put(&Path::from("x"), "there".into()).await.unwrap();

        let found = files.clone().store().get(&Path::from("x")).await.unwrap();
        assert_eq!(found.bytes().await.unwrap(), "there");
    }

    #[tokio::test]
    async fn other_addresses_are_refused_and_not_repeated() {
        for url in [
            "",
            "file:",
            "memory:x",
            "/a/folder",
            "https://key:hidden@host/bucket",
            "s3://key:hidden@bucket/prefix",
            "s3://",
            "s3:bucket",
            "s3:///prefix",
            "s3://bucket?key=hidden",
            "s3://bucket/a//b",
            "s3://bucket/a/../b",
        ] {
            let error = at(url).map(drop).unwrap_err().to_string();
            assert!(!error.contains("hidden"), "{url}: {error}");
        }
    }
}
