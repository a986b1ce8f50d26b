//! A result, written as it comes: JSON as the predecessor indents it, or CSV.

use std::sync::Arc;

use bytes::Bytes;
use object_store::{ObjectStore, buffered::BufWriter, path::Path};
use serde_json::Value;
use tokio::{io::AsyncWriteExt, runtime::Handle};
use tracing::warn;

use crate::{domain::job::Format, error::Error};

/// Bytes held before they go to the store, in parts of this size: S3 takes no smaller ones.
const PART_BYTES: usize = 5 * 1024 * 1024;

/// Parts on their way at a time: memory holds as many, and the one that is being filled.
const PARTS_UNDER_WAY: usize = 2;

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Text(String),
    Flag(bool),
    Null,
}

/// Cells in the order of the columns.
pub(super) type Row = Vec<Cell>;

/// A file that appears when it is finished, whole. Dropped before, it leaves nothing: its parts are
/// taken back, and those of a process that was killed are never seen.
pub(super) struct ResultFile {
    /// Until it is finished.
    to: Option<BufWriter>,
    format: Format,
    columns: &'static [&'static str],
    rows: u64,
    begun: bool,
}

impl ResultFile {
    /// Begins a file; nothing is to be seen of it yet.
    pub(super) fn begin(
        store: Arc<dyn ObjectStore>,
        path: Path,
        format: Format,
        columns: &'static [&'static str],
    ) -> Self {
        let to = BufWriter::with_capacity(store, path, PART_BYTES);
        let to = Some(to.with_max_concurrency(PARTS_UNDER_WAY));
        Self { to, format, columns, rows: 0, begun: false }
    }

    /// Appends rows.
    pub(super) async fn write(&mut self, rows: &[Row]) -> Result<(), Error> {
        let bytes = match self.format {
            Format::Json => self.json(rows),
            Format::Csv => self.csv(rows)?,
        };
        self.rows += rows.len() as u64;
        self.begun = true;
        self.put(bytes.into()).await
    }

    /// Makes the file visible.
    pub(super) async fn finish(mut self) -> Result<(), Error> {
        let end = match (self.format, self.rows) {
            (Format::Json, 0) => "[]",
            (Format::Json, _) => "\n]",
            (Format::Csv, _) => "",
        };
        self.put(end.into()).await?;
        // From here on the writer takes its parts back by itself.
        if let Some(mut to) = self.to.take() {
            to.shutdown().await.map_err(unwritten)?;
        }
        Ok(())
    }

    async fn put(&mut self, bytes: Bytes) -> Result<(), Error> {
        match &mut self.to {
            Some(to) => Ok(to.put(bytes).await?),
            None => Ok(()),
        }
    }

    /// Objects with their members in alphabetical order, indented by four spaces.
    fn json(&self, rows: &[Row]) -> Vec<u8> {
        let mut text = String::new();
        for (before, row) in (self.rows..).zip(rows) {
            text.push_str(if before == 0 { "[\n    {" } else { ",\n    {" });
            let mut members: Vec<(&str, Value)> =
                self.columns.iter().copied().zip(row.iter().map(Cell::json)).collect();
            members.sort_by_key(|(name, _)| *name);
            for (index, (name, value)) in members.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                text.push_str(&format!("{comma}\n        \"{name}\": {value}"));
            }
            text.push_str("\n    }");
        }
        text.into_bytes()
    }

    /// Commas, CRLF also at the end, quotes where needed; the header comes with the first page.
    fn csv(&self, rows: &[Row]) -> Result<Vec<u8>, Error> {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        if !self.begun {
            writer.write_record(self.columns).map_err(unwritten)?;
        }
        for row in rows {
            writer.write_record(row.iter().map(Cell::csv)).map_err(unwritten)?;
        }
        writer.into_inner().map_err(|error| unwritten(error.into_error()).into())
    }
}

impl Drop for ResultFile {
    fn drop(&mut self) {
        let (Some(mut to), Ok(runtime)) = (self.to.take(), Handle::try_current()) else { return };
        runtime.spawn(async move {
            if let Err(error) = to.abort().await {
                let error = files::Failure::from(error);
                warn!(%error, "the parts of an unfinished result were not taken back");
            }
        });
    }
}

impl Cell {
    fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Flag(flag) => Value::from(*flag),
            Self::Null => Value::Null,
        }
    }

    fn csv(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Flag(true) => "True",
            Self::Flag(false) => "False",
            Self::Null => "",
        }
    }
}

fn unwritten(error: impl std::error::Error + Send + Sync + 'static) -> object_store::Error {
    object_store::Error::Generic { store: "job results", source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::SeqCst},
        },
        time::Duration,
    };

    use futures_util::stream::BoxStream;
    use object_store::{
        CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
        ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
        memory::InMemory, path::Path,
    };

    use super::{Cell, ResultFile};
    use crate::domain::job::Format;

    async fn written(format: Format, pages: &[Vec<Vec<Cell>>]) -> String {
        let store = Arc::new(InMemory::new());
        let path = Path::from("x");
        let mut file = ResultFile::begin(store.clone(), path.clone(), format, &["b", "a"]);
        for page in pages {
            file.write(page).await.unwrap();
        }
        file.finish().await.unwrap();
        let bytes = store.get(&path).await.unwrap().bytes().await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn row(b: &str, a: Cell) -> Vec<Cell> {
        vec![Cell::Text(b.to_owned()), a]
    }

    /// A store on which every upload in parts is counted while it is neither finished nor taken back.
    #[derive(Debug, Default)]
    struct Counting {
        kept: InMemory,
        open: Arc<AtomicUsize>,
    }

    #[derive(Debug)]
    struct Counted(Box<dyn MultipartUpload>, Arc<AtomicUsize>);

    impl std::fmt::Display for Counting {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.kept.fmt(f)
        }
    }

    #[async_trait::async_trait]
    impl MultipartUpload for Counted {
        fn put_part(&mut self, part: PutPayload) -> UploadPart {
            self.0.put_part(part)
        }

        async fn complete(&mut self) -> Result<PutResult> {
            self.1.fetch_sub(1, SeqCst);
            self.0.complete().await
        }

        async fn abort(&mut self) -> Result<()> {
            self.1.fetch_sub(1, SeqCst);
            self.0.abort().await
        }
    }

    #[async_trait::async_trait]
    impl ObjectStore for Counting {
        async fn put_opts(&self, at: &Path, it: PutPayload, how: PutOptions) -> Result<PutResult> {
            self.kept.put_opts(at, it, how).await
        }

        async fn put_multipart_opts(
            &self,
            at: &Path,
            how: PutMultipartOptions,
        ) -> Result<Box<dyn MultipartUpload>> {
            let upload = self.kept.put_multipart_opts(at, how).await?;
            self.open.fetch_add(1, SeqCst);
            Ok(Box::new(Counted(upload, Arc::clone(&self.open))))
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

    /// A page of about two mebibytes.
    fn large_page() -> Vec<Vec<Cell>> {
        vec![row(&"b".repeat(1024), Cell::Flag(true)); 2048]
    }

    #[tokio::test]
    async fn a_file_of_many_parts_is_whole_when_it_is_there_and_one_that_is_dropped_leaves_none() {
        let store = Arc::new(Counting::default());
        let path = Path::from("x");
        let begun = || ResultFile::begin(store.clone(), path.clone(), Format::Csv, &["b", "a"]);

        let mut dropped = begun();
        for _ in 0..6 {
            dropped.write(&large_page()).await.unwrap();
        }
        assert_eq!(store.open.load(SeqCst), 1);
        drop(dropped);
        let taken_back = async {
            while store.open.load(SeqCst) > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), taken_back).await.unwrap();
        assert!(store.head(&path).await.is_err());

        let mut finished = begun();
        for _ in 0..6 {
            finished.write(&large_page()).await.unwrap();
        }
        finished.finish().await.unwrap();
        assert_eq!(store.open.load(SeqCst), 0);
        let length = "b,a\r\n".len() + 6 * 2048 * (1024 + ",True\r\n".len());
        assert_eq!(store.head(&path).await.unwrap().size, length as u64);
    }

    #[tokio::test]
    async fn a_store_that_speaks_s3_takes_the_parts_and_gives_back_the_whole() {
        let Some(url) = testkit::store_of_a_test::s3_url() else {
            println!("Not run: TEST_S3_URL names no store");
            return;
        };
        let (endpoint, bucket) = url.rsplit_once('/').unwrap();
        let settings = files::Settings {
            url: format!("s3://{bucket}/{}", uuid::Uuid::new_v4()),
            s3_endpoint: endpoint.to_owned(),
            s3_region: "us-east-1".to_owned(),
            s3_path_style: true,
            s3_allow_http: true,
        };
        let files = files::Files::open(&settings).unwrap();
        let path = Path::from("job-results/x.csv");
        let mut file =
            ResultFile::begin(files.store().clone(), path.clone(), Format::Csv, &["b", "a"]);
        for _ in 0..6 {
            file.write(&large_page()).await.unwrap();
        }
        file.finish().await.unwrap();

        let found = files.store().get(&path).await.unwrap();
        // S3 tells by the tag of how many parts an object was made.
        let tag = found.meta.e_tag.clone().unwrap();
        assert!(tag.trim_matches('"').ends_with("-3"), "{tag}");
        let text = String::from_utf8(found.bytes().await.unwrap().to_vec()).unwrap();
        let line = format!("{},True", "b".repeat(1024));
        assert!(text.starts_with("b,a\r\n") && text.ends_with(&format!("{line}\r\n")));
        assert_eq!(text.lines().skip(1).filter(|found| *found == line).count(), 6 * 2048);
    }

    #[tokio::test]
    async fn json_is_indented_by_four_with_members_in_alphabetical_order() {
        let pages = [vec![row("é\"", Cell::Flag(true))], vec![row("x", Cell::Null)]];
        let text = written(Format::Json, &pages).await;

        let expected = "[\n    {\n        \"a\": true,\n        \"b\": \"é\\\"\"\n    },\n    \
             {\n        \"a\": null,\n        \"b\": \"x\"\n    }\n]";
        assert_eq!(text, expected);
        assert_eq!(written(Format::Json, &[vec![]]).await, "[]");
    }

    #[tokio::test]
    async fn csv_has_one_header_crlf_and_quotes_only_where_needed() {
        let pages = [vec![row("a,b", Cell::Flag(false))], vec![row("=1", Cell::Null)]];

        assert_eq!(written(Format::Csv, &pages).await, "b,a\r\n\"a,b\",False\r\n=1,\r\n");
        assert_eq!(written(Format::Csv, &[vec![], vec![]]).await, "b,a\r\n");
    }
}
