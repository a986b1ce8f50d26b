//! Jobs: who sees them, what they show, what they write.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    Client,
    store_of_a_test::{nowhere, s3_toml, s3_url},
};

use crate::scene::{School, until};

const EXPORT: &str = "/api/v1/programs/masters-in-cs/enrollments";

async fn given_enrollments(school: &School) {
    let links = json!({
        "program_enrollments": [
            {"program": "masters-in-cs", "student_key": "b,1", "status": "enrolled"},
            {"program": "masters-in-cs", "student_key": "a", "status": "canceled"},
            {"program": "masters-in-math", "student_key": "m", "status": "enrolled"},
        ],
        "learner_links": [
            {"organization": "school", "student_key": "a", "username": "ann",
             "email": "ann@school.example"},
            {"organization": "neighbour", "student_key": "b,1", "username": "ben",
             "email": "ben@school.example"},
        ],
    });
    school.import(links).await.unwrap();
}

async fn started(client: &Client) -> String {
    let started = client.get(EXPORT).await;
    assert_eq!(started.status, 202);
    started.json["job_id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_started_with_202_and_the_address_of_its_job() {
    let school = School::start().await;
    let reader = school.caller("reader");

    for version in ["v1", "v2"] {
        let path = format!("/api/{version}/programs/masters-in-cs/enrollments/");
        let answer = reader.get(&path).await;
        assert_eq!(answer.status, 202);
        let id = answer.json["job_id"].as_str().unwrap();
        let url = format!("{}/api/{version}/jobs/{id}", school.app.url);
        assert_eq!(answer.json, json!({"job_id": id, "job_url": url}));
        assert_eq!(reader.get(&format!("/api/{version}/jobs/{id}")).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_csv_or_json_in_order_of_creation() {
    let school = School::start_with("[jobs]\npage_rows = 1\n").await;
    given_enrollments(&school).await;
    let reader = school.caller("reader");

    let csv = school.result_of(&reader, &format!("{EXPORT}?fmt=csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.header("content-disposition").ends_with(".csv\""));
    let expected =
        "student_key,status,account_exists\r\n\"b,1\",enrolled,False\r\na,canceled,True\r\n";
    assert_eq!(csv.text(), expected);

    let json = school.result_of(&reader, EXPORT).await;
    assert_eq!(json.header("content-type"), "application/json");
    assert_eq!(
        json.json,
        json!([{"account_exists": false, "status": "enrolled", "student_key": "b,1"},
               {"account_exists": true, "status": "canceled", "student_key": "a"}])
    );
    assert!(json.text().starts_with("[\n    {\n        \"account_exists\": false,\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_shown_to_those_whom_a_flag_allows_it() {
    let school = School::start().await;
    given_enrollments(&school).await;

    for username in ["named_reader", "root"] {
        let caller = school.caller(username);
        let csv = school.result_of(&caller, &format!("{EXPORT}?fmt=csv")).await;
        let expected = "student_key,status,account_exists,username,email\r\n\
             \"b,1\",enrolled,False,,\r\na,canceled,True,ann,ann@school.example\r\n";
        assert_eq!(csv.text(), expected, "{username}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_can_be_on_for_everybody() {
    let flags = "[flags]\neveryone = [\"include_name_email_in_get_program_enrollment\"]\n";
    let school = School::start_with(flags).await;

    let csv = school.result_of(&school.caller("reader"), &format!("{EXPORT}?fmt=csv")).await;
    assert_eq!(csv.text(), "student_key,status,account_exists,username,email\r\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_format_is_not_found_and_the_last_of_several_counts() {
    let school = School::start().await;
    let reader = school.caller("reader");

    for fmt in ["", "CSV", "xml", "json%20"] {
        let answer = reader.get(&format!("{EXPORT}?fmt={fmt}")).await;
        assert_eq!((answer.status, answer.json), (404, json!({"detail": "Not found."})), "{fmt}");
    }
    assert_eq!(reader.get(&format!("{EXPORT}?fmt=xml&fmt=csv")).await.status, 202);
    assert_eq!(reader.get(&format!("{EXPORT}?fmt=csv&fmt=xml")).await.status, 404);
    assert_eq!(school.caller("viewer").get(&format!("{EXPORT}?fmt=xml")).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_shows_exactly_six_members_and_a_seventh_in_v3() {
    let school = School::start().await;
    let reader = school.caller("reader");
    let id = started(&reader).await;
    school.ended_job(&reader, &id).await;

    let job = reader.get(&format!("/api/v1/jobs/{id}/")).await.json;
    let members: Vec<_> = job.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["job_id", "name", "created", "state", "result", "text"]);
    assert_eq!(job["name"], "masters-in-cs:read:list_program_enrollments");
    assert_eq!((&job["state"], &job["text"]), (&json!("Succeeded"), &Value::Null));
    assert!(job["created"].as_str().unwrap().ends_with('Z'));
    let newer = reader.get(&format!("/api/v3/jobs/{id}")).await.json;
    assert_eq!(newer["error"], Value::Null);
    assert_eq!(newer.as_object().map(|members| members.len()), Some(7));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_for_its_owner_and_for_those_who_may_read_any() {
    let school = School::start().await;
    let id = started(&school.caller("reader")).await;
    let path = format!("/api/v2/jobs/{id}");

    for (username, status) in
        [("reader", 200), ("staff", 200), ("root", 200), ("writer", 403), ("stranger", 403)]
    {
        assert_eq!(school.caller(username).get(&path).await.status, status, "{username}");
    }
    let administrator = school.app.administrator().get(&path).await;
    assert_eq!(administrator.status, 403, "to be staff is not enough");
    for unknown in ["00000000-0000-4000-8000-000000000000", "abc", "ABC", "-", "x_y"] {
        let answer = school.caller("reader").get(&format!("/api/v1/jobs/{unknown}")).await;
        assert_eq!(answer.status, 404, "{unknown}");
    }
    let delete = school.caller("reader").delete(&path).await;
    assert_eq!((delete.status, delete.header("allow")), (405, "GET, HEAD, OPTIONS"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_only_the_callers_unfinished_jobs_oldest_first() {
    let school = School::start_with("[jobs]\nworkers = 0\n").await;
    let (reader, staff) = (school.caller("reader"), school.caller("root"));
    let mine = [started(&reader).await, started(&reader).await];
    started(&staff).await;

    let list = reader.get("/api/v1/jobs").await.json;
    let ids: Vec<_> = list.as_array().unwrap().iter().map(|job| &job["job_id"]).collect();
    assert_eq!(ids, [&mine[0], &mine[1]]);
    assert_eq!((&list[0]["state"], &list[0]["result"]), (&json!("Pending"), &Value::Null));
    assert_eq!(school.caller("stranger").get("/api/v2/jobs/").await.json, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn finished_jobs_leave_the_list() {
    let school = School::start().await;
    let reader = school.caller("reader");
    let id = started(&reader).await;

    school.ended_job(&reader, &id).await;
    assert_eq!(reader.get("/api/v1/jobs").await.json, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_piles_up_jobs_without_end() {
    let school = School::start_with("[jobs]\nworkers = 0\nmost_unfinished = 2\n").await;
    let reader = school.caller("reader");
    started(&reader).await;
    started(&reader).await;

    let third = reader.get(EXPORT).await;
    assert_eq!((third.status, third.header("retry-after")), (429, "10"));
    started(&school.caller("root")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_needs_no_other_credentials_and_cannot_be_changed() {
    let school = School::start_in_folder("").await;
    let reader = school.caller("reader");
    let id = started(&reader).await;
    let job = school.ended_job(&reader, &id).await;
    let link = job["result"].as_str().unwrap();
    let start = format!("{}/api/media/job-results/{id}.json?expires=", school.app.url);
    assert!(link.starts_with(&start), "{link}");

    let anonymous = school.app.anonymous();
    let path = link.strip_prefix(&school.app.url).unwrap();
    assert_eq!(anonymous.get(path).await.text(), "[]");
    let head = anonymous.send(anonymous.request(Method::HEAD, path)).await;
    assert_eq!((head.status, head.header("content-length")), (200, "2"));
    for wrong in [
        path.replace("expires=", "expires=9"),
        path.replace(".json", ".csv"),
        path.replace("signature=", "signature=0"),
        path.split('?').next().unwrap().to_owned(),
        "/api/media/job-results/x?expires=y&signature=%00".to_owned(),
    ] {
        assert_eq!(anonymous.get(&wrong).await.status, 403, "{wrong}");
    }
    std::fs::remove_dir_all(school.app.database.folder().join("files")).unwrap();
    assert_eq!(anonymous.get(path).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_link_is_dead_and_the_job_has_a_new_one() {
    let storage = "link_life_s = 1\n";
    let school = School::start_with(storage).await;
    let reader = school.caller("reader");
    let id = started(&reader).await;
    let old = school.ended_job(&reader, &id).await["result"].clone();

    until(|| async { (school.download(&old).await.status == 403).then_some(()) }).await;
    let fresh = reader.get(&format!("/api/v1/jobs/{id}")).await.json["result"].clone();
    assert_eq!(school.download(&fresh).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_cannot_be_written_fails_in_the_end_and_says_so_only_in_v3() {
    let school = School::start_in_folder("[jobs]\nmost_attempts = 1\n").await;
    let reader = school.caller("reader");
    let files = school.app.database.folder().join("files");
    std::fs::create_dir_all(&files).unwrap();
    std::fs::write(files.join("job-results"), "in the way of the folder").unwrap();

    let id = started(&reader).await;
    let job = school.ended_job(&reader, &id).await;
    assert_eq!(job["state"], "Failed");
    assert_eq!(job["error"]["code"], "worker-lost");
    let older = reader.get(&format!("/api/v1/jobs/{id}")).await.json;
    assert_eq!((&older["result"], &older["text"]), (&Value::Null, &Value::Null));
    assert_eq!(older.get("error"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_passes_is_tried_again() {
    let school = School::start_in_folder("[jobs]\nmost_attempts = 3\n").await;
    let reader = school.caller("reader");
    let files = school.app.database.folder().join("files");
    std::fs::create_dir_all(&files).unwrap();
    let obstacle = files.join("job-results");
    std::fs::write(&obstacle, "in the way of the folder").unwrap();

    let id = started(&reader).await;
    until(|| async {
        let job = reader.get(&format!("/api/v1/jobs/{id}")).await.json;
        (job["state"] == "Retrying").then_some(())
    })
    .await;
    std::fs::remove_file(&obstacle).unwrap();
    assert_eq!(school.ended_job(&reader, &id).await["state"], "Succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_store_is_away_a_job_is_tried_again_and_a_link_too() {
    if s3_url().is_none() {
        println!("Not run: TEST_S3_URL names no store, so there are no credentials");
        return;
    }
    let school = School::start().await;
    let reader = school.caller("reader");
    let id = started(&reader).await;
    let link = school.ended_job(&reader, &id).await["result"].clone();
    let signed = link.as_str().unwrap().strip_prefix(&school.app.url).unwrap().to_owned();

    // The same database and keys, on a store at which nobody listens.
    let app = &school.app;
    let away = app.another_with(&format!("[storage]\n{}", s3_toml(&nowhere()))).await;
    let answer = away.anonymous().get(&signed).await;
    assert_eq!((answer.status, answer.json["code"].as_str()), (503, Some("store_unavailable")));
    assert_eq!(answer.header("retry-after"), "5");
    let ready = away.anonymous().get("/health/ready").await;
    assert_eq!((ready.status, ready.json["status"].as_str()), (200, Some("DEGRADED")));
    assert_eq!(ready.json["checks"]["files"], "UNAVAILABLE");
    assert_eq!(school.download(&link).await.status, 200);
}
