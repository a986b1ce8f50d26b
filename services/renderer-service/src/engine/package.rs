//! Template packages: the bundled ones and folders of the operator.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::domain::template::{KnownTemplate, Manifest, TemplateList};

/// The largest package: bytes of all files.
const MAX_BYTES: usize = 20 * 1024 * 1024;

/// The most files of a package.
const MAX_FILES: usize = 200;

/// A template and all of its files, in memory.
#[derive(Debug)]
pub struct Package {
    pub manifest: Arc<Manifest>,
    /// `sha256-<hex>` over paths and contents.
    pub digest: String,
    /// By path inside the package, with `/` between folders.
    pub files: Files,
}

pub type Files = BTreeMap<String, Arc<[u8]>>;

/// Why a folder is no template.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    #[error("{0}: cannot be read")]
    Unreadable(String),
    #[error("a package has at most 200 files and 20 MiB")]
    TooLarge,
    #[error("{0}: only plain files are allowed in a package")]
    NotAFile(String),
    #[error("template.toml: {0}")]
    Manifest(String),
    #[error("{0} is missing")]
    Missing(&'static str),
}

impl Package {
    /// Checks the files and takes their digest.
    pub fn new(files: Files) -> Result<Self, PackageError> {
        let size: usize = files.values().map(|file| file.len()).sum();
        if files.len() > MAX_FILES || size > MAX_BYTES {
            return Err(PackageError::TooLarge);
        }
        let manifest = files.get("template.toml").ok_or(PackageError::Missing("template.toml"))?;
        let manifest = std::str::from_utf8(manifest)
            .map_err(|_| PackageError::Manifest("is not UTF-8".to_owned()))?;
        let manifest: Manifest = toml::from_str(manifest)
            .map_err(|error| PackageError::Manifest(error.message().to_owned()))?;
        if let Some(fault) = manifest.fault() {
            return Err(PackageError::Manifest(fault.to_owned()));
        }
        if !files.contains_key("main.typ") {
            return Err(PackageError::Missing("main.typ"));
        }
        let digest = digest(&files);
        Ok(Self { manifest: Arc::new(manifest), digest, files })
    }

    /// Reads a template folder.
    pub fn read(folder: &Path) -> Result<Self, PackageError> {
        let mut files = Files::new();
        read_folder(folder, "", &mut files)?;
        Self::new(files)
    }

    /// The template that comes with the program.
    #[expect(
        clippy::expect_used,
        reason = "its files are part of the program, and tests read them"
    )]
    pub fn classic() -> Arc<Self> {
        static CLASSIC: std::sync::LazyLock<Arc<Package>> = std::sync::LazyLock::new(|| {
            let files =
                CLASSIC_FILES.iter().map(|(path, file)| ((*path).to_owned(), (*file).into()));
            Arc::new(Package::new(files.collect()).expect("the bundled template is well-formed"))
        });
        Arc::clone(&CLASSIC)
    }
}

macro_rules! classic {
    ($($file:literal)*) => {
        &[$(($file, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/classic/", $file)))),*]
    };
}

static CLASSIC_FILES: &[(&str, &[u8])] = classic![
    "template.toml" "main.typ" "card.typ" "lib.typ" "fitting.typ" "ornaments.typ" "signatories.typ"
    "locales/ar.toml" "locales/de.toml" "locales/en.toml" "locales/es.toml" "locales/fr.toml"
    "locales/he.toml" "locales/hi.toml" "locales/ja.toml" "locales/pt-BR.toml" "locales/ru.toml"
    "locales/vi.toml" "locales/zh-Hans.toml"
];

/// The templates of this process: bundled first, then the operator's.
pub struct Templates {
    packages: Vec<Arc<Package>>,
}

impl Templates {
    pub fn bundled() -> Self {
        Self { packages: vec![Package::classic()] }
    }

    /// Adds one; of two with the same id and version the later counts.
    pub fn add(&mut self, package: Package) {
        self.packages.insert(0, Arc::new(package));
    }

    /// Adds each sub-folder of `folder` that holds a `template.toml`, or the folder itself if it
    /// holds one.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), PackageError> {
        if folder.join("template.toml").is_file() {
            self.add(Package::read(folder)?);
            return Ok(());
        }
        let mut folders: Vec<_> = std::fs::read_dir(folder)
            .map_err(|_| PackageError::Unreadable(folder.display().to_string()))?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.join("template.toml").is_file())
            .collect();
        folders.sort();
        for folder in folders {
            self.add(Package::read(&folder)?);
        }
        Ok(())
    }

    /// The package of a request's `id@version`.
    pub fn package(&self, reference: &str) -> Option<Arc<Package>> {
        let (id, version) = crate::domain::template::parse_reference(reference)?;
        self.best(id, version).map(Arc::clone)
    }

    pub fn packages(&self) -> &[Arc<Package>] {
        &self.packages
    }

    fn best(&self, id: &str, version: Option<u32>) -> Option<&Arc<Package>> {
        self.packages
            .iter()
            .filter(|package| package.manifest.id == id)
            .filter(|package| version.is_none_or(|wanted| package.manifest.version == wanted))
            .reduce(
                |best, next| {
                    if next.manifest.version > best.manifest.version { next } else { best }
                },
            )
    }
}

impl TemplateList for Templates {
    fn find(&self, id: &str, version: Option<u32>) -> Option<KnownTemplate> {
        self.best(id, version).map(|package| KnownTemplate {
            manifest: Arc::clone(&package.manifest),
            digest: package.digest.clone(),
        })
    }
}

/// Independent of how the package was packed: paths and contents only.
fn digest(files: &Files) -> String {
    let mut hasher = Sha256::new();
    for (path, file) in files {
        hasher.update(format!("{}:{path}\n{}:", path.len(), file.len()));
        hasher.update(file);
    }
    format!("sha256-{}", hex::encode(hasher.finalize()))
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Files) -> Result<(), PackageError> {
    let unreadable = |_| PackageError::Unreadable(prefix.to_owned());
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            return Err(PackageError::NotAFile(prefix.to_owned()));
        };
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() && prefix.matches('/').count() < 8 {
            read_folder(&entry.path(), &format!("{path}/"), files)?;
        } else if kind.is_file() {
            let file = std::fs::read(entry.path()).map_err(unreadable)?;
            files.insert(path, file.into());
        } else {
            return Err(PackageError::NotAFile(path));
        }
        if files.len() > MAX_FILES {
            return Err(PackageError::TooLarge);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(manifest: &str) -> Files {
        Files::from([
            ("template.toml".to_owned(), manifest.as_bytes().into()),
            ("main.typ".to_owned(), b"".as_slice().into()),
        ])
    }

    const PLAIN: &str = "id = \"plain\"\nversion = 3\ntitle = \"Plain\"\nkinds = [\"certificate\"]\n\
                         pages = [\"a4-portrait\"]\ntypes = [\"award\"]\n";

    #[test]
    fn the_highest_version_is_meant_where_none_is_named() {
        let mut templates = Templates::bundled();
        templates.add(Package::new(files(PLAIN)).unwrap());
        templates.add(Package::new(files(&PLAIN.replace('3', "2"))).unwrap());
        assert_eq!(templates.find("plain", None).unwrap().manifest.version, 3);
        assert_eq!(templates.find("plain", Some(2)).unwrap().manifest.version, 2);
        assert!(templates.find("plain", Some(4)).is_none());
    }

    #[test]
    fn a_changed_file_changes_the_digest() {
        let mut changed = files(PLAIN);
        changed.insert("main.typ".to_owned(), b" ".as_slice().into());
        assert_ne!(
            Package::new(files(PLAIN)).unwrap().digest,
            Package::new(changed).unwrap().digest
        );
    }

    #[test]
    fn a_manifest_with_an_unknown_key_is_refused() {
        let manifest = format!("{PLAIN}colour = \"red\"\n");
        assert!(matches!(Package::new(files(&manifest)), Err(PackageError::Manifest(_))));
    }
}
