mod listing;
mod watched;

use std::sync::Arc;

use bytes::Bytes;
use object_store::{Error, ObjectStore, ObjectStoreExt, path::Path};

use self::watched::{Step, Watched};
use super::{PART_BYTES, Upload};
use crate::{Files, Settings};

const NAME: &str = "folder/x";

/// Bytes of which no two parts are alike, in pieces that end anywhere in a part.
fn pieces(length: usize) -> Vec<Bytes> {
    let bytes: Vec<u8> = (0..length).map(|n| (n / 1000) as u8).collect();
    bytes.chunks(PART_BYTES / 3 + 7).map(Bytes::copy_from_slice).collect()
}

fn files_on(store: &Arc<Watched>) -> Files {
    let memory = Settings { url: "memory:".to_owned(), ..Settings::default() };
    Files { store: Arc::<Watched>::clone(store), ..Files::open(&memory).unwrap() }
}

async fn written(mut file: Upload, pieces: Vec<Bytes>) -> object_store::Result<()> {
    for piece in pieces {
        file.write(piece).await?;
    }
    file.finish().await
}

async fn found(store: &dyn ObjectStore) -> Option<Bytes> {
    match store.get(&Path::from(NAME)).await {
        Ok(found) => Some(found.bytes().await.unwrap()),
        Err(Error::NotFound { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn what_is_shorter_than_a_part_goes_at_once() {
    for length in [0, 1, PART_BYTES - 1] {
        let store = Arc::new(Watched::default());
        let files = files_on(&store);

        written(files.begin(NAME.into()), pieces(length)).await.unwrap();

        assert!(found(&*store).await.unwrap() == pieces(length).concat());
        assert_eq!(store.begun(), 0);
    }
}

#[tokio::test]
async fn what_is_longer_goes_in_parts_of_one_length() {
    for (length, last) in [(3 * PART_BYTES, None), (3 * PART_BYTES + 9, Some(9))] {
        let store = Arc::new(Watched::default());
        let files = files_on(&store);

        written(files.begin(NAME.into()), pieces(length)).await.unwrap();

        assert!(found(&*store).await.unwrap() == pieces(length).concat());
        let parts: Vec<_> = [PART_BYTES; 3].into_iter().chain(last).collect();
        assert_eq!((store.parts(), store.left()), (parts, 0));
    }
}

#[tokio::test]
async fn whatever_it_is_dropped_at_it_leaves_nothing() {
    for step in [Step::Begin, Step::Part, Step::Complete] {
        let store = Arc::new(Watched { waits_at: Some(step), ..Watched::default() });
        let files = files_on(&store);

        let writing = tokio::spawn(written(files.begin(NAME.into()), pieces(4 * PART_BYTES)));
        store.has_come().await;
        writing.abort();
        assert!(writing.await.unwrap_err().is_cancelled());
        store.go_on();
        files.settled().await;

        assert_eq!((store.begun(), store.left()), (1, 0), "{step:?}");
        assert_eq!(found(&*store).await, None, "{step:?}");
    }
}

#[tokio::test]
async fn what_is_dropped_between_two_writes_leaves_nothing() {
    let store = Arc::new(Watched::default());
    let files = files_on(&store);
    let mut file = files.begin(NAME.into());
    for piece in pieces(2 * PART_BYTES) {
        file.write(piece).await.unwrap();
    }
    assert_eq!(store.left(), 1);

    // As a thread of the database may, which has no runtime.
    std::thread::spawn(|| drop(file)).join().unwrap();
    files.settled().await;

    assert_eq!((store.begun(), store.left()), (1, 0));
}

#[tokio::test]
async fn what_the_store_refuses_leaves_nothing() {
    for step in [Step::Begin, Step::Part, Step::Complete] {
        let store = Arc::new(Watched { refuses: Some(step), ..Watched::default() });
        let files = files_on(&store);

        written(files.begin(NAME.into()), pieces(4 * PART_BYTES)).await.unwrap_err();
        files.settled().await;

        assert_eq!(store.left(), 0, "{step:?}");
        assert_eq!(found(&*store).await, None, "{step:?}");
    }
}

#[tokio::test]
async fn a_store_that_speaks_s3_keeps_no_parts_of_what_was_dropped() {
    let Some((files, listing)) = listing::given() else { return };
    let mut file = files.begin(NAME.into());
    for piece in pieces(3 * PART_BYTES) {
        file.write(piece).await.unwrap();
    }
    assert_eq!(listing.uploads().await, 1);

    drop(file);
    files.settled().await;

    assert_eq!(listing.uploads().await, 0);
    assert_eq!(found(&*files.store).await, None);
}

#[tokio::test]
async fn a_store_that_speaks_s3_makes_the_parts_one() {
    let Some((files, listing)) = listing::given() else { return };

    written(files.begin(NAME.into()), pieces(3 * PART_BYTES + 9)).await.unwrap();

    assert_eq!(listing.uploads().await, 0);
    // S3 tells by the tag of how many parts an object was made.
    let tag = files.store.head(&NAME.into()).await.unwrap().e_tag.unwrap();
    assert!(tag.trim_matches('"').ends_with("-4"), "{tag}");
    assert!(found(&*files.store).await.unwrap() == pieces(3 * PART_BYTES + 9).concat());
}
