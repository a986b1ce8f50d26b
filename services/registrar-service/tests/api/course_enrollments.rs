//! Enrollments in course runs: few at a time, by the thousand, and exported.

use events::registrar::EnrollmentChanged;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    bulk::{CSV, JSON_LINES, lines, send},
    scene::School,
};

const PROGRAM: &str = "/api/v1/programs/masters-in-cs";
const RUN: &str = "/api/v1/programs/masters-in-cs/courses/course-v1:School+CS111+F19/enrollments";
const BULK: &str = "/api/v3/programs/masters-in-cs/courses/CS1_Fall/enrollments";

/// What lets callers name course staff.
const STAFF: &str = "[flags]\neveryone = [\"enable_course_role_management\"]\n";

fn item(key: &str, status: &str) -> Value {
    json!({"student_key": key, "status": status})
}

/// A school whose learners a, b and c are in the program.
async fn with_learners(toml: &str) -> School {
    let school = School::start_with(toml).await;
    let enrolled = json!({"program_enrollments": [
        {"program": "masters-in-cs", "student_key": "a", "status": "enrolled"},
        {"program": "masters-in-cs", "student_key": "b", "status": "canceled"},
        {"program": "masters-in-cs", "student_key": "c", "status": "enrolled"},
    ], "learner_links": [{"organization": "school", "student_key": "b", "username": "ben",
        "email": "ben@school.example"}]});
    school.import(enrolled).await.unwrap();
    school
}

async fn exported(school: &School, path: &str) -> String {
    school.result_of(&school.caller("reader"), &format!("{path}?fmt=csv")).await.text()
}

#[tokio::test(flavor = "multi_thread")]
async fn learners_of_the_program_take_part_whatever_their_status_there() {
    let school = with_learners("").await;
    let writer = school.caller("writer");

    let body = json!([
        item("b", "active"),
        item("a", " inactive "),
        item("x", "active"),
        item("c", "enrolled")
    ]);
    let first = writer.post(RUN, body).await;
    assert_eq!(
        (first.status, first.text()),
        (
            207,
            r#"{"a":"inactive","b":"active","c":"invalid-status","x":"not-in-program"}"#.to_owned()
        )
    );
    let again = writer.post(RUN, json!([item("a", "active"), item("b", "active")])).await;
    assert_eq!((again.status, again.json), (422, json!({"a": "conflict", "b": "conflict"})));
    let patched = json!([item("a", "active"), item("c", "active"), item("b", "active")]);
    let patched = writer.patch(&RUN.replace("v1/", "v2/"), patched).await;
    let expected = json!({"a": "active", "b": "active", "c": "not-found"});
    assert_eq!((patched.status, patched.json), (207, expected));
    let twice = writer.patch(RUN, json!([item("a", "active"), item("a ", "active")])).await;
    assert_eq!(twice.json, json!({"a": "duplicated", "a ": "duplicated"}));
    assert_eq!(school.app.said::<EnrollmentChanged>().await.len(), 3, "nobody hears of runs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_found_by_either_key_in_every_spelling_and_only_in_the_active_curriculum() {
    let school = with_learners("").await;
    let writer = school.caller("writer");
    let status = |course_id: &str| {
        let path = format!("{PROGRAM}/courses/{course_id}/enrollments");
        let writer = writer.clone();
        async move { writer.post(&path, json!([])).await.status }
    };

    for known in [
        "course-v1:School+CS111+F19",
        "course-v1%3ASchool%2BCS111%2BF19",
        "CS1_Fall",
        "course-v1:School+CS111+S20",
        "School/CS112/F19",
        "School%2FCS112%2FF19",
    ] {
        assert_eq!(status(known).await, 422, "{known}");
    }
    for unknown in [
        "cs1_fall",
        "course-v1:School+CS100+F18",
        "course-v1:School+CS999+F19",
        "%00",
        "School%20CS111%20F19",
        "x/y",
        "%ff",
    ] {
        assert_eq!(status(unknown).await, 404, "{unknown}");
    }
    let in_two_slashes = format!("{RUN}//");
    assert_eq!(writer.post(&in_two_slashes, json!([])).await.status, 404);
    assert_eq!(writer.post(&format!("{RUN}/"), json!([])).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_go_from_program_to_permission_to_method_to_course_to_body() {
    let school = with_learners("").await;
    let nowhere = format!("{PROGRAM}/courses/nope/enrollments");
    let answer = |username: &str, method: Method, path: &str| {
        let (client, path) = (school.caller(username), path.to_owned());
        async move { send(&client, method, &path, "text/plain", "{").await.status }
    };

    assert_eq!(answer("neighbour", Method::POST, &RUN.replace("masters-in-cs", "x")).await, 404);
    assert_eq!(answer("reader", Method::POST, &nowhere).await, 403);
    assert_eq!(answer("stranger", Method::PUT, &nowhere).await, 405);
    assert_eq!(answer("writer", Method::POST, &nowhere).await, 404);
    assert_eq!(answer("writer", Method::PATCH, RUN).await, 415);
    assert_eq!(answer("viewer", Method::GET, &nowhere).await, 403);
    assert_eq!(answer("reader", Method::GET, &format!("{nowhere}?fmt=xml")).await, 404);
    assert_eq!(answer("viewer", Method::HEAD, RUN).await, 403);
    assert_eq!(answer("reader", Method::HEAD, RUN).await, 405);
    assert_eq!(school.caller("reader").get("/api/v1/jobs").await.json, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_part_in_a_run_through_two_programs_of_one_organization() {
    let school = with_learners("").await;
    let twin = |key: &str, organization: &str, uuid: &str| {
        json!({"key": key, "organization": organization, "type": "Masters", "curricula": [
            {"uuid": uuid, "is_active": true, "courses": [{"course_runs": [
                {"key": "course-v1:School+CS111+F19"}]}]}]})
    };
    let enrolled =
        |program: &str| json!({"program": program, "student_key": "a", "status": "ended"});
    let scene = json!({"programs": [
        twin("twin", "school", "31111111-1111-4111-8111-111111111111"),
        twin("foreign", "neighbour", "32222222-2222-4222-8222-222222222222"),
    ], "program_enrollments": [enrolled("twin"), enrolled("foreign")]});
    school.import(scene).await.unwrap();
    let root = school.caller("root");
    let of = |program: &str| RUN.replace("masters-in-cs", program);
    let set = |program: &str, method: Method, status: &str| {
        let (root, path, body) = (root.clone(), of(program), json!([item("a", status)]));
        async move { root.send(root.request(method, &path).json(&body)).await.json["a"].clone() }
    };

    assert_eq!(set("masters-in-cs", Method::POST, "active").await, "active");
    assert_eq!(set("twin", Method::POST, "active").await, "conflict");
    assert_eq!(set("twin", Method::PATCH, "active").await, "conflict");
    assert_eq!(set("foreign", Method::POST, "active").await, "active", "keys are a school's own");
    assert_eq!(set("twin", Method::POST, "inactive").await, "inactive");
    assert_eq!(set("twin", Method::PATCH, "active").await, "conflict");
    let outsider = root.post(&of("twin"), json!([item("b", "active")])).await;
    assert_eq!(outsider.json["b"], "not-in-program");
    assert_eq!(set("masters-in-cs", Method::PATCH, "inactive").await, "inactive");
    for _ in 0..5 {
        let (one, other) = tokio::join!(
            set("masters-in-cs", Method::PATCH, "active"),
            set("twin", Method::PATCH, "active")
        );
        let mut results = [one, other];
        results.sort_by_key(Value::to_string);
        assert_eq!(results, ["active", "conflict"]);
        set("masters-in-cs", Method::PATCH, "inactive").await;
        set("twin", Method::PATCH, "inactive").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_moves_takes_its_learners_along() {
    let school = with_learners("").await;
    let root = school.caller("root");
    root.post(RUN, json!([item("a", "active")])).await;
    let enrolled = json!({"program": "neighbours-masters", "student_key": "a", "status": "ended"});
    let mut moved = crate::scene::document()["programs"][0].clone();
    moved["organization"] = json!("neighbour");
    let run = json!({"key": "neighbours-masters", "organization": "neighbour", "type": "Masters",
        "curricula": [{"uuid": "33333333-3333-4333-8333-333333333333", "is_active": true,
            "courses": [{"course_runs": [{"key": "course-v1:School+CS111+F19"}]}]}]});

    school
        .import(json!({"programs": [moved, run], "program_enrollments": [enrolled]}))
        .await
        .unwrap();
    let path = RUN.replace("masters-in-cs", "neighbours-masters");
    let conflict = root.post(&path, json!([item("a", "active")])).await;
    assert_eq!(conflict.json, json!({"a": "conflict"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn course_staff_takes_a_flag_and_is_left_alone_unless_it_is_named() {
    let school = with_learners("").await;
    let writer = school.caller("writer");
    let staff = |key: &str, flag: Value| json!({"student_key": key, "status": "active", "course_staff": flag});

    let refused = writer.post(RUN, json!([staff("a", json!(true))])).await;
    let detail = "\"course_staff\" not accepted since role assignment is not enabled";
    assert_eq!((refused.status, refused.json), (403, json!({"detail": detail})));
    let no_flag = writer.post(RUN, json!([staff("a", json!("true"))])).await;
    let text = "expected request dicts to have boolean value for \"course_staff\"";
    assert_eq!((no_flag.status, no_flag.json), (400, json!([text])));
    assert_eq!(writer.post(RUN, json!([staff("a", Value::Null)])).await.status, 200);
    assert_eq!(
        exported(&school, RUN).await,
        "course_id,student_key,status,account_exists\r\n\
        CS1_Fall,a,active,False\r\n"
    );

    let school = with_learners(STAFF).await;
    let writer = school.caller("writer");
    let body = json!([
        staff("a", json!(true)),
        staff("b", json!(false)),
        item("c", "active"),
        staff("x", json!(true))
    ]);
    assert_eq!(writer.post(RUN, body).await.status, 207);
    let body = json!([item("a", "inactive"), staff("b", json!(true))]);
    assert_eq!(writer.patch(RUN, body).await.status, 200);
    assert_eq!(
        exported(&school, RUN).await,
        "course_id,student_key,status,account_exists,course_staff\r\n\
         CS1_Fall,a,inactive,False,True\r\nCS1_Fall,b,active,True,True\r\n\
         CS1_Fall,c,active,False,False\r\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_one_runs_enrollments_in_order_of_creation() {
    let school = with_learners("").await;
    let (writer, reader) = (school.caller("writer"), school.caller("reader"));
    let other = format!("{PROGRAM}/courses/School/CS112/F19/enrollments");
    writer.post(RUN, json!([item("c", "active")])).await;
    writer.post(RUN, json!([item("b", "inactive")])).await;
    writer.post(&other, json!([item("a", "active")])).await;

    let started = reader.get(RUN).await;
    assert_eq!(started.status, 202);
    let id = started.json["job_id"].as_str().unwrap().to_owned();
    let url = format!("{}/api/v1/jobs/{id}", school.app.url);
    assert_eq!(started.json["job_url"], url);
    let job = school.ended_job(&reader, &id).await;
    assert_eq!(job["name"], "masters-in-cs:read:list_course_run_enrollments");
    assert_eq!(job["text"], Value::Null);
    let rows = school.download(&job["result"]).await.json;
    assert_eq!(
        rows[0],
        json!({"account_exists": false, "course_id": "CS1_Fall",
        "status": "active", "student_key": "c"})
    );
    assert_eq!((&rows[1]["student_key"], &rows[1]["account_exists"]), (&json!("b"), &json!(true)));
    assert_eq!(rows.as_array().map(Vec::len), Some(2));
    let csv = exported(&school, &other).await;
    assert!(csv.ends_with("School/CS112/F19,a,active,False\r\n"), "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_by_the_thousand_end_as_items_of_v1_do() {
    let school = with_learners("").await;
    let writer = school.caller("writer");
    let rows = lines(&[("a", "active"), ("b", "enrolled"), ("x", "active"), ("c", "inactive")]);

    let dry =
        send(&writer, Method::POST, &format!("{BULK}?dry_run=true"), JSON_LINES, &*rows).await;
    let posted = send(&writer, Method::POST, BULK, JSON_LINES, &*rows).await;
    let expected = json!({"a": "active", "b": "invalid-status", "c": "inactive",
        "x": "not-in-program"});
    assert_eq!((posted.status, &posted.json), (207, &expected));
    assert_eq!((dry.status, dry.bytes), (207, posted.bytes));
    let again = send(&writer, Method::POST, BULK, JSON_LINES, &*rows).await;
    assert_eq!((again.status, &again.json["a"]), (422, &json!("conflict")));
    let rows = "student_key,status\na,inactive\nb,active\n";
    let patched = send(&writer, Method::PATCH, BULK, CSV, rows).await;
    assert_eq!((patched.status, patched.json), (207, json!({"a": "inactive", "b": "not-found"})));
    let put = send(&writer, Method::PUT, BULK, CSV, rows).await;
    assert_eq!((put.status, put.json), (200, json!({"a": "inactive", "b": "active"})));
    let csv = exported(&school, RUN).await;
    assert!(
        csv.ends_with(
            "CS1_Fall,a,inactive,False\r\nCS1_Fall,c,inactive,False\r\n\
        CS1_Fall,b,active,True\r\n"
        ),
        "{csv}"
    );
    assert_eq!(school.app.said::<EnrollmentChanged>().await.len(), 3, "nobody hears of runs");
    assert_eq!(send(&writer, Method::POST, BULK, "text/plain", "").await.status, 415);
    let nowhere = BULK.replace("CS1_Fall", "nope");
    assert_eq!(send(&writer, Method::POST, &nowhere, "text/plain", "").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_name_course_staff_only_with_the_flag() {
    let rows = "student_key,status,course_staff\na,active,yes\nb,active,\nc,active,maybe\n";
    let school = with_learners("").await;
    let refused = send(&school.caller("writer"), Method::POST, BULK, CSV, rows).await;
    let expected = json!({"a": "course-staff-not-enabled", "b": "active",
        "c": "invalid-course-staff"});
    assert_eq!((refused.status, refused.json), (207, expected));

    let school = with_learners(STAFF).await;
    let answer = send(&school.caller("writer"), Method::POST, BULK, CSV, rows).await;
    let expected = json!({"a": "active", "b": "active", "c": "invalid-course-staff"});
    assert_eq!((answer.status, answer.json), (207, expected));
    let csv = exported(&school, RUN).await;
    assert!(csv.ends_with("a,active,False,True\r\nCS1_Fall,b,active,True,False\r\n"), "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_programs_that_let_the_same_learners_take_part_at_once_each_learner_does_in_one() {
    let school = School::start().await;
    let run = "course-v1:School+CS111+F19";
    school
        .import(json!({"programs": [{"key": "masters-in-math", "organization": "school",
        "type": "Masters", "curricula": [{"uuid": "31111111-1111-4111-8111-111111111111",
        "is_active": true, "courses": [{"course_runs": [{"key": run}]}]}]}]}))
        .await
        .unwrap();
    let writer = school.caller("writer");
    let keys: Vec<String> = (0..1200).map(|n| format!("{n:04}")).collect();
    let rows = |status: fn(usize) -> &'static str| {
        let row = |(n, key)| (String::as_str(key), status(n));
        lines(&keys.iter().enumerate().map(row).collect::<Vec<_>>())
    };
    let put = |program: &str, rest: &str, rows| {
        let (writer, path) = (&writer, format!("/api/v3/programs/{program}{rest}/enrollments"));
        async move { send(writer, Method::PUT, &path, JSON_LINES, rows).await }
    };
    let (in_run, cs, math) = (format!("/courses/{run}"), "masters-in-cs", "masters-in-math");
    for program in [cs, math] {
        assert_eq!(put(program, "", rows(|_| "enrolled")).await.status, 200);
    }
    // Every second learner is known in the run through the one program, every third through both.
    let some = |step: usize| {
        lines(&keys.iter().step_by(step).map(|key| (&**key, "inactive")).collect::<Vec<_>>())
    };
    assert_eq!(put(cs, &in_run, some(2)).await.status, 200);
    assert_eq!(put(math, &in_run, some(3)).await.status, 200);

    let all = rows(|_| "active");
    let (one, other, third) = tokio::join!(
        put(cs, &in_run, all.clone()),
        put(math, &in_run, all.clone()),
        put(cs, &in_run, all)
    );
    for key in &keys {
        let results = [&one, &other, &third].map(|answer| answer.json[key].as_str());
        let (active, conflict) = (Some("active"), Some("conflict"));
        let is_in_one = [[active, conflict, active], [conflict, active, conflict]];
        assert!(is_in_one.contains(&results), "{key} {results:?}");
    }
}
