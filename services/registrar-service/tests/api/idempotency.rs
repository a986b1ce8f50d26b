//! The same request again: once in effect, one answer.

use events::registrar::EnrollmentChanged;
use reqwest::Method;
use serde_json::json;
use testkit::{Answer, Client, Lms};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    bulk::{CSV, JSON_LINES, PATH, lines},
    scene::{School, until},
};

async fn post(client: &Client, key: &str, path: &str, kind: &str, body: &str) -> Answer {
    let request = client.request(Method::POST, path).header("Content-Type", kind);
    client.send(request.header("Idempotency-Key", key).body(body.to_owned())).await
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

/// How many requests are remembered.
async fn kept(school: &School) -> i64 {
    count(school, "bulk_writes").await
}

/// How many rows there are of a table, or of some in it.
async fn count(school: &School, rows: &str) -> i64 {
    let count = diesel::sql_query(format!("SELECT count(*) AS count FROM {rows}"));
    let read = school.app.db().read(move |conn| {
        Ok::<_, database::Error>(diesel::RunQueryDsl::get_result::<Count>(count, conn)?.count)
    });
    read.await.unwrap()
}

/// How many changes were told.
async fn told(school: &School) -> usize {
    school.app.said::<EnrollmentChanged>().await.len()
}

/// A request whose body is still on its way.
struct Slow {
    stream: TcpStream,
    rest: String,
}

impl Slow {
    /// Sends a request and the first half of its body.
    async fn begin(school: &School, key: &str, body: &str) -> Self {
        let address = school.app.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).await.unwrap();
        let token = Lms::token(&Lms::claims("writer"));
        let (first, rest) = body.split_at(body.len() / 2);
        let head = format!(
            "POST {PATH} HTTP/1.1\r\nHost: {address}\r\nAuthorization: JWT {token}\r\n\
             Content-Type: {JSON_LINES}\r\nIdempotency-Key: {key}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{first}",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        Self { stream, rest: rest.to_owned() }
    }

    /// Hangs up as a caller does whose network or process is gone.
    fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }

    /// Sends the rest, and reads the answer.
    async fn end(mut self) -> String {
        self.stream.write_all(self.rest.as_bytes()).await.unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_again_gets_the_same_answer_byte_for_byte() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let rows: Vec<(String, &str)> =
        (0..1000).map(|n| (format!("k{n}"), if n % 7 == 0 { "x" } else { "ended" })).collect();
    let rows: Vec<(&str, &str)> =
        rows.iter().map(|(key, status)| (key.as_str(), *status)).collect();
    let body = lines(&rows);

    let first = post(&writer, "one", PATH, JSON_LINES, &body).await;
    let again = post(&writer, "one", &format!("{PATH}/"), JSON_LINES, &body).await;
    let without = post(&writer, "two", PATH, JSON_LINES, &body).await;

    assert_eq!((first.status, first.json["k1"].as_str()), (207, Some("ended")));
    assert_eq!((again.status, &again.bytes), (207, &first.bytes));
    assert_eq!((without.status, without.json["k1"].as_str()), (422, Some("conflict")));
    let done = rows.iter().filter(|(_, status)| *status == "ended").count();
    assert_eq!(told(&school).await, done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stands_for_one_request_of_one_caller() {
    let school = School::start().await;
    let (writer, root) = (school.caller("writer"), school.caller("root"));
    let (body, other) = (lines(&[("a", "enrolled")]), lines(&[("b", "enrolled")]));
    let elsewhere = PATH.replace("masters-in-cs", "masters-in-math");
    let reused = json!({"detail": "This Idempotency-Key was used for another request."});
    assert_eq!(post(&writer, "key", PATH, JSON_LINES, &body).await.status, 200);

    for (path, kind, body) in
        [(PATH, JSON_LINES, &other), (PATH, CSV, &body), (&*elsewhere, JSON_LINES, &body)]
    {
        let answer = post(&writer, "key", path, kind, body).await;
        assert_eq!((answer.status, &answer.json), (422, &reused), "{path} {kind} {body}");
    }
    let put = writer.request(Method::PUT, PATH).header("Content-Type", JSON_LINES);
    let put = writer.send(put.header("Idempotency-Key", "key").body(body.clone())).await;
    assert_eq!((put.status, &put.json), (422, &reused));
    assert_eq!(post(&writer, "key", PATH, JSON_LINES, &body).await.json, json!({"a": "enrolled"}));
    let of_another = post(&root, "key", PATH, JSON_LINES, &other).await;
    assert_eq!((of_another.status, of_another.json), (200, json!({"b": "enrolled"})));
    for wrong in ["", "a b", &"x".repeat(256)] {
        let answer = post(&writer, wrong, PATH, JSON_LINES, &body).await;
        let text = "Idempotency-Key must have 1 to 255 visible ASCII characters";
        assert_eq!((answer.status, answer.json), (400, json!([text])), "{wrong:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_taken_while_its_request_runs_and_used_up_by_neither_refusal_nor_dry_run() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let body = lines(&[("a", "enrolled"), ("b", "enrolled")]);

    let slow = Slow::begin(&school, "key", &body).await;
    until(|| async { (kept(&school).await == 1).then_some(()) }).await;
    let running = json!({"detail": "A request with this Idempotency-Key is still running."});
    for body in [&*body, "{"] {
        let answer = post(&writer, "key", PATH, JSON_LINES, body).await;
        assert_eq!((answer.status, &answer.json), (409, &running));
        assert_eq!(answer.header("retry-after"), "5");
    }
    let answer = slow.end().await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(r#"{"a":"enrolled","b":"enrolled"}"#), "{answer}");

    let dry = format!("{PATH}?dry_run=true");
    let refused = post(&writer, "free", PATH, CSV, "student_key\na\n").await;
    let dry = post(&writer, "free", &dry, JSON_LINES, &lines(&[("c", "ended")])).await;
    let real = post(&writer, "free", PATH, JSON_LINES, &lines(&[("d", "ended")])).await;
    assert_eq!((refused.status, dry.status, real.status), (400, 200, 200));
    assert_eq!(kept(&school).await, 2, "neither the refused one nor the dry run is remembered");
    assert_eq!(told(&school).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_is_gone_on_its_way_changes_nothing_and_leaves_its_key_at_once() {
    let school = School::start_with("[bulk]\nlease_s = 3600\n").await;
    let writer = school.caller("writer");
    let keys: Vec<String> = (0..8000).map(|n| format!("k{n}")).collect();
    let rows: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "enrolled")).collect();

    // With many rows it is gone while they are being kept, with few while more are waited for.
    for (count, is_reset) in [(2, false), (2, true), (8000, false), (8000, true)] {
        let caller = Slow::begin(&school, "key", &lines(&rows[..count])).await;
        until(|| async { (kept(&school).await == 1).then_some(()) }).await;
        if is_reset {
            caller.reset()
        } else {
            drop(caller)
        }
        until(|| async { (kept(&school).await == 0).then_some(()) }).await;
    }
    assert_eq!(told(&school).await, 0);
    let other = post(&writer, "key", PATH, JSON_LINES, &lines(&rows[..3])).await;
    assert_eq!((other.status, told(&school).await), (200, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_is_gone_while_it_repeats_lost_work_leaves_its_key_at_once() {
    let school = School::start_with("[bulk]\nlease_s = 3600\n").await;
    let writer = school.caller("writer");
    let body = lines(&[("a", "enrolled"), ("b", "enrolled")]);
    assert_eq!(post(&writer, "key", PATH, JSON_LINES, &body).await.status, 200);
    // As a process leaves it that dies before the last rows are done.
    let execute = |sql: &'static str| school.app.db().write(move |conn| conn.execute_batch(sql));
    let lost = "UPDATE bulk_rows SET outcome = NULL WHERE number = 2;
        UPDATE bulk_writes SET holder = id, lease_ends_at = '2020-01-01T00:00:00.000000Z'";
    execute(lost).await.unwrap();

    let again = Slow::begin(&school, "key", &body).await;
    let taken = "bulk_writes WHERE holder <> id";
    until(|| async { (count(&school, taken).await == 1).then_some(()) }).await;
    again.reset();
    let whole = until(|| async {
        let answer = post(&writer, "key", PATH, JSON_LINES, &body).await;
        (answer.status != 409).then_some(answer)
    })
    .await;
    assert_eq!((whole.status, whole.json), (207, json!({"a": "enrolled", "b": "conflict"})));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_caller_gets_the_answer_to_the_same_request_that_another_was_faster_with() {
    let school = School::start_with("[bulk]\nlease_s = 1\n").await;
    let writer = school.caller("writer");
    let body = lines(&[("a", "enrolled"), ("b", "x")]);
    let slow = Slow::begin(&school, "key", &body).await;
    until(|| async { (kept(&school).await == 1).then_some(()) }).await;

    let fast = until(|| async {
        let answer = post(&writer, "key", PATH, JSON_LINES, &body).await;
        (answer.status != 409).then_some(answer)
    })
    .await;
    assert_eq!(fast.status, 207);
    let slow = slow.end().await;
    assert!(slow.starts_with("HTTP/1.1 207"), "{slow}");
    assert!(slow.contains(&fast.text()), "{slow}");
    assert_eq!(told(&school).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_caller_is_refused_where_another_was_faster_with_another_request() {
    let school = School::start_with("[bulk]\nlease_s = 1\n").await;
    let writer = school.caller("writer");
    let slow = Slow::begin(&school, "key", &lines(&[("a", "enrolled")])).await;
    until(|| async { (kept(&school).await == 1).then_some(()) }).await;

    let other = lines(&[("b", "enrolled")]);
    let fast = until(|| async {
        let answer = post(&writer, "key", PATH, JSON_LINES, &other).await;
        (answer.status != 409).then_some(answer)
    })
    .await;
    assert_eq!(fast.status, 200);
    let slow = slow.end().await;
    assert!(slow.starts_with("HTTP/1.1 422"), "{slow}");
    assert_eq!(told(&school).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_came_too_early_gets_the_answer_if_it_is_there_when_the_body_has_come() {
    let school = School::start().await;
    let body = lines(&[("a", "enrolled"), ("b", "ended")]);
    let first = Slow::begin(&school, "key", &body).await;
    until(|| async { (kept(&school).await == 1).then_some(()) }).await;
    let early = Slow::begin(&school, "key", &body).await;
    // Long enough for its beginning to be read.
    post(&school.caller("writer"), "other", PATH, JSON_LINES, &lines(&[("c", "ended")])).await;

    let first = first.end().await;
    let early = early.end().await;
    for answer in [first, early] {
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains(r#"{"a":"enrolled","b":"ended"}"#), "{answer}");
    }
    assert_eq!(told(&school).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_free_again_when_its_time_is_over() {
    let school = School::start_with("[bulk]\nkey_life_s = 1\n").await;
    let writer = school.caller("writer");
    let (body, other) = (lines(&[("a", "enrolled")]), lines(&[("b", "enrolled")]));
    assert_eq!(post(&writer, "key", PATH, JSON_LINES, &body).await.status, 200);

    let answer = until(|| async {
        let answer = post(&writer, "key", PATH, JSON_LINES, &other).await;
        (answer.status != 422).then_some(answer)
    })
    .await;
    assert_eq!((answer.status, answer.json), (200, json!({"b": "enrolled"})));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_same_request_many_times_at_once_one_is_done_and_none_contradicts() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let keys: Vec<String> = (0..600).map(|n| format!("k{n}")).collect();
    let rows: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "enrolled")).collect();
    let body = lines(&rows);

    let all = (0..6).map(|_| post(&writer, "key", PATH, JSON_LINES, &body));
    let answers = futures_util::future::join_all(all).await;
    assert!(answers.iter().any(|answer| answer.status == 200));
    for answer in answers {
        let done = answer.status == 200 && answer.json["k1"] == "enrolled";
        assert!(done || answer.status == 409, "{}", answer.text());
    }
    assert_eq!(told(&school).await, 600);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lost_hold_of_a_request_does_no_more_of_it() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let keys: Vec<String> = (0..10_000).map(|n| format!("k{n}")).collect();
    let rows: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "enrolled")).collect();
    let body = lines(&rows);

    let losing = post(&writer, "key", PATH, JSON_LINES, &body);
    let taking = async {
        until(|| async { (count(&school, "program_enrollments").await > 0).then_some(()) }).await;
        let taken = "UPDATE bulk_writes SET holder = id";
        school.app.db().write(move |conn| conn.execute_batch(taken)).await.unwrap();
    };
    let (lost, ()) = tokio::join!(losing, taking);

    assert_eq!((lost.status, lost.header("retry-after")), (409, "5"));
    let done = told(&school).await;
    assert!(0 < done && done < 10_000, "it was not lost in the middle: {done}");
}
