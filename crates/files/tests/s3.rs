//! A store that speaks S3: the one of `TEST_S3_URL`, and some that are none.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use files::{Failure, Files, Settings};
use futures_util::{StreamExt, TryStreamExt};
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, path::Path};
use uuid::Uuid;

/// How long a caller may have to wait for the news that there is no store.
const SECONDS: Duration = Duration::from_secs(10);

/// The bucket to test on, if there is one: `http://HOST:PORT/BUCKET`. Its credentials are in the usual
/// variables of AWS.
fn s3_url() -> Option<String> {
    std::env::var("TEST_S3_URL").ok().filter(|url| !url.is_empty())
}

/// An address at which nobody listens.
fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/bucket", listener.local_addr().unwrap())
}

fn settings(url: &str) -> Settings {
    let (endpoint, bucket) = url.rsplit_once('/').unwrap();
    Settings {
        url: format!("s3://{bucket}/{}", Uuid::new_v4()),
        s3_endpoint: endpoint.to_owned(),
        s3_region: "us-east-1".to_owned(),
        s3_path_style: true,
        s3_allow_http: true,
    }
}

fn credentials(key: &str, secret: &str) -> [(String, String); 2] {
    [("AWS_ACCESS_KEY_ID", key), ("AWS_SECRET_ACCESS_KEY", secret)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
}

/// A place of the test's own on the store that there is to test on.
fn given_files() -> Option<Files> {
    let Some(url) = s3_url() else {
        println!("Not run: TEST_S3_URL names no store");
        return None;
    };
    Some(Files::open(&settings(&url)).unwrap())
}

async fn read(files: &Files, name: &Path) -> Vec<u8> {
    files.store().get(name).await.unwrap().bytes().await.unwrap().to_vec()
}

#[tokio::test]
async fn a_file_is_there_until_it_is_removed() {
    let Some(files) = given_files() else { return };
    let name = Path::from("objects/ab/abcd");

    files.store().put(&name, "a document".into()).await.unwrap();
    assert_eq!(read(&files, &name).await, b"a document");
    assert_eq!(files.store().head(&name).await.unwrap().size, 10);
    files.store().delete(&name).await.unwrap();
    files.store().delete(&name).await.unwrap();

    let gone = files.store().get(&name).await.map(drop).unwrap_err();
    assert!(matches!(gone, Error::NotFound { .. }), "{gone}");
    let gone = files.store().head(&name).await.unwrap_err();
    assert!(matches!(gone, Error::NotFound { .. }), "{gone}");
}

#[tokio::test]
async fn a_file_that_is_there_is_not_overwritten_by_one_that_should_be_new() {
    let Some(files) = given_files() else { return };
    let name = Path::from("new");
    let create =
        |text: &'static str| files.store().put_opts(&name, text.into(), PutMode::Create.into());

    create("first").await.unwrap();
    let second = create("second").await.map(drop).unwrap_err();

    assert!(matches!(second, Error::AlreadyExists { .. }), "{second}");
    assert_eq!(read(&files, &name).await, b"first");
}

#[tokio::test]
async fn of_many_who_make_the_same_file_at_once_one_does() {
    let Some(files) = given_files() else { return };
    let name = Path::from("new");
    let makers = (0..16).map(|maker| {
        let (files, name) = (files.clone(), name.clone());
        async move {
            let text = format!("by {maker}");
            let put = files.store().put_opts(&name, text.clone().into(), PutMode::Create.into());
            put.await.is_ok().then_some(text)
        }
    });

    let made: Vec<_> = futures_util::future::join_all(makers).await.into_iter().flatten().collect();

    assert_eq!(made.len(), 1);
    assert_eq!(read(&files, &name).await, made[0].as_bytes());
}

#[tokio::test]
async fn prefixes_keep_services_apart_and_what_is_listed_has_none() {
    let (Some(one), Some(other)) = (given_files(), given_files()) else { return };
    one.store().put(&Path::from("a/b"), "x".into()).await.unwrap();

    let listed: Vec<_> =
        one.store().list(None).map_ok(|found| found.location).try_collect().await.unwrap();

    assert_eq!(listed, [Path::from("a/b")]);
    assert!(other.store().list(None).next().await.is_none());
}

#[tokio::test]
async fn a_long_file_goes_in_parts_and_is_not_seen_before_its_end() {
    let Some(files) = given_files() else { return };
    let name = Path::from("long");
    let part = vec![b'x'; 3 * 1024 * 1024];
    let mut file = files.begin(name.clone());

    for _ in 0..5 {
        file.write(part.clone().into()).await.unwrap();
        assert!(files.store().head(&name).await.is_err());
    }
    file.finish().await.unwrap();

    assert_eq!(read(&files, &name).await.len(), 15 * 1024 * 1024);
}

#[tokio::test]
async fn a_store_that_answers_is_reachable() {
    let Some(files) = given_files() else { return };
    assert!(files.is_reachable().await);
}

#[tokio::test]
async fn a_bucket_that_is_not_ours_or_nobodys_is_not_reachable() {
    let Some(url) = s3_url() else {
        println!("Not run: TEST_S3_URL names no store");
        return;
    };
    let mut settings = settings(&url);
    settings.url = "s3://somebody-elses".to_owned();

    assert!(!Files::open(&settings).unwrap().is_reachable().await);
}

#[tokio::test]
async fn wrong_credentials_are_told_without_them() {
    let Some(url) = s3_url() else {
        println!("Not run: TEST_S3_URL names no store");
        return;
    };
    let settings = settings(&url);
    for (key, code) in [("AKIAUNKNOWN", "InvalidAccessKeyId"), ("tests", "SignatureDoesNotMatch")] {
        let files = Files::open_with(&settings, credentials(key, "hidden-secret")).unwrap();

        assert!(!files.is_reachable().await);
        let error = files.store().get(&Path::from("x")).await.map(drop).unwrap_err();
        let told = Failure::from(error).to_string();

        assert_eq!(told, format!("the store answers 403 Forbidden ({code})"));
    }
}

#[tokio::test]
async fn a_store_at_which_nobody_listens_is_told_within_seconds() {
    let files = Files::open_with(&settings(&nowhere()), credentials("key", "hidden")).unwrap();
    let begun = Instant::now();

    let put = files.store().put(&Path::from("x"), "x".into()).await.unwrap_err();
    assert!(!files.is_reachable().await);

    assert!(begun.elapsed() < SECONDS, "{:?}", begun.elapsed());
    let told = Failure::from(put).to_string();
    assert!(told.contains("refused") && !told.contains("hidden"), "{told}");
}

#[tokio::test]
async fn a_store_that_says_nothing_is_given_up() {
    // Connections are made by the system; nobody takes them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/bucket", silent.local_addr().unwrap());
    let files = Files::open_with(&settings(&url), credentials("key", "hidden")).unwrap();
    let begun = Instant::now();

    assert!(!files.is_reachable().await);
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    let put = files.store().put_opts(&Path::from("x"), "x".into(), PutMode::Create.into()).await;

    assert!(put.is_err());
    assert!(begun.elapsed() < Duration::from_secs(16), "{:?}", begun.elapsed());
    drop(silent);
}
