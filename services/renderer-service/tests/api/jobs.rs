//! Jobs, and the events that answer them.

use events::renderer::{BULK, INTERACTIVE, RenderJob, RenderingFailed, RenderingFinished};
use messaging::{HandlerError, Message};
use model::Id;
use serde_json::{Value, json};

use crate::given::{
    App, app, app_with, eventually, operator, path_of, request, request_verified_by,
};

/// A job as the bus brings it.
pub fn job(sequence: i64, request: Value) -> Message {
    let job = RenderJob {
        job_id: format!("credential:{sequence}"),
        sequence: Some(sequence),
        bulk: false,
        request,
    };
    message(INTERACTIVE, serde_json::to_value(job).unwrap())
}

pub fn message(routing_key: &str, body: Value) -> Message {
    let routing_key = routing_key.to_owned();
    Message { id: Id::fresh(), routing_key, body, traceparent: None, attempt: 1 }
}

async fn failures(app: &App) -> Vec<RenderingFailed> {
    app.said::<RenderingFailed>().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_answered_with_the_record_of_a_document_that_is_there() {
    let app = app().await;

    app.receives(&job(1, request("Ada"))).await.unwrap();

    let finished = app.said::<RenderingFinished>().await;
    assert_eq!(finished.len(), 1);
    let answer = &finished[0];
    assert_eq!(
        (answer.job_id.as_str(), answer.sequence, answer.attempt),
        ("credential:1", Some(1), 1)
    );
    assert_eq!(answer.record["status"], "done");
    let file = app.anonymous().get(&path_of(&app, &answer.record, "pdf")).await;
    assert_eq!(file.status, 200);
    let location = format!("/v1/renders/{}", answer.record["render_id"].as_str().unwrap());
    assert_eq!(operator(&app).get(&location).await.json, answer.record);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_told_twice_is_answered_once() {
    let app = app().await;
    let job = job(1, request("Ada"));

    app.receives(&job).await.unwrap();
    let second = app.receives(&job).await;

    assert!(matches!(second, Err(HandlerError::AlreadyHandled)), "{second:?}");
    assert_eq!(app.said::<RenderingFinished>().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_jobs_for_one_document_are_both_answered_with_it() {
    let app = app().await;

    app.receives(&job(1, request("Ada"))).await.unwrap();
    app.receives(&job(1, request("Ada"))).await.unwrap();

    let finished = app.said::<RenderingFinished>().await;
    assert_eq!(finished.len(), 2);
    assert_eq!(finished[0].record, finished[1].record);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_job_is_a_job() {
    let app = app().await;
    let mut bulk = job(1, request("Ada"));
    bulk.routing_key = BULK.to_owned();

    app.receives(&bulk).await.unwrap();

    assert_eq!(app.said::<RenderingFinished>().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_can_never_succeed_fails_once_and_is_no_dead_letter() {
    let app = app().await;
    let mut wrong = request("Ada");
    wrong["data"]["issued_on"] = json!("14.3.2026");
    wrong["colour"] = json!("red");

    app.receives(&job(1, wrong)).await.unwrap();
    app.receives(&job(2, request("Ada \u{13000}"))).await.unwrap();

    let failures = failures(&app).await;
    let codes: Vec<_> = failures.iter().map(|each| (each.code.as_str(), each.retryable)).collect();
    assert_eq!(codes, [("invalid", false), ("missing_glyph", false)]);
    let inner: Vec<_> = failures[0].errors.iter().map(|each| each["code"].clone()).collect();
    assert!(inner.contains(&json!("bad_date")) && inner.contains(&json!("unknown_field")));
    assert_eq!(failures[0].job_id.as_deref(), Some("credential:1"));
    assert_eq!(failures[0].sequence, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_no_job_fails_and_is_a_dead_letter() {
    let app = app().await;
    let bodies = [
        json!({"job_id": "a b", "request": {}}),
        json!({"job_id": "named"}),
        json!([1, 2]),
        json!(null),
    ];

    for body in bodies {
        let answer = app.receives(&message(INTERACTIVE, body)).await;
        assert!(matches!(answer, Err(HandlerError::Reject(_))), "{answer:?}");
    }

    let failures = failures(&app).await;
    let told: Vec<_> =
        failures.iter().map(|each| (each.job_id.as_deref(), each.code.as_str())).collect();
    assert_eq!(
        told,
        [(None, "bad_json"), (Some("named"), "bad_json"), (None, "bad_json"), (None, "bad_json")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_may_succeed_later_comes_back_until_it_is_given_up() {
    let app = app().await;
    // A folder where a file has to be: the store cannot be written.
    let store = app.database.folder().join("store");
    std::fs::create_dir_all(&store).unwrap();
    std::fs::write(store.join("objects"), b"in the way").unwrap();
    let mut job = job(1, request("Ada"));

    let answer = app.receives(&job).await;
    assert!(matches!(answer, Err(HandlerError::Retry(_))), "{answer:?}");
    assert!(failures(&app).await.is_empty());

    job.attempt = 6;
    let answer = app.receives(&job).await;
    assert!(matches!(answer, Err(HandlerError::Reject(_))), "{answer:?}");
    let failures = failures(&app).await;
    assert_eq!(failures.len(), 1);
    assert_eq!((failures[0].code.as_str(), failures[0].attempt), ("store_unavailable", 6));
    assert!(failures[0].retryable);

    // An operator who mended it can have the dead letter tried again.
    std::fs::remove_file(store.join("objects")).unwrap();
    job.attempt = 1;
    app.receives(&job).await.unwrap();
    assert_eq!(app.said::<RenderingFinished>().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_takes_too_long_is_tried_again_before_it_is_given_up() {
    let app = app_with("[limits]\nwall_ms = 1\n").await;
    let mut job = job(1, request("Ada"));

    let early = app.receives(&job).await;
    assert!(matches!(early, Err(HandlerError::Retry(_))), "the machine may be busy: {early:?}");
    assert!(failures(&app).await.is_empty());
    job.attempt = 6;
    let last = app.receives(&job).await;

    assert!(matches!(last, Err(HandlerError::Reject(_))), "{last:?}");
    let failures = failures(&app).await;
    assert_eq!((failures[0].code.as_str(), failures[0].retryable), ("template_limit", true));
    assert!(failures[0].detail.starts_with("time"));
    eventually(&app.anonymous(), "/readyz", |answer| answer.status == 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_and_a_caller_get_the_same_document() {
    let app = app().await;
    let request = request_verified_by("0199c0de000070008000000000000001");
    app.receives(&job(1, request.clone())).await.unwrap();

    let answer = operator(&app).post("/v1/renders", request).await;

    assert_eq!(answer.status, 200);
    assert_eq!(answer.json, app.said::<RenderingFinished>().await[0].record);
}
