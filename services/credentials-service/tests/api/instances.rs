//! Several processes of the service on one database.

use std::time::{Duration, Instant};

use events::credentials::CredentialAwarded;
use serde_json::{Value, json};

use crate::{
    given::{self, DOT, LIST, award, course_award, created, page},
    issuing::{ISSUE, course},
};

/// How long one process may not know what another did.
const A_SECOND: Duration = Duration::from_secs(1);

/// Asks until `is_known`; whoever asks after a second has to be told.
async fn soon<Asked: Future<Output = bool>>(is_known: impl Fn() -> Asked) {
    let begun = Instant::now();
    loop {
        let asked_after = begun.elapsed();
        if is_known().await {
            return;
        }
        assert!(asked_after < A_SECOND, "not known after {asked_after:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_one_process_revoked_is_not_shown_by_another_for_longer_than_a_second() {
    let first = given::app().await;
    let second = first.another().await;
    let made = award(&first, "pat").await;
    for app in [&first, &second] {
        assert_eq!(app.anonymous().get(&page(&made)).await.status, 200, "and now it is in memory");
    }

    given::revoke(&first, &made).await;

    assert_eq!(first.anonymous().get(&page(&made)).await.status, 404, "at once");
    let stranger = second.anonymous();
    soon(|| async { stranger.get(&page(&made)).await.status == 404 }).await;
    award(&second, "pat").await;
    assert_eq!(first.anonymous().get(&page(&made)).await.status, 200, "what is gone is not kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_changed_is_known_everywhere_within_a_second() {
    let first = given::app().await;
    let nowhere = || async { first.anonymous().get("/nowhere").await.text() };
    assert!(!nowhere().await.contains("Another name"));

    given::in_tables(&first, "UPDATE sites SET name = 'Another name'").await;

    soon(|| async { nowhere().await.contains("Another name") }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_award_shows_what_another_process_changed_a_moment_before() {
    let first = given::app().await;
    let second = first.another().await;
    let (first_lms, second_lms) = (first.administrator(), second.administrator());
    let configuration = given::course_configuration(&first).await;
    let person = json!({"name": "Dr. Ada Byron", "title": "Professor", "image": DOT});
    let person = created(first_lms.post("/api/v1/signatories/", person).await);
    award(&first, "lin").await;
    award(&second, "pat").await;

    let path = format!("/api/v1/course-certificates/{}/", configuration["id"]);
    let signed = given::with(configuration, "signatories", json!([person["id"]]));
    assert_eq!(first_lms.put(&path, signed).await.status, 200);
    award(&second, "pat").await;

    let asked: Vec<Value> = second.said_as("render.request.interactive").await;
    let signatories = |job: &Value| job["request"]["data"]["signatories"].clone();
    let told: Vec<Value> = asked.iter().map(signatories).collect();
    assert_eq!(told[0], json!([]), "nobody signed");
    assert_eq!(told[1][0]["name"], "Dr. Ada Byron");
    assert!(told[1][0]["image"].is_string());

    let renamed = json!({"name": "Prof. Ada Byron", "title": "Professor"});
    let path = format!("/api/v1/signatories/{}/", person["id"]);
    assert_eq!(second_lms.put(&path, renamed).await.status, 200);
    award(&first, "pat").await;
    let asked: Vec<Value> = first.said_as("render.request.interactive").await;
    assert_eq!(asked.len(), 3, "nobody knows lin's name");
    assert_eq!(signatories(&asked[2])[0]["name"], "Prof. Ada Byron");
}

#[tokio::test(flavor = "multi_thread")]
async fn awards_by_several_processes_make_one_credential_that_is_told_once() {
    let first = given::app().await;
    let second = first.another().await;
    given::course_configuration(&first).await;
    let mut posts = Vec::new();
    for n in 0..16 {
        let lms = if n % 2 == 0 { first.administrator() } else { second.administrator() };
        posts.push(tokio::spawn(async move {
            match n % 4 {
                0 | 1 => lms.post(LIST, course_award("pat")).await.status,
                _ => lms.post(ISSUE, json!([course("lin"), course("pat")])).await.status,
            }
        }));
    }
    for post in posts {
        assert!(matches!(post.await.unwrap(), 201 | 207));
    }

    let told: Vec<CredentialAwarded> = first.said().await;
    let mut learners: Vec<String> = told.into_iter().map(|event| event.learner.username).collect();
    learners.sort();
    assert_eq!(learners, ["lin", "pat"]);
    let again = created(second.administrator().post(LIST, course_award("pat")).await);
    assert_eq!(first.administrator().get(&given::item(&again)).await.json["status"], "awarded");
}
