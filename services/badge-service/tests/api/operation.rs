//! What operators and machines ask.

use events::badges::AssertionIssued;
use messaging::HandlerError;
use testkit::{
    TestApp,
    store_of_a_test::{nowhere, s3_toml, s3_url},
};
use uuid::Uuid;

use crate::given::{self, App, award};

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_service_says_so() {
    let app = given::app().await;

    let answer = app.anonymous().get("/health").await;

    assert_eq!((answer.status, answer.json["status"].as_str()), (200, Some("OK")));
    assert_eq!(answer.json["checks"]["database"], "OK");
    assert_eq!(answer.json["checks"]["storage"], "OK");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_store_is_away_an_award_waits_and_pictures_are_asked_for_again() {
    if s3_url().is_none() {
        println!("Not run: TEST_S3_URL names no store, so there are no credentials");
        return;
    }
    let app: App = TestApp::start_with(&format!("[storage]\n{}", s3_toml(&nowhere()))).await;
    let picture = format!("/media/{}.png", "0".repeat(64));

    let answer = app.anonymous().get(&picture).await;
    assert_eq!((answer.status, answer.json["code"].as_str()), (503, Some("store_unavailable")));
    assert_eq!(answer.header("retry-after"), "5");
    let heard = app.hears(award(Uuid::new_v4(), 1)).await;
    assert!(matches!(heard, Err(HandlerError::Retry(_))), "{heard:?}");
    assert_eq!(app.said::<AssertionIssued>().await, []);

    let health = app.anonymous().get("/health").await;
    assert_eq!((health.status, &health.json["checks"]["storage"]), (503, &"UNAVAILABLE".into()));
    // What is no picture is served as ever.
    let ready = app.anonymous().get("/health/ready").await;
    assert_eq!((ready.status, ready.json["status"].as_str()), (200, Some("DEGRADED")));
    assert_eq!(ready.json["checks"]["files"], "UNAVAILABLE");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_of_older_configurations_is_still_one() {
    let app: App = TestApp::start_with("[storage]\nfolder = \"{folder}/older\"\n").await;

    app.hears(award(Uuid::new_v4(), 1)).await.unwrap();

    let kept = std::fs::read_dir(app.database.folder().join("older")).unwrap();
    assert!(kept.count() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_root_says_what_this_is_and_robots_may_read_badges() {
    let app = given::app().await;

    let home = app.anonymous().get("/").await;
    let robots = app.anonymous().get("/robots.txt").await;

    assert!(home.text().contains("/api-docs/"), "{}", home.text());
    assert!(home.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(robots.status, 200);
    assert!(!robots.text().contains("/public"), "{}", robots.text());
}
