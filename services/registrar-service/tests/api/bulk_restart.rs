//! A process dies in the middle of a request with thousands of rows, and another goes on with it.

use reqwest::Method;
use serde_json::json;
use testkit::{Answer, Client, TestDatabase};

use crate::{
    bulk::{CSV, PATH},
    process::Process,
    scene::until,
};

/// Rows of the request that is cut off.
const ROWS: i64 = 10_000;

const ENROLLED: &str = "SELECT count(*) FROM program_enrollments";

fn body() -> String {
    let row = |n| format!("learner-{n},{}\n", if n % 2 == 0 { "enrolled" } else { "pending" });
    "student_key,status\n".to_owned() + &(0..ROWS).map(row).collect::<String>()
}

fn request(client: &Client, method: Method, body: &str) -> reqwest::RequestBuilder {
    let request = client.request(method, PATH).header("Content-Type", CSV);
    request.header("Idempotency-Key", "one").body(body.to_owned())
}

/// The answer, once nobody is believed to be busy with the same request.
async fn answer(process: &Process, body: &str) -> Answer {
    let writer = process.caller("writer");
    until(|| async {
        let answer = writer.send(request(&writer, Method::POST, body)).await;
        (answer.status != 409).then_some(answer)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_lost_its_process_goes_on_where_it_was_and_is_answered_as_one() {
    let database = TestDatabase::create();
    Process::import(&database, 0).await;
    let bulk = "[bulk]\nlease_s = 2\n";
    let first = Process::start(&database, bulk).await;
    let cut_off = tokio::spawn(request(&first.caller("writer"), Method::POST, &body()).send());
    until(|| async { (first.number(ENROLLED).await > 0).then_some(()) }).await;
    first.die();
    assert!(cut_off.await.unwrap().is_err(), "there was an answer");

    let next = Process::start(&database, bulk).await;
    let done = next.number(ENROLLED).await;
    assert!(0 < done && done < ROWS, "it was not cut off in the middle: {done}");
    let other = answer(&next, "student_key,status\nx,ended\n").await;
    assert_eq!(other.status, 422, "the rest belongs to the same body");
    let whole = answer(&next, &body()).await;
    assert_eq!(whole.status, 200, "{}", whole.text());
    assert_eq!(whole.json.as_object().map(|rows| rows.len() as i64), Some(ROWS));
    assert_eq!(
        (&whole.json["learner-0"], &whole.json["learner-1"]),
        (&json!("enrolled"), &json!("pending"))
    );
    assert_eq!(next.number(ENROLLED).await, ROWS);
    let told = "FROM outbox WHERE routing_key = 'registrar.enrollment.changed.v1'";
    assert_eq!(next.number(&format!("SELECT count(*) {told}")).await, ROWS);
    let last = "SELECT max(sequence) FROM program_enrollments";
    assert_eq!(next.number(last).await, 1, "no row was done twice");
    next.end();

    let later = Process::start(&database, bulk).await;
    let again = answer(&later, &body()).await;
    assert_eq!((again.status, again.bytes), (200, whole.bytes));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_lost_its_process_on_its_way_begins_anew() {
    let database = TestDatabase::create();
    Process::import(&database, 0).await;
    let process = Process::start(&database, "").await;
    process
        .execute(
            "INSERT INTO bulk_writes (id, user_id, idempotency_key, target, holder, lease_ends_at,
             expires_at) SELECT '00000000-0000-4000-8000-000000000001', id, 'one',
             'POST masters-in-cs', '00000000-0000-4000-8000-000000000002',
             '2020-01-01T00:00:00.000000Z', '2999-01-01T00:00:00.000000Z' FROM users
             WHERE username = 'writer';
             INSERT INTO bulk_rows (bulk_id, number, name, student_key, status)
             VALUES ('00000000-0000-4000-8000-000000000001', 1, 'lost', 'lost', 'enrolled')",
        )
        .await;

    let answer = answer(&process, "student_key,status\na,ended\n").await;
    assert_eq!((answer.status, answer.json), (200, json!({"a": "ended"})));
    assert_eq!(process.number(ENROLLED).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_requests_are_forgotten_with_their_rows_and_running_ones_are_not() {
    let database = TestDatabase::create();
    Process::import(&database, 0).await;
    let process = Process::start(&database, "").await;
    let writer = process.caller("writer");
    for key in ["old", "new", "running"] {
        let body = format!("student_key,status\n{key},ended\n");
        let request = writer.request(Method::POST, PATH).header("Content-Type", CSV);
        let sent = request.header("Idempotency-Key", key).body(body);
        assert_eq!(writer.send(sent).await.status, 200);
    }
    process
        .execute(
            "UPDATE bulk_writes SET expires_at = '2020-01-01T00:00:00.000000Z'
             WHERE idempotency_key <> 'new';
             UPDATE bulk_writes SET holder = id, lease_ends_at = '2999-01-01T00:00:00.000000Z'
             WHERE idempotency_key = 'running'",
        )
        .await;
    process.end();

    let next = Process::start(&database, "").await;
    until(|| async {
        let rows = next.number("SELECT count(*) FROM bulk_rows").await;
        (rows < 3).then(|| assert_eq!(rows, 2))
    })
    .await;
    let old = "SELECT count(*) FROM bulk_writes WHERE idempotency_key = 'old'";
    assert_eq!(next.number(old).await, 0);
}
