//! Writing enrollments, status by status.

use events::registrar::EnrollmentChanged;
use reqwest::Method;
use serde_json::{Value, json};

use crate::scene::School;

const PATH: &str = "/api/v1/programs/masters-in-cs/enrollments";

fn item(key: &str, status: &str) -> Value {
    json!({"student_key": key, "status": status})
}

#[tokio::test(flavor = "multi_thread")]
async fn learners_are_enrolled_once_and_each_is_told_once() {
    let school = School::start().await;
    let writer = school.caller("writer");

    let body = json!([item("b", "enrolled"), item("a", "pending")]);
    let first = writer.post(PATH, body.clone()).await;
    let again = writer.post("/api/v2/programs/masters-in-cs/enrollments/", body).await;

    assert_eq!((first.status, first.text()), (200, r#"{"a":"pending","b":"enrolled"}"#.into()));
    assert_eq!((again.status, again.json), (422, json!({"a": "conflict", "b": "conflict"})));
    let told = school.app.said::<EnrollmentChanged>().await;
    assert_eq!(told.len(), 2);
    let b = told.iter().find(|event| event.student_key == "b").unwrap();
    assert_eq!((b.sequence, b.status.as_str(), &b.account), (1, "enrolled", &None));
    assert_eq!((b.program_key.as_str(), b.organization_key.as_str()), ("masters-in-cs", "school"));
    let uuid = "11111111-1111-4111-8111-111111111111".parse().unwrap();
    assert_eq!(b.program_uuid, Some(uuid));
}

#[tokio::test(flavor = "multi_thread")]
async fn some_success_is_207_and_none_is_422() {
    let school = School::start().await;
    let writer = school.caller("writer");
    writer.post(PATH, json!([item("known", "enrolled")])).await;

    let mixed = writer
        .post(
            PATH,
            json!([
                item("new", "ended"),
                item("known", "enrolled"),
                item("twice", "enrolled"),
                item("twice", "enrolled"),
                item("odd", "active"),
            ]),
        )
        .await;
    assert_eq!(mixed.status, 207);
    assert_eq!(
        mixed.json,
        json!({"known": "conflict", "new": "ended", "odd": "invalid-status",
               "twice": "duplicated"})
    );
    let none = writer.post(PATH, json!([])).await;
    assert_eq!((none.status, none.json), (422, json!({})));
}

#[tokio::test(flavor = "multi_thread")]
async fn any_status_may_follow_any_other_and_only_changes_are_told() {
    let school = School::start().await;
    let writer = school.caller("writer");
    writer.post(PATH, json!([item("a", "ended")])).await;

    let unchanged = writer.patch(PATH, json!([item("a", "ended")])).await;
    assert_eq!((unchanged.status, unchanged.json), (200, json!({"a": "ended"})));
    for status in ["enrolled", "canceled", "suspended"] {
        let changed = writer.patch(PATH, json!([item(" a", status)])).await;
        assert_eq!((changed.status, changed.json), (200, json!({" a": status})));
    }
    let missing = writer.patch(PATH, json!([item("b", "ended"), item("a", "x")])).await;
    assert_eq!(missing.status, 422);
    assert_eq!(missing.json, json!({"a": "invalid-status", "b": "not-in-program"}));

    let told = school.app.said::<EnrollmentChanged>().await;
    let sequences: Vec<_> = told.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, [1, 2, 3, 4]);
    assert_eq!(told.last().map(|event| event.status.as_str()), Some("suspended"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_request_does_nothing_and_says_what_is_wrong_first() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let many: Vec<Value> = (0..26).map(|n| item(&n.to_string(), "enrolled")).collect();
    let no_key = "expected request dicts to have string value for \"student_key\"";
    let no_status = "expected request dicts to have string value for \"status\"";

    for (body, status, expected) in [
        (json!({}), 400, json!(["expected request body type: List"])),
        (Value::Null, 400, json!(["expected request body type: List"])),
        (Value::Array(many), 413, json!({"detail": "Enrollment limit 25"})),
        (
            json!([item("a", "enrolled"), 7]),
            400,
            json!(["expected items in request to be of type Dict"]),
        ),
        (json!([{"student_key": 5, "status": "enrolled"}]), 400, json!([no_key])),
        (json!([{"status": 5}]), 400, json!([no_key])),
        (json!([item(" ", "enrolled")]), 400, json!([no_key])),
        (json!([{"student_key": "a", "status": null}]), 400, json!([no_status])),
        (
            json!([item(&"x".repeat(256), "enrolled")]),
            400,
            json!(["student_key must be at most 255 characters"]),
        ),
        (
            json!([item("a\0b", "enrolled")]),
            400,
            json!(["student_key must not contain null characters"]),
        ),
    ] {
        for method in [Method::POST, Method::PATCH] {
            let answer = writer.send(writer.request(method, PATH).json(&body)).await;
            assert_eq!((answer.status, &answer.json), (status, &expected), "{body}");
        }
    }
    assert!(school.app.said::<EnrollmentChanged>().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_json_is_read_and_forms_are_no_lists() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let send = |kind: &'static str, body: &'static [u8]| {
        let request = writer.request(Method::POST, PATH).header("Content-Type", kind).body(body);
        writer.send(request)
    };

    let text = send("text/plain", b"[]").await;
    assert_eq!(text.status, 415);
    assert_eq!(text.json, json!({"detail": "Unsupported media type \"text/plain\" in request."}));
    for body in [&b"[{"[..], b"[NaN]", b"[\"\xff\"]"] {
        let broken = send("application/json", body).await;
        assert_eq!(broken.status, 400);
        let detail = broken.json["detail"].as_str().unwrap_or_default();
        assert!(detail.starts_with("JSON parse error - "), "{detail}");
    }
    let charset = send("application/json; charset=utf-8", b"[]").await;
    assert_eq!(charset.status, 422);
    let form = writer.post_form(PATH, &[("student_key", "a"), ("status", "enrolled")]).await;
    assert_eq!(form.json, json!(["expected request body type: List"]));
    let empty = writer.send(writer.request(Method::POST, PATH)).await;
    assert_eq!((empty.status, empty.json), (400, json!(["expected request body type: List"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_go_from_program_to_permission_to_method_to_body() {
    let school = School::start().await;
    let broken = |username: &str, path: &str| {
        let client = school.caller(username);
        let request = client.request(Method::POST, path).header("Content-Type", "text/plain");
        async move { client.send(request.body("{")).await.status }
    };

    assert_eq!(broken("neighbour", "/api/v1/programs/nope/enrollments").await, 404);
    assert_eq!(broken("neighbour", PATH).await, 403);
    assert_eq!(broken("reader", PATH).await, 403, "to read is not to write");
    assert_eq!(broken("root", "/api/v1/programs/micro/enrollments").await, 403);
    assert_eq!(broken("writer", PATH).await, 415);
    assert_eq!(broken("math_writer", "/api/v1/programs/masters-in-math/enrollments").await, 415);
    for method in [Method::PUT, Method::DELETE] {
        let stranger = school.caller("stranger");
        let answer = stranger.send(stranger.request(method.clone(), PATH)).await;
        assert_eq!(answer.status, 405, "any caller learns that there is no {method}");
        assert_eq!(answer.header("allow"), "GET, POST, PATCH, OPTIONS");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_needs_the_permission_of_get_and_starts_nothing() {
    let school = School::start().await;
    let head = |username: &str| {
        let client = school.caller(username);
        async move { client.send(client.request(Method::HEAD, PATH)).await.status }
    };

    assert_eq!(head("viewer").await, 403);
    assert_eq!(head("reader").await, 405);
    let jobs = school.caller("reader").get("/api/v1/jobs").await;
    assert_eq!(jobs.json, json!([]));
    let options = school.caller("stranger");
    let answer = options.send(options.request(Method::OPTIONS, PATH)).await;
    assert_eq!((answer.status, answer.header("allow")), (200, "GET, POST, PATCH, OPTIONS"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_enroll_the_same_learner_at_once_exactly_one_does() {
    let school = School::start().await;
    let writer = school.caller("writer");

    for round in 0..5 {
        let keys = [format!("x{round}"), format!("y{round}")];
        let forth = json!([item(&keys[0], "enrolled"), item(&keys[1], "enrolled")]);
        let back = json!([item(&keys[1], "enrolled"), item(&keys[0], "enrolled")]);
        let (first, second) = tokio::join!(writer.post(PATH, forth), writer.post(PATH, back));
        for key in &keys {
            let mut results = [&first.json[key], &second.json[key]];
            results.sort_by_key(|result| result.to_string());
            assert_eq!(results, ["conflict", "enrolled"], "{first:?} {second:?}");
        }
    }
    assert_eq!(school.app.said::<EnrollmentChanged>().await.len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_change_one_learner_at_once_none_fails_and_no_change_is_counted_twice() {
    let school = School::start().await;
    let writer = school.caller("writer");
    writer.post(PATH, json!([item("a", "pending")])).await;

    let changes = (0..10).map(|n| {
        let status = if n % 2 == 0 { "enrolled" } else { "suspended" };
        writer.patch(PATH, json!([item("a", status)]))
    });
    for answer in futures_util::future::join_all(changes).await {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let told = school.app.said::<EnrollmentChanged>().await;
    let mut sequences: Vec<_> = told.iter().map(|event| event.sequence).collect();
    sequences.sort_unstable();
    let expected: Vec<i64> = (1..).take(sequences.len()).collect();
    assert_eq!(sequences, expected);
}
