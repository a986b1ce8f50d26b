//! What operators and machines ask.

use crate::given;

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_service_says_so() {
    let app = given::app().await;

    let answer = app.anonymous().get("/health").await;

    assert_eq!((answer.status, answer.json["status"].as_str()), (200, Some("OK")));
    assert_eq!(answer.json["checks"]["database"], "OK");
    assert_eq!(answer.json["checks"]["storage"], "OK");
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
