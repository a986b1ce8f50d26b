//! `POST /api/v1/user-credentials/`: one credential.

use events::renderer::RenderJob;
use serde_json::{Value, json};

use crate::{
    given::{self, COURSE, PROGRAM, SECOND_COURSE, app, assigned, created, with},
    pages::{finished, last_job},
};

pub const ISSUE: &str = "/api/v1/user-credentials/";

/// The body that issues the first course's credential.
pub fn course(username: &str) -> Value {
    json!({"username": username, "course_id": COURSE, "certificate_type": "verified"})
}

fn attribute(namespace: &str, name: &str, value: &str) -> Value {
    json!({"namespace": namespace, "name": name, "value": value})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_award_is_made_and_every_other_answers_the_same_object() {
    let app = app().await;
    given::course_configuration(&app).await;
    let lms = app.administrator();

    let body = with(course("pat"), "attributes", json!([attribute("whitelist", "by", "Ada")]));
    let made = created(lms.post(ISSUE, with(body, "status", json!("revoked"))).await);

    assert_eq!(
        made,
        json!({
            "credential_type": "course-certificate", "credential_id": 1,
            "certificate_type": "verified", "username": "pat", "course_id": COURSE,
            "status": "awarded", "uuid": made["uuid"], "download_url": "",
            "attributes": [attribute("whitelist", "by", "Ada")],
        })
    );
    let again = lms.post(ISSUE.trim_end_matches('/'), course("pat")).await;
    assert_eq!((again.status, &again.json), (200, &made));
    let jobs: Vec<RenderJob> = app.said_as("render.request.interactive").await;
    assert_eq!(jobs.len(), 1, "somebody waits for it, once");
    app.hears(finished(&last_job(&app).await)).await.unwrap();
    let ready = lms.post(ISSUE, course("pat")).await;
    let url = format!("{}/credentials/{}/certificate.pdf", app.url, given::text(&made["uuid"]));
    assert_eq!(ready.json["download_url"], url);
    let shown = app.anonymous().get(&format!("/api/v1/credentials/{}", given::hex(&made))).await;
    assert_eq!(shown.json, ready.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_credential_counts_again_and_keeps_what_only_the_other_api_knows() {
    let app = app().await;
    let lms = app.administrator();
    let body = with(given::course_award("pat"), "date_override", json!({"date": "2020-02-03"}));
    let body = with(body, "attributes", json!([{"name": "grade", "value": "A"}]));
    let made = created(lms.post(given::LIST, body).await);
    given::revoke(&app, &made).await;

    let body = with(course("pat"), "attributes", json!([attribute("course", "grade", "B")]));
    let again = lms.post(ISSUE, body).await;

    assert_eq!((again.status, &again.json["status"]), (200, &json!("awarded")));
    assert_eq!(again.json["uuid"], given::hex(&made));
    let both = json!([attribute("", "grade", "A"), attribute("course", "grade", "B")]);
    assert_eq!(again.json["attributes"], both);
    let known = lms.get(&given::item(&made)).await.json;
    assert_eq!(known["date_override"], json!({"date": "2020-02-03T00:00:00Z"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_named_by_id_or_uuid_and_both_must_agree() {
    let app = app().await;
    let configuration = given::program_configuration(&app).await;
    let lms = app.administrator();
    let id = &configuration["program_id"];

    let made = created(lms.post(ISSUE, json!({"username": "pat", "program_id": id})).await);

    assert_eq!(
        made,
        json!({
            "credential_type": "program-certificate", "credential_id": 1, "username": "pat",
            "program_id": id, "status": "awarded", "uuid": made["uuid"], "attributes": [],
        })
    );
    for body in [
        json!({"username": "pat", "program_uuid": PROGRAM}),
        json!({"username": "pat", "program_uuid": PROGRAM.replace('-', ""), "program_id": id}),
    ] {
        let again = lms.post(ISSUE, body).await;
        assert_eq!((again.status, again.json), (200, made.clone()));
    }
    let other = "00000000-0000-0000-0000-000000000001";
    let body = json!({"username": "pat", "program_id": id, "program_uuid": other});
    let refused = lms.post(ISSUE, body).await;
    let said = json!([format!("Invalid pk \"{other}\" - object does not exist.")]);
    assert_eq!((refused.status, refused.json), (400, json!({ "program_uuid": said })));
    let course_fact = json!([attribute("course.grade", "letter", "A")]);
    let body = json!({"username": "pat", "program_id": id, "attributes": course_fact});
    let refused = lms.post(ISSUE, body).await;
    let said = json!(["Facts about a course are for course credentials only."]);
    assert_eq!((refused.status, refused.json), (400, json!({ "attributes": said })));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_active_configuration_is_issued_and_none_is_made() {
    let app = app().await;
    let lms = app.administrator();
    let inactive = json!({"course_id": SECOND_COURSE, "certificate_type": "honor"});
    created(lms.post("/api/v1/course-certificates/", inactive).await);
    given::course_configuration(&app).await;
    let course = |key: &str, mode: &str| json!({"username": "pat", "course_id": key, "certificate_type": mode});
    let none_of = |key: &str| json!({"course_id": [format!("No active course certificate exists for {key}")]});

    for (body, said) in [
        (course(SECOND_COURSE, "honor"), none_of(SECOND_COURSE)),
        (course(COURSE, "honor"), none_of(COURSE)),
        (course("nonsense", "honor"), none_of("nonsense")),
        (
            json!({"username": "pat", "program_id": 1}),
            json!({"program_id": ["No active program certificate exists for 1"]}),
        ),
        (
            json!({"username": "pat", "program_uuid": PROGRAM}),
            json!({"program_id": [format!("No active program certificate exists for {PROGRAM}")]}),
        ),
    ] {
        let answer = lms.post(ISSUE, body).await;
        assert_eq!((answer.status, answer.json), (400, said));
    }
    assert_eq!(lms.get(given::LIST).await.json["count"], 0);
    let all = lms.get("/api/v1/course-certificates/").await;
    assert_eq!(all.json.as_array().map(Vec::len), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_is_said_at_once() {
    let app = app().await;
    let lms = app.administrator();

    let body = json!({
        "username": "", "course_id": COURSE, "certificate_type": "honor", "attributes": 5,
    });
    let answer = lms.post(ISSUE, body).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json,
        json!({
            "username": ["This field may not be blank."],
            "attributes": {"non_field_errors": ["Expected a list of items but got type \"int\"."]},
            "course_id": [format!("No active course certificate exists for {COURSE}")],
        })
    );
    let body = json!({"username": "pat", "course_id": COURSE, "program_id": "x"});
    let answer = lms.post(ISSUE, body).await;
    let said = json!(["Exactly one of course_id and program_id is required."]);
    assert_eq!((answer.status, answer.json), (400, json!({ "non_field_errors": said })));
    let answer = lms.post(ISSUE, json!({"username": "pat", "program_id": "x"})).await;
    assert_eq!(answer.json, json!({"program_id": ["A valid integer is required."]}));
    let answer = lms.post(ISSUE, json!("x")).await;
    let said = json!(["Invalid data. Expected a dictionary, but got str."]);
    assert_eq!((answer.status, answer.json), (400, json!({ "non_field_errors": said })));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_issue_follows_from_the_role() {
    let app = app().await;
    given::course_configuration(&app).await;

    assert_eq!(app.anonymous().post(ISSUE, course("pat")).await.status, 401);
    assert_eq!(app.nobody().post(ISSUE, course("nobody")).await.status, 403, "nor for oneself");
    let designer = assigned(&app, "uma", "ux", None).await;
    assert_eq!(designer.post(ISSUE, json!({})).await.status, 403, "nothing is said of the body");
    for role in ["pm", "support", "system"] {
        let issuer = assigned(&app, role, role, None).await;
        assert_eq!(issuer.post(ISSUE, course(role)).await.status, 201, "{role}");
    }
    let worker = given::learner(&app, "credentials_service_user");
    assert_eq!(worker.post(ISSUE, course("pat")).await.status, 201, "the LMS's own account");
    let get = worker.get(ISSUE).await;
    assert_eq!((get.status, get.header("allow")), (405, "POST, OPTIONS"));
    assert_eq!(app.nobody().get(ISSUE).await.status, 403);
    let options = |client: testkit::Client| async move {
        client.send(client.request(reqwest::Method::OPTIONS, ISSUE)).await.status
    };
    assert_eq!(options(app.nobody()).await, 200);
    assert_eq!(options(app.anonymous()).await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_course_team_issues_its_own_course_only() {
    let app = app().await;
    given::course_configuration(&app).await;
    given::program_configuration(&app).await;
    let team = assigned(&app, "tim", "course_team", Some(COURSE)).await;

    assert_eq!(team.post(ISSUE, course("pat")).await.status, 201);
    for body in [
        json!({"username": "pat", "course_id": SECOND_COURSE, "certificate_type": "honor"}),
        json!({"username": "", "course_id": SECOND_COURSE, "certificate_type": "honor"}),
        json!({"course_id": SECOND_COURSE}),
        json!({"username": "pat", "program_uuid": PROGRAM}),
        json!({"username": "pat", "program_id": 99}),
    ] {
        let answer = team.post(ISSUE, body.clone()).await;
        let said = json!({"detail": "You do not have permission to perform this action."});
        assert_eq!((answer.status, answer.json), (403, said), "{body}");
    }
    let mine = team.post(ISSUE, json!({"course_id": COURSE})).await;
    let required = json!(["This field is required."]);
    assert_eq!(mine.status, 400);
    assert_eq!(mine.json, json!({"username": required, "certificate_type": required}));
}
