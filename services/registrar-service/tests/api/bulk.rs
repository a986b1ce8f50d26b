//! Enrollments by the thousand: rows, statuses, dry runs.

use std::{
    collections::HashMap,
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
};

use diesel::{Connection, connection::InstrumentationEvent};
use events::registrar::EnrollmentChanged;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Client};

use crate::scene::School;

pub const PATH: &str = "/api/v3/programs/masters-in-cs/enrollments";
pub const JSON_LINES: &str = "application/x-ndjson";
pub const CSV: &str = "text/csv";

/// Rows in JSON lines.
pub fn lines(rows: &[(&str, &str)]) -> String {
    let line = |(key, status)| json!({"student_key": key, "status": status}).to_string() + "\n";
    rows.iter().copied().map(line).collect()
}

pub async fn send(
    client: &Client,
    method: Method,
    path: &str,
    kind: &str,
    body: impl Into<String>,
) -> Answer {
    let request = client.request(method, path).header("Content-Type", kind);
    client.send(request.body(body.into())).await
}

async fn post(client: &Client, rows: &[(&str, &str)]) -> Answer {
    send(client, Method::POST, PATH, JSON_LINES, lines(rows)).await
}

async fn told(school: &School) -> Vec<(String, i64, String)> {
    let told = school.app.said::<EnrollmentChanged>().await;
    told.into_iter().map(|event| (event.student_key, event.sequence, event.status)).collect()
}

fn news(key: &str, sequence: i64, status: &str) -> (String, i64, String) {
    (key.to_owned(), sequence, status.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_enrolled_once_told_once_and_answered_in_ascending_order() {
    let school = School::start().await;
    let writer = school.caller("writer");

    let first = post(&writer, &[("b", "enrolled"), ("é", "ended"), ("B", "pending")]).await;
    assert_eq!(first.status, 200);
    assert_eq!(first.header("content-type"), "application/json");
    assert_eq!(first.text(), r#"{"B":"pending","b":"enrolled","é":"ended"}"#);
    let csv = "status,student_key\r\nenrolled,c\r\n\r\nenrolled,\"d,1\"\r\n";
    let (path, kind) = (format!("{PATH}/"), "text/csv; charset=utf-8");
    let second = send(&writer, Method::POST, &path, kind, csv).await;
    assert_eq!(second.text(), r#"{"c":"enrolled","d,1":"enrolled"}"#);

    let expected = [("B", "pending"), ("b", "enrolled"), ("é", "ended"), ("c", "enrolled")]
        .map(|(key, status)| news(key, 1, status));
    assert_eq!(told(&school).await[..4], expected);
    let again = post(&writer, &[("b", "ended"), ("c", "ended")]).await;
    assert_eq!((again.status, again.json), (422, json!({"b": "conflict", "c": "conflict"})));
    assert_eq!(told(&school).await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_end_as_items_of_v1_do() {
    let school = School::start().await;
    let writer = school.caller("writer");
    post(&writer, &[("known", "enrolled")]).await;
    let rows = [
        ("known", "ended"),
        ("new", "ended"),
        ("odd", "active"),
        ("twice", "enrolled"),
        (" twice", "bogus"),
    ];

    let patched = send(&writer, Method::PATCH, PATH, JSON_LINES, lines(&rows)).await;
    assert_eq!(patched.status, 207);
    assert_eq!(
        patched.text(),
        r#"{" twice":"duplicated","known":"ended","new":"not-in-program","#.to_owned()
            + r#""odd":"invalid-status","twice":"duplicated"}"#
    );
    let posted = post(&writer, &rows).await;
    assert_eq!((posted.status, &posted.json["known"]), (207, &json!("conflict")));
    assert_eq!(posted.json["new"], "ended");
    let put = send(&writer, Method::PUT, PATH, JSON_LINES, lines(&rows[..2])).await;
    assert_eq!((put.status, put.json), (200, json!({"known": "ended", "new": "ended"})));
    let put = lines(&[("known", "pending"), ("newer", "enrolled")]);
    assert_eq!(send(&writer, Method::PUT, PATH, JSON_LINES, put).await.status, 200);

    let expected = [
        news("known", 1, "enrolled"),
        news("known", 2, "ended"),
        news("new", 1, "ended"),
        news("newer", 1, "enrolled"),
        news("known", 3, "pending"),
    ];
    assert_eq!(told(&school).await, expected);
    for (kind, nothing) in [(JSON_LINES, "\n"), (CSV, "student_key,status\n")] {
        let none = send(&writer, Method::POST, PATH, kind, nothing).await;
        assert_eq!((none.status, none.text()), (422, "{}".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_read_is_its_own_fault_and_spoils_no_other() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let long = format!("{{\"student_key\": \"{}\"}}", "x".repeat(9000));
    let rows = [
        r#"{"student_key": "a", "status": "enrolled"}"#,
        r#"{"student_key": "b", "status""#,
        r#"["c", "enrolled"]"#,
        &long,
        r#"{"student_key": " ", "status": "enrolled"}"#,
        r#"{"student_key": "d", "status": "enrolled", "curriculum": "x"}"#,
        r#"{"student_key": "e"}"#,
        r#"{"student_key": "f\u0000", "status": "enrolled"}"#,
        r#"{"student_key": "g", "status": "ended"}"#,
    ];

    let answer = send(&writer, Method::POST, PATH, JSON_LINES, rows.join("\n")).await;
    assert_eq!(answer.status, 207);
    assert_eq!(
        answer.json,
        json!({"a": "enrolled", "row #2": "invalid-row", "row #3": "invalid-row",
               "row #4": "row-too-long", "row #5": "invalid-student-key", "d": "unknown-column",
               "e": "invalid-status", "row #8": "invalid-student-key", "g": "ended"})
    );
    let csv = "student_key,status\nh,enrolled,x\n\"i\n\",\n";
    let answer = send(&writer, Method::POST, PATH, CSV, csv).await;
    let expected = json!({"h": "unknown-column", "i\n": "invalid-status"});
    assert_eq!((answer.status, answer.json), (422, expected));
    let latin = b"student_key,status\n\xE9,enrolled\nj,enrolled\n".to_vec();
    let request = writer.request(Method::POST, PATH).header("Content-Type", CSV).body(latin);
    let answer = writer.send(request).await;
    assert_eq!(answer.json, json!({"row #1": "invalid-row", "j": "enrolled"}));
    assert_eq!(told(&school).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_that_is_not_closed_is_named_by_its_line_and_takes_no_row_with_it() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let rows = |n: usize| (0..n).map(|n| format!("k{n},enrolled\n")).collect::<String>();
    let head = "student_key,status\na,enrolled\n\n\"b,enrolled\n";

    for body in [
        format!("{head}c,enrolled\n"),
        format!("{head}c,enrolled\n\"d\",enrolled\ne,enrolled\n"),
        format!("{head}{}", rows(9000)),
        format!("{head}{}\"z\",enrolled\n", rows(9000)),
    ] {
        let answer = send(&writer, Method::POST, PATH, CSV, body).await;
        let expected = (400, json!(["CSV quote in line 4 is not closed"]));
        assert_eq!((answer.status, answer.json), expected);
    }
    assert!(told(&school).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_utf_8_and_nothing_else() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let csv = "student_key,status\n\u{e9},enrolled\n";

    for charset in ["iso-8859-1", "UTF-16", "windows-1252", "\"latin1\"", "klingon"] {
        for kind in [CSV, JSON_LINES] {
            let kind = format!("{kind}; charset={charset}");
            let answer = send(&writer, Method::PUT, PATH, &kind, csv).await;
            let detail = format!("Unsupported media type \"{kind}\" in request.");
            assert_eq!((answer.status, answer.json), (415, json!({ "detail": detail })));
        }
    }
    assert!(told(&school).await.is_empty());
    for charset in [" charset=utf-8", "charset=\"UTF-8\"", "header=present; charset=utf8", ""] {
        let kind = format!("text/CSV;{charset}");
        let answer = send(&writer, Method::PUT, PATH, &kind, csv).await;
        assert_eq!((answer.status, answer.json), (200, json!({"\u{e9}": "enrolled"})), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_refused_as_a_whole_does_nothing() {
    let school = School::start_with("[bulk]\nmost_rows = 3\nmax_body_bytes = 1000\n").await;
    let writer = school.caller("writer");
    let good = lines(&[("a", "enrolled")]);
    let too_many = lines(&[("a", "enrolled"), ("b", "enrolled"), ("c", "ended"), ("d", "ended")]);
    let headless = "CSV is missing headers [student_key]";

    for (kind, body, status, expected) in [
        (
            "application/json",
            good.as_str(),
            415,
            json!({"detail": "Unsupported media type \"application/json\" in request."}),
        ),
        (CSV, "key,status\na,enrolled\n", 400, json!([headless])),
        (
            CSV,
            "student_key,status,sex\na,enrolled,x\n",
            400,
            json!(["CSV has unknown headers [sex]"]),
        ),
        (CSV, "", 400, json!(["CSV is missing headers [student_key, status]"])),
        (JSON_LINES, &too_many, 413, json!({"detail": "Enrollment limit 3"})),
        (
            JSON_LINES,
            &format!("{good}{}", " ".repeat(1000)),
            413,
            json!({"detail": "Request body is too large."}),
        ),
    ] {
        let answer = send(&writer, Method::POST, PATH, kind, body).await;
        assert_eq!((answer.status, answer.json), (status, expected), "{kind} {body}");
    }
    for query in ["dry_run=yes", "dry_run="] {
        let path = format!("{PATH}?{query}");
        let answer = send(&writer, Method::POST, &path, JSON_LINES, &*good).await;
        let expected = (400, json!(["dry_run must be true or false"]));
        assert_eq!((answer.status, answer.json), expected);
    }
    let both = format!("{PATH}?dry_run=true&dry_run=false");
    let answer = send(&writer, Method::POST, &both, JSON_LINES, &*good).await;
    assert_eq!((answer.status, answer.json), (400, json!(["dry_run must be said once"])));
    assert!(told(&school).await.is_empty());
    assert_eq!(post(&writer, &[("a", "enrolled"), ("b", "ended")]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    let school = School::start().await;
    let writer = school.caller("writer");
    post(&writer, &[("known", "enrolled")]).await;
    let body =
        lines(&[("known", "ended"), ("new", "ended"), ("x", "y"), ("z", "ended"), ("z", "")]);
    let dry = format!("{PATH}?dry_run=true");

    for (method, known, new) in [
        (Method::POST, "conflict", "ended"),
        (Method::PUT, "ended", "ended"),
        (Method::PATCH, "ended", "not-in-program"),
    ] {
        let foreseen = send(&writer, method.clone(), &dry, JSON_LINES, &*body).await;
        let expected =
            json!({"known": known, "new": new, "x": "invalid-status", "z": "duplicated"});
        assert_eq!((foreseen.status, &foreseen.json), (207, &expected), "{method}");
    }
    assert_eq!(told(&school).await, [news("known", 1, "enrolled")]);
    let export = school.result_of(&writer, "/api/v1/programs/masters-in-cs/enrollments").await;
    assert_eq!(export.json.as_array().map(Vec::len), Some(1));
    assert_eq!(export.json[0]["status"], "enrolled");
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_go_from_program_to_permission_to_method_to_media_type() {
    let school = School::start().await;
    let status = |username: &str, method: Method, path: &str| {
        let (client, path) = (school.caller(username), path.to_owned());
        async move { send(&client, method, &path, "text/plain", "{").await }
    };
    let nowhere = PATH.replace("masters-in-cs", "nope");
    let no_masters = PATH.replace("masters-in-cs", "micro");

    assert_eq!(status("neighbour", Method::POST, &nowhere).await.status, 404);
    assert_eq!(status("neighbour", Method::POST, PATH).await.status, 403);
    assert_eq!(status("reader", Method::PUT, PATH).await.status, 403);
    assert_eq!(status("root", Method::PATCH, &no_masters).await.status, 403);
    assert_eq!(status("writer", Method::POST, PATH).await.status, 415);
    for method in [Method::GET, Method::DELETE, Method::HEAD] {
        let answer = status("stranger", method, PATH).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "POST, PUT, PATCH, OPTIONS"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_rows_are_one_request() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let csv = |rows: usize| {
        let row = |n| format!("learner-{n:05},enrolled\n");
        "student_key,status\n".to_owned() + &(0..rows).map(row).collect::<String>()
    };

    let many = send(&writer, Method::POST, PATH, CSV, csv(10_000)).await;
    assert_eq!(many.status, 200);
    let results = many.json.as_object().unwrap();
    assert_eq!(results.len(), 10_000);
    assert!(results.values().all(|result| result == "enrolled"));
    assert_eq!(told(&school).await.len(), 10_000);
    let too_many = send(&writer, Method::POST, PATH, CSV, csv(10_001)).await;
    assert_eq!(too_many.status, 413);
    assert_eq!(too_many.json, json!({"detail": "Enrollment limit 10000"}));
}

/// Counts statements that write from now on. Rows are kept one by one on SQLite, where a statement is
/// no journey: there only updates count.
async fn writing_statements(school: &School) -> Arc<AtomicUsize> {
    let (count, is_postgres) = (Arc::new(AtomicUsize::new(0)), school.app.db().is_shared());
    let writers = if is_postgres { 2 } else { 1 };
    let together = Arc::new(Barrier::new(writers));
    let watch = |_| {
        let (count, together) = (Arc::clone(&count), Arc::clone(&together));
        school.app.db().write(move |conn| {
            // Each thread that owns a connection takes one of these.
            together.wait();
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                let InstrumentationEvent::StartQuery { query, .. } = event else { return };
                let text = query.to_string();
                if text.starts_with("UPDATE") || (is_postgres && text.starts_with("INSERT")) {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
            Ok::<_, database::Error>(())
        })
    };
    for watched in join_all((0..writers).map(watch)).await {
        watched.unwrap();
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_take_few_statements() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let count = writing_statements(&school).await;
    let keys: Vec<String> = (0..1000).map(|n| format!("{n:04}")).collect();
    let rows = |statuses: [&'static str; 2]| -> Vec<(&str, &str)> {
        let row = |(n, key)| (String::as_str(key), statuses[n % 2]);
        keys.iter().enumerate().map(row).collect()
    };
    let run = PATH.replace("/enrollments", "/courses/CS1_Fall/enrollments");

    for (path, statuses) in [
        (PATH, ["enrolled", "pending"]),
        (PATH, ["pending", "ended"]),
        (&*run, ["active", "inactive"]),
        (&*run, ["inactive", "active"]),
    ] {
        let answer = send(&writer, Method::PUT, path, JSON_LINES, lines(&rows(statuses))).await;
        assert_eq!(answer.status, 200);
        let statements = count.swap(0, Ordering::Relaxed);
        assert!((1..50).contains(&statements), "{path} {statuses:?}: {statements}");
    }
    let few: Vec<_> = rows(["suspended", "canceled"])[..25]
        .iter()
        .map(|(key, status)| json!({"student_key": key, "status": status}))
        .collect();
    let patched = writer.patch("/api/v1/programs/masters-in-cs/enrollments", json!(few)).await;
    assert_eq!(patched.status, 200);
    let statements = count.load(Ordering::Relaxed);
    assert!((1..5).contains(&statements), "{statements}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_requests_for_the_same_learners_at_once_each_learner_is_enrolled_by_one() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let keys: Vec<String> = (0..1200).map(|n| format!("{n:04}")).collect();
    let rows: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "enrolled")).collect();
    let back: Vec<(&str, &str)> = rows.iter().rev().copied().collect();

    let (one, other, third) =
        tokio::join!(post(&writer, &rows), post(&writer, &back), post(&writer, &rows));
    for key in &keys {
        let results = [&one, &other, &third].map(|answer| &answer.json[key]);
        let enrolled = results.iter().filter(|result| **result == "enrolled").count();
        let conflicts = results.iter().filter(|result| **result == "conflict").count();
        assert_eq!((enrolled, conflicts), (1, 2), "{key} {results:?}");
    }
    assert_eq!(told(&school).await.len(), keys.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_requests_that_change_the_same_learners_at_once_none_fails_and_each_change_is_told() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let keys: Vec<String> = (0..1200).map(|n| format!("{n:04}")).collect();
    // Each changes by statuses what another changes in another order.
    let rows = |shift: usize| {
        let statuses = ["ended", "pending", "suspended"];
        let row = |(n, key)| (String::as_str(key), statuses[(n + shift) % 3]);
        lines(&keys.iter().enumerate().map(row).collect::<Vec<_>>())
    };
    assert_eq!(send(&writer, Method::POST, PATH, JSON_LINES, rows(0)).await.status, 200);

    let change = |method, shift| send(&writer, method, PATH, JSON_LINES, rows(shift));
    let (one, other, third) =
        tokio::join!(change(Method::PATCH, 1), change(Method::PUT, 2), change(Method::PATCH, 1));
    for answer in [one, other, third] {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let mut sequences: HashMap<String, Vec<i64>> = HashMap::new();
    for (key, sequence, _) in told(&school).await {
        sequences.entry(key).or_default().push(sequence);
    }
    for (key, mut sequences) in sequences {
        sequences.sort_unstable();
        assert!((3..=4).contains(&sequences.len()), "{key} {sequences:?}");
        let counted: Vec<i64> = (1..).take(sequences.len()).collect();
        assert_eq!(sequences, counted, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_learners_account_is_told_with_the_row() {
    let school = School::start().await;
    let link = json!({"learner_links": [{"organization": "school", "student_key": "a",
        "username": "ann", "email": "ann@school.example", "full_name": "Ann"}]});
    school.import(link).await.unwrap();

    post(&school.caller("writer"), &[("a", "enrolled"), ("b", "enrolled")]).await;
    let told = school.app.said::<EnrollmentChanged>().await;
    let names: Vec<_> =
        told.iter().map(|event| event.account.as_ref().map(|a| &a.username)).collect();
    assert_eq!(names, [Some(&"ann".to_owned()), None]);
    let school_of = |event: &EnrollmentChanged| Value::from(event.organization_key.as_str());
    assert_eq!(told.iter().map(school_of).collect::<Vec<_>>(), ["school", "school"]);
}
