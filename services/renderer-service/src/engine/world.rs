//! All that a template can reach: its own files, its data, the pictures and the fonts.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use typst::diag::{FileError, FileResult};
use typst::foundations::{Binding, Bytes, Datetime, Duration, Value};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};

use super::fonts::FontSet;

/// Files in memory and nothing else: no disk, no network, no clock, no packages, no plug-ins.
pub struct MemoryWorld {
    main: FileId,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
    fonts: Arc<FontSet>,
}

impl MemoryWorld {
    /// A world that starts at `main`, a path such as `/main.typ`.
    pub fn new(main: &str, fonts: Arc<FontSet>) -> Self {
        Self { main: file_id(main), sources: HashMap::new(), files: HashMap::new(), fonts }
    }

    pub fn add_source(&mut self, source: Source) {
        self.sources.insert(source.id(), source);
    }

    pub fn add_file(&mut self, path: &str, bytes: Bytes) {
        self.files.insert(file_id(path), bytes);
    }
}

/// The id of a path. Paths are few and fixed, so their table does not grow.
pub fn file_id(path: &str) -> FileId {
    // Paths come from this program and from checked packages; none escapes the root.
    let path = VirtualPath::new(path).unwrap_or_else(|_| nowhere());
    RootedPath::new(VirtualRoot::Project, path).intern()
}

#[expect(clippy::expect_used, reason = "a plain name is a path")]
fn nowhere() -> VirtualPath {
    VirtualPath::new("/nowhere").expect("a plain name is a path")
}

impl World for MemoryWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| missing(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let source = || {
            self.sources.get(&id).map(|source| Bytes::from_string(source.clone().text().to_owned()))
        };
        self.files.get(&id).cloned().or_else(source).ok_or_else(|| missing(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn missing(id: FileId) -> FileError {
    match id.root() {
        VirtualRoot::Project => FileError::NotFound(id.vpath().get_with_slash().into()),
        VirtualRoot::Package(_) => FileError::Other(Some("packages are not available".into())),
    }
}

/// The standard library without WebAssembly plug-ins, which could run anything.
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| {
    let mut library = Library::default();
    if let Some(plugin) = library.global.scope_mut().get_mut("plugin") {
        *plugin = Binding::detached(Value::None);
    }
    library.std = Binding::detached(library.global.clone());
    LazyHash::new(library)
});
