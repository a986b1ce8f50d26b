//! A store of which a test sees what was begun, and which waits or refuses when it is told to.

use std::{
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
    memory::InMemory, path::Path,
};
use tokio::sync::Notify;

/// What a store is asked for while a file goes in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Begin,
    Part,
    Complete,
}

#[derive(Debug, Default)]
pub struct Watched {
    pub(super) kept: InMemory,
    pub waits_at: Option<Step>,
    pub refuses: Option<Step>,
    pub(super) seen: Arc<Seen>,
}

#[derive(Debug, Default)]
pub(super) struct Seen {
    begun: AtomicUsize,
    ended: AtomicUsize,
    parts: Mutex<Vec<usize>>,
    under_way: AtomicUsize,
    has_come: Notify,
    go_on: Notify,
}

impl Watched {
    /// How many files were begun that go in parts.
    pub fn begun(&self) -> usize {
        self.seen.begun.load(SeqCst)
    }

    /// How many of them were neither completed nor taken back.
    pub fn left(&self) -> usize {
        self.begun() - self.seen.ended.load(SeqCst)
    }

    /// The lengths of all parts.
    pub fn parts(&self) -> Vec<usize> {
        self.seen.parts.lock().unwrap().clone()
    }

    /// Until somebody waits.
    pub async fn has_come(&self) {
        self.seen.has_come.notified().await;
    }

    /// Lets who waits go on.
    pub fn go_on(&self) {
        self.seen.go_on.notify_one();
    }

    fn rules(&self) -> Rules {
        Rules { waits_at: self.waits_at, refuses: self.refuses, seen: Arc::clone(&self.seen) }
    }
}

#[derive(Debug, Clone)]
struct Rules {
    waits_at: Option<Step>,
    refuses: Option<Step>,
    seen: Arc<Seen>,
}

impl Rules {
    async fn at(&self, step: Step) -> Result<()> {
        if self.waits_at == Some(step) {
            self.seen.has_come.notify_one();
            self.seen.go_on.notified().await;
        }
        if self.refuses == Some(step) {
            return Err(Error::Generic { store: "watched", source: "it refuses".into() });
        }
        Ok(())
    }
}

/// A part on its way, until it is there or given up.
struct UnderWay(Arc<Seen>);

impl UnderWay {
    fn new(seen: &Arc<Seen>) -> Self {
        seen.under_way.fetch_add(1, SeqCst);
        Self(Arc::clone(seen))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, SeqCst);
    }
}

#[derive(Debug)]
struct WatchedUpload {
    upload: Box<dyn MultipartUpload>,
    rules: Rules,
}

#[async_trait]
impl MultipartUpload for WatchedUpload {
    fn put_part(&mut self, part: PutPayload) -> UploadPart {
        let (rules, under_way) = (self.rules.clone(), UnderWay::new(&self.rules.seen));
        rules.seen.parts.lock().unwrap().push(part.content_length());
        let put = self.upload.put_part(part);
        Box::pin(async move {
            let _under_way = under_way;
            rules.at(Step::Part).await?;
            put.await
        })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.rules.at(Step::Complete).await?;
        self.rules.seen.ended.fetch_add(1, SeqCst);
        self.upload.complete().await
    }

    async fn abort(&mut self) -> Result<()> {
        assert_eq!(self.rules.seen.under_way.load(SeqCst), 0, "a part would come later");
        self.rules.seen.ended.fetch_add(1, SeqCst);
        self.upload.abort().await
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kept.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for Watched {
    async fn put_opts(&self, at: &Path, it: PutPayload, how: PutOptions) -> Result<PutResult> {
        self.kept.put_opts(at, it, how).await
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        how: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        if self.refuses != Some(Step::Begin) {
            self.seen.begun.fetch_add(1, SeqCst);
        }
        self.rules().at(Step::Begin).await?;
        let upload = self.kept.put_multipart_opts(at, how).await?;
        Ok(Box::new(WatchedUpload { upload, rules: self.rules() }))
    }

    async fn get_opts(&self, at: &Path, how: GetOptions) -> Result<GetResult> {
        self.kept.get_opts(at, how).await
    }

    fn delete_stream(
        &self,
        all: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.kept.delete_stream(all)
    }

    fn list(&self, under: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.kept.list(under)
    }

    async fn list_with_delimiter(&self, under: Option<&Path>) -> Result<ListResult> {
        self.kept.list_with_delimiter(under).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, how: CopyOptions) -> Result<()> {
        self.kept.copy_opts(from, to, how).await
    }
}
