//! Who of a school's learners holds which credential.

use events::credentials::{Achievement, CredentialAwarded, CredentialRevoked, Learner, Of};
use messaging::HandlerError;
use model::Timestamp;
use serde_json::{Value, json};
use testkit::Client;
use uuid::Uuid;

use crate::scene::School;

const PATH: &str = "/api/v3/programs/masters-in-cs/completions";
const PROGRAM: &str = "11111111-1111-4111-8111-111111111111";

fn at(text: &str) -> Timestamp {
    serde_json::from_value(json!(text)).unwrap()
}

fn of_course(key: &str) -> Of {
    Of::Course { course_key: key.to_owned(), mode: "verified".to_owned() }
}

fn of_program(uuid: &str) -> Of {
    Of::Program { program_uuid: uuid.parse().unwrap(), program_type: None }
}

fn achievement(of: Of) -> Achievement {
    Achievement {
        key: "x/1".to_owned(),
        title: "Something".to_owned(),
        description: "Did something.".to_owned(),
        organizations: Vec::new(),
        of,
        url: None,
    }
}

fn learner(username: &str) -> Learner {
    Learner { username: username.to_owned(), name: None, email: None }
}

fn awarded(id: u128, sequence: i64, username: &str, of: Of, day: &str) -> CredentialAwarded {
    CredentialAwarded {
        credential_id: Uuid::from_u128(id),
        sequence,
        learner: learner(username),
        achievement: achievement(of),
        issued_at: at(&format!("{day}T10:00:00Z")),
        public_url: format!("https://credentials.example/{id}"),
    }
}

fn revoked(id: u128, sequence: i64, username: &str, of: Of, day: &str) -> CredentialRevoked {
    CredentialRevoked {
        credential_id: Uuid::from_u128(id),
        sequence,
        learner: learner(username),
        achievement: achievement(of),
        revoked_at: at(&format!("{day}T10:00:00Z")),
        reason: None,
        public_url: format!("https://credentials.example/{id}"),
    }
}

async fn given_learners() -> (School, Client) {
    let school = School::start_with("[jobs]\npage_rows = 2\n").await;
    let learners = ["ann", "ben", "cas"];
    let links = learners.map(|name| {
        json!({"organization": "school", "student_key": format!("key-{name}"), "username": name,
               "email": format!("{name}@school.example")})
    });
    let enrollments = ["key-ann", "key-ben", "key-cas", "key-unlinked"]
        .map(|key| json!({"program": "masters-in-cs", "student_key": key, "status": "enrolled"}));
    let document = json!({"learner_links": links, "program_enrollments": enrollments});
    school.import(document).await.unwrap();
    let reader = school.caller("reader");
    (school, reader)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_reads_who_holds_what_of_a_program() {
    let (school, reader) = given_learners().await;
    let app = &school.app;
    let run = "course-v1:School+CS111+F19";
    app.hears(awarded(1, 1, "ann", of_program(PROGRAM), "2026-03-01")).await.unwrap();
    app.hears(awarded(2, 1, "ann", of_course(run), "2026-02-01")).await.unwrap();
    app.hears(awarded(3, 1, "cas", of_course("course-v1:School+CS100+F18"), "2020-02-01"))
        .await
        .unwrap();
    app.hears(revoked(3, 2, "cas", of_course("course-v1:School+CS100+F18"), "2021-02-01"))
        .await
        .unwrap();
    app.hears(awarded(4, 1, "ben", of_course("course-v1:Else+X+1"), "2026-01-01")).await.unwrap();
    app.hears(awarded(5, 1, "stranger", of_course(run), "2026-01-01")).await.unwrap();

    let csv = school.result_of(&reader, &format!("{PATH}?fmt=csv")).await;
    let expected = [
        "student_key,username,credential_uuid,kind,course_key,status,awarded_at,revoked_at,public_url",
        "key-ann,ann,00000000-0000-0000-0000-000000000001,program,,awarded,2026-03-01T10:00:00Z,,https://credentials.example/1",
        "key-ann,ann,00000000-0000-0000-0000-000000000002,course,course-v1:School+CS111+F19,awarded,2026-02-01T10:00:00Z,,https://credentials.example/2",
        "key-cas,cas,00000000-0000-0000-0000-000000000003,course,course-v1:School+CS100+F18,revoked,2020-02-01T10:00:00Z,2021-02-01T10:00:00Z,https://credentials.example/3",
        "",
    ];
    assert_eq!(csv.text(), expected.join("\r\n"));

    let json = school.result_of(&reader, PATH).await.json;
    assert_eq!(json.as_array().map(Vec::len), Some(3));
    assert_eq!(
        json[0],
        json!({"awarded_at": "2026-03-01T10:00:00Z", "course_key": null,
               "credential_uuid": "00000000-0000-0000-0000-000000000001", "kind": "program",
               "public_url": "https://credentials.example/1", "revoked_at": null,
               "status": "awarded", "student_key": "key-ann", "username": "ann"})
    );
}

async fn status(school: &School, reader: &Client) -> Value {
    let rows = school.result_of(reader, PATH).await.json;
    assert_eq!(rows.as_array().map(Vec::len), Some(1), "{rows}");
    json!([rows[0]["status"], rows[0]["awarded_at"], rows[0]["revoked_at"]])
}

#[tokio::test(flavor = "multi_thread")]
async fn older_news_never_overrides_newer_in_whatever_order_it_arrives() {
    let (school, reader) = given_learners().await;
    let of = || of_program(PROGRAM);

    school.app.hears(revoked(1, 2, "ann", of(), "2026-02-02")).await.unwrap();
    let gone = json!(["revoked", null, "2026-02-02T10:00:00Z"]);
    assert_eq!(status(&school, &reader).await, gone);
    school.app.hears(awarded(1, 1, "ann", of(), "2026-01-01")).await.unwrap();
    let gone = json!(["revoked", "2026-01-01T10:00:00Z", "2026-02-02T10:00:00Z"]);
    assert_eq!(status(&school, &reader).await, gone);
    school.app.hears(awarded(1, 3, "ann", of(), "2026-03-03")).await.unwrap();
    let back = json!(["awarded", "2026-03-03T10:00:00Z", null]);
    assert_eq!(status(&school, &reader).await, back);
    school.app.hears(revoked(1, 2, "ann", of(), "2026-02-02")).await.unwrap();
    school.app.hears(awarded(1, 1, "ann", of(), "2026-01-01")).await.unwrap();
    assert_eq!(status(&school, &reader).await, back);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_twice_counts_once_and_an_unreadable_one_is_given_up() {
    let (school, _) = given_learners().await;
    let message = school.app.message(awarded(1, 1, "ann", of_program(PROGRAM), "2026-01-01"));

    school.app.receives(&message).await.unwrap();
    let again = school.app.receives(&message).await;
    assert!(matches!(again, Err(HandlerError::AlreadyHandled)), "{again:?}");
    let mut broken = school.app.message(awarded(2, 1, "ann", of_course("x"), "2026-01-01"));
    broken.body = json!({"data": 5});
    let refused = school.app.receives(&broken).await;
    assert!(matches!(refused, Err(HandlerError::Reject(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn completions_are_for_those_who_may_read_enrollments() {
    let (school, reader) = given_learners().await;

    for (username, path, expected) in [
        ("viewer", PATH, 403),
        ("neighbour", PATH, 403),
        ("root", "/api/v3/programs/micro/completions", 403),
        ("reader", "/api/v3/programs/nope/completions", 404),
        ("reader", "/api/v3/programs/masters-in-cs/completions?fmt=xml", 404),
        ("reader", "/api/v1/programs/masters-in-cs/completions", 404),
    ] {
        let answer = school.caller(username).get(path).await;
        assert_eq!(answer.status, expected, "{username} {path}");
    }
    let started = reader.get(&format!("{PATH}/")).await.json;
    let id = started["job_id"].as_str().unwrap();
    assert_eq!(started["job_url"], json!(format!("{}/api/v3/jobs/{id}", school.app.url)));
    let job = reader.get(&format!("/api/v3/jobs/{id}")).await.json;
    assert_eq!(job["name"], "masters-in-cs:read:list_completions");
    let head = reader.send(reader.request(reqwest::Method::HEAD, PATH)).await;
    assert_eq!(head.status, 405, "a HEAD starts nothing");
}
