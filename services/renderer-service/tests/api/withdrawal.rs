//! Revocations take documents back, in whatever order the news comes.

use events::badges::AssertionRevoked;
use events::credentials::{Achievement, CredentialRevoked, Learner, Of};
use events::renderer::{RenderingFailed, RenderingFinished};
use messaging::HandlerError;
use model::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::given::{App, app, operator, path_of, request_verified_by};
use crate::jobs::job;

pub const CREDENTIAL: Uuid = Uuid::from_u128(0x0199_c0de_0000_7000_8000_0000_0000_0001);

pub fn certificate() -> Value {
    request_verified_by(&CREDENTIAL.simple().to_string())
}

pub fn revoked(sequence: i64) -> CredentialRevoked {
    CredentialRevoked {
        credential_id: CREDENTIAL,
        sequence,
        learner: Learner { username: "khai".into(), name: None, email: None },
        achievement: Achievement {
            key: "course/1".into(),
            title: "Introduction".into(),
            description: "Completed".into(),
            organizations: Vec::new(),
            of: Of::Course { course_key: "course-v1:U+C+R".into(), mode: "verified".into() },
            url: None,
        },
        revoked_at: Timestamp::now(),
        reason: Some("issued in error".to_owned()),
        public_url: "https://example.org/credentials/1".into(),
    }
}

async fn finished(app: &App) -> Vec<Value> {
    app.said::<RenderingFinished>().await.into_iter().map(|each| each.record).collect()
}

async fn status_of(app: &App, record: &Value) -> (String, u16) {
    let location = format!("/v1/renders/{}", record["render_id"].as_str().unwrap());
    let status = operator(app).get(&location).await.json["status"].as_str().unwrap().to_owned();
    let path = format!("{location}/artifacts/Certificate.pdf");
    (status, app.anonymous().get(&path).await.status)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_is_seen_at_once() {
    let app = app().await;
    app.receives(&job(1, certificate())).await.unwrap();
    let record = &finished(&app).await[0];
    let path = path_of(&app, record, "pdf");
    // Once more, so that it comes from memory.
    assert_eq!(app.anonymous().get(&path).await.status, 200);
    assert_eq!(app.anonymous().get(&path).await.status, 200);

    app.hears(revoked(2)).await.unwrap();

    let gone = app.anonymous().get(&path).await;
    assert_eq!((gone.status, gone.json["code"].as_str()), (410, Some("withdrawn")));
    let location = format!("/v1/renders/{}", record["render_id"].as_str().unwrap());
    let tombstone = operator(&app).get(&location).await;
    assert_eq!(tombstone.json["status"], "withdrawn");
    assert_eq!(tombstone.json["artifacts"], json!([]));
    let verification = app.database.folder().join("store/verify");
    let file = verification.join(format!("{}.json", CREDENTIAL.simple()));
    let kept: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!((&kept["withdrawn_sequence"], &kept["render_id"]), (&json!(2), &json!(null)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_comes_after_its_revocation_ends_withdrawn() {
    let app = app().await;
    app.hears(revoked(2)).await.unwrap();

    app.receives(&job(1, certificate())).await.unwrap();

    assert!(finished(&app).await.is_empty());
    let failed = app.said::<RenderingFailed>().await;
    assert_eq!((failed[0].code.as_str(), failed[0].retryable), ("withdrawn", false));
    assert_eq!((failed[0].sequence, failed.len()), (Some(1), 1));
    // Its address says so, rather than that it never was.
    let again = operator(&app).post("/v1/renders", certificate()).await;
    assert_eq!((again.status, again.json["code"].as_str()), (410, Some("withdrawn")));
    assert!(!app.database.folder().join("store/objects").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_award_brings_the_same_document_back() {
    let app = app().await;
    app.receives(&job(1, certificate())).await.unwrap();
    let record = finished(&app).await.remove(0);
    let path = path_of(&app, &record, "pdf");
    let bytes = app.anonymous().get(&path).await.bytes;
    app.hears(revoked(2)).await.unwrap();

    app.receives(&job(3, certificate())).await.unwrap();

    let back = app.anonymous().get(&path).await;
    assert_eq!((back.status, back.bytes), (200, bytes));
    assert_eq!(finished(&app).await[1], record);
    assert_eq!(status_of(&app, &record).await, ("done".to_owned(), 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_document_of_the_same_certificate_stays_withdrawn() {
    let app = app().await;
    app.receives(&job(1, certificate())).await.unwrap();
    app.hears(revoked(2)).await.unwrap();
    let mut corrected = certificate();
    corrected["data"]["recipient"]["name"] = json!("Nguyễn Quang Khải II");

    app.receives(&job(3, corrected)).await.unwrap();

    let records = finished(&app).await;
    assert_ne!(records[0]["render_id"], records[1]["render_id"]);
    assert_eq!(status_of(&app, &records[0]).await, ("withdrawn".to_owned(), 410));
    assert_eq!(status_of(&app, &records[1]).await, ("done".to_owned(), 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_the_same_whatever_the_order() {
    for order in [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] {
        let app = app().await;
        let mut corrected = certificate();
        corrected["data"]["recipient"]["name"] = json!("Nguyễn Quang Khải II");
        for news in order {
            match news {
                1 => app.receives(&job(1, certificate())).await.unwrap(),
                2 => app.hears(revoked(2)).await.unwrap(),
                _ => app.receives(&job(3, corrected.clone())).await.unwrap(),
            }
        }

        let second = operator(&app).post("/v1/renders", corrected).await;
        assert_eq!(second.status, 200, "{order:?}");
        assert_eq!(status_of(&app, &second.json).await, ("done".to_owned(), 200), "{order:?}");
        let records = finished(&app).await;
        let of_first =
            records.iter().find(|record| record["render_id"] != second.json["render_id"]);
        if let Some(first) = of_first {
            assert_eq!(status_of(&app, first).await, ("withdrawn".to_owned(), 410), "{order:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_was_awarded_again_stays_when_its_first_job_comes_late() {
    for order in [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] {
        let app = app().await;
        for news in order {
            match news {
                2 => app.hears(revoked(2)).await.unwrap(),
                sequence => app.receives(&job(sequence, certificate())).await.unwrap(),
            }
        }

        // Nobody asks for it once more: that would bring it back.
        let record = finished(&app).await.remove(0);
        assert_eq!(status_of(&app, &record).await, ("done".to_owned(), 200), "{order:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_news_of_a_revocation_changes_nothing() {
    let app = app().await;
    app.receives(&job(3, certificate())).await.unwrap();

    app.hears(revoked(2)).await.unwrap();

    let record = finished(&app).await.remove(0);
    assert_eq!(status_of(&app, &record).await, ("done".to_owned(), 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn revocations_and_awards_at_the_same_time_end_as_the_newest_says() {
    let app = app().await;
    let mut news = Vec::new();
    for sequence in 1..=12_i64 {
        let message = if sequence % 2 == 1 {
            job(sequence, certificate())
        } else {
            app.message(revoked(sequence))
        };
        news.push(message);
    }
    let told = news.iter().map(|message| app.receives(message));
    for outcome in futures_util::future::join_all(told).await {
        outcome.unwrap();
    }

    let answer = operator(&app).post("/v1/renders", certificate()).await;
    assert_eq!((answer.status, answer.json["code"].as_str()), (410, Some("withdrawn")));
    app.receives(&job(13, certificate())).await.unwrap();
    let record = finished(&app).await.pop().unwrap();
    assert_eq!(status_of(&app, &record).await, ("done".to_owned(), 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_told_twice_is_heard_once() {
    let app = app().await;
    let message = app.message(revoked(2));

    app.receives(&message).await.unwrap();
    let second = app.receives(&message).await;

    assert!(matches!(second, Err(HandlerError::AlreadyHandled)), "{second:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_document_of_a_certificate_is_withdrawn() {
    let app = app().await;
    app.receives(&job(1, certificate())).await.unwrap();
    let mut letter = certificate();
    letter["page"] = json!("letter-portrait");
    let letter = operator(&app).post("/v1/renders", letter).await;
    assert_eq!(letter.status, 201);

    app.hears(revoked(2)).await.unwrap();

    for record in [&finished(&app).await[0], &letter.json] {
        assert_eq!(status_of(&app, record).await, ("withdrawn".to_owned(), 410));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_tells_no_sequence_gets_the_certificate_as_it_stands() {
    let app = app().await;
    app.hears(revoked(2)).await.unwrap();
    let refused = operator(&app).post("/v1/renders", certificate()).await;
    assert_eq!(refused.status, 410);
    app.receives(&job(3, certificate())).await.unwrap();

    let mut letter = certificate();
    letter["page"] = json!("letter-portrait");
    let letter = operator(&app).post("/v1/renders", letter).await;

    assert_eq!(letter.status, 201);
    assert_eq!(status_of(&app, &letter.json).await, ("done".to_owned(), 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_assertion_takes_what_verifies_by_its_id() {
    let app = app().await;
    app.receives(&job(1, certificate())).await.unwrap();
    let revoked = |assertion_id: &str| AssertionRevoked {
        assertion_id: assertion_id.to_owned(),
        sequence: 2,
        credential: None,
        revoked_at: Timestamp::now(),
        reason: None,
    };

    app.hears(revoked("not an id")).await.unwrap();
    let record = finished(&app).await.remove(0);
    assert_eq!(status_of(&app, &record).await.1, 200);

    app.hears(revoked("AZnA3gAAcACAAAAAAAAAAQ")).await.unwrap();
    assert_eq!(status_of(&app, &record).await.1, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_render_stays_deleted_when_its_certificate_is_awarded_again() {
    let app = app().await;
    app.receives(&job(1, certificate())).await.unwrap();
    let record = finished(&app).await.remove(0);
    let mut other = certificate();
    other["page"] = json!("letter-portrait");
    app.receives(&job(1, other.clone())).await.unwrap();
    let location = format!("/v1/renders/{}", record["render_id"].as_str().unwrap());
    assert_eq!(operator(&app).delete(&location).await.status, 204);

    app.hears(revoked(2)).await.unwrap();
    app.receives(&job(3, other)).await.unwrap();

    assert_eq!(status_of(&app, &record).await, ("withdrawn".to_owned(), 410));
}
