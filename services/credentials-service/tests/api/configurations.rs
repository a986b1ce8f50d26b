//! `/api/v1/course-certificates/` and `/api/v1/program-certificates/`.

use serde_json::{Value, json};
use testkit::Client;

use crate::given::{self, COURSE, LIST, PROGRAM, app, award, created, with};

const COURSES: &str = "/api/v1/course-certificates/";
const PROGRAMS: &str = "/api/v1/program-certificates/";

fn verified() -> Value {
    json!({"course_id": COURSE, "certificate_type": "verified", "is_active": true})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_course_configuration_is_made_once_and_then_changed() {
    let app = app().await;
    let designer = app.administrator();

    let made =
        created(designer.post(COURSES, with(verified(), "title", json!("Computing I"))).await);
    let keys: Vec<&str> = made.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "id",
            "course_id",
            "certificate_type",
            "template",
            "title",
            "is_active",
            "signatories",
            "certificate_available_date",
            "created",
            "modified",
        ]
    );
    assert_eq!(made["title"], "Computing I");
    let again = designer.post(COURSES, verified()).await;
    assert_eq!((again.status, &again.json["id"]), (200, &made["id"]));
    assert_eq!(again.json["title"], json!(null));

    let put = designer.put(COURSES, with(verified(), "title", json!("II"))).await;
    assert_eq!((put.status, &put.json["title"]), (200, &json!("II")));
    let missing = json!({"course_id": COURSE, "certificate_type": "honor"});
    assert_eq!(designer.put(COURSES, missing).await.status, 404);
    let one = format!("{COURSES}{}", made["id"]);
    assert_eq!(designer.get(&one).await.json, put.json);
    let put = designer.put(&format!("{one}/"), verified()).await;
    assert_eq!((put.status, &put.json["title"]), (200, &json!(null)));
    assert_eq!(designer.delete(&one).await.status, 204);
    assert_eq!(designer.get(&one).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_was_awarded_is_neither_removed_nor_moved() {
    let app = app().await;
    let designer = app.administrator();
    let made = created(designer.post(COURSES, verified()).await);
    award(&app, "pat").await;

    assert_eq!(designer.delete(&format!("{COURSES}{}", made["id"])).await.status, 409);
    let moved = json!({"id": made["id"], "course_id": COURSE, "certificate_type": "honor"});
    let refused = designer.put(COURSES, moved).await;
    assert_eq!(refused.status, 400);
    assert!(refused.json["certificate_type"].is_array());
}

#[tokio::test(flavor = "multi_thread")]
async fn several_modes_of_one_run_can_be_configured_and_the_awards_mode_chooses() {
    let app = app().await;
    let designer = app.administrator();
    created(designer.post(COURSES, with(verified(), "certificate_type", json!("honor"))).await);
    created(designer.post(COURSES, verified()).await);

    assert_eq!(award(&app, "pat").await["credential"]["mode"], "verified");
    let other =
        json!({"username": "pat", "credential": {"course_run_key": COURSE, "mode": "masters"}});
    assert_eq!(created(designer.post(LIST, other).await)["credential"]["mode"], "honor");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_configuration_is_said_field_by_field() {
    let app = app().await;
    let designer = app.administrator();

    for (path, body, field, said) in [
        (COURSES, json!({}), "course_id", "This field is required."),
        (COURSES, with(verified(), "course_id", json!("x")), "course_id", "Invalid course key."),
        (
            COURSES,
            with(verified(), "certificate_type", json!("audit")),
            "certificate_type",
            "\"audit\" is not a valid choice.",
        ),
        (
            COURSES,
            with(verified(), "signatories", json!([9])),
            "signatories",
            "Invalid pk \"9\" - object does not exist.",
        ),
        (
            COURSES,
            with(verified(), "template", json!(3)),
            "template",
            "Invalid pk \"3\" - object does not exist.",
        ),
        (PROGRAMS, json!({}), "program_id", "This field is required."),
        (
            PROGRAMS,
            json!({"program_id": 9}),
            "program_id",
            "Invalid pk \"9\" - object does not exist.",
        ),
        (
            PROGRAMS,
            json!({"program_uuid": PROGRAM, "language": "123456789"}),
            "language",
            "Ensure this field has no more than 8 characters.",
        ),
    ] {
        let answer = designer.post(path, body).await;
        assert_eq!((answer.status, &answer.json[field]), (400, &json!([said])), "{path} {field}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_named_by_id_or_uuid_and_both_must_agree() {
    let app = app().await;
    let designer = app.administrator();

    let made = given::program_configuration(&app).await;
    let (id, uuid) = (&made["program_id"], &made["program_uuid"]);
    assert_eq!(*uuid, PROGRAM);
    assert!(id.is_i64());

    let by_id = designer.post(PROGRAMS, json!({"program_id": id})).await;
    assert_eq!((by_id.status, &by_id.json["id"]), (200, &made["id"]));
    let other = json!({"program_id": id, "program_uuid": "00000000-0000-0000-0000-000000000001"});
    assert_eq!(designer.post(PROGRAMS, other).await.status, 400);
    let keys: Vec<&str> = made.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "id",
            "program_id",
            "program_uuid",
            "template",
            "title",
            "is_active",
            "signatories",
            "use_org_name",
            "include_hours_of_effort",
            "language",
            "created",
            "modified",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_bare_arrays_and_slices_say_where_they_lie() {
    let app = app().await;
    let designer = app.administrator();
    for mode in ["honor", "verified", "masters"] {
        created(designer.post(COURSES, with(verified(), "certificate_type", json!(mode))).await);
    }

    let all = designer.get(COURSES).await;
    assert_eq!(all.json.as_array().map(Vec::len), Some(3));
    assert_eq!(all.header("content-type"), "application/json");
    let slice = designer.get(&format!("{COURSES}?page=2&page_size=2")).await;
    assert_eq!(slice.json.as_array().map(Vec::len), Some(1));
    assert_eq!(slice.header("x-total-count"), "3");
    assert!(slice.header("link").contains("page=1&page_size=2>; rel=\"prev\""));
    assert_eq!(designer.get(&format!("{COURSES}?page=9")).await.json, json!([]));
    let honor = designer.get(&format!("{COURSES}?certificate_type=honor")).await;
    assert_eq!(honor.json.as_array().map(Vec::len), Some(1));
    assert_eq!(designer.get(PROGRAMS).await.json, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_design_follows_from_the_role() {
    let app = app().await;
    let body = verified;

    assert_eq!(app.anonymous().post(COURSES, body()).await.status, 401);
    assert_eq!(app.nobody().post(COURSES, body()).await.status, 403);
    assert_eq!(app.nobody().get(COURSES).await.status, 403);
    let support = assigned(&app, "sue", "support", "NULL").await;
    assert_eq!(support.get(COURSES).await.status, 200);
    assert_eq!(support.post(COURSES, body()).await.status, 403);
    let designer = assigned(&app, "uma", "ux", "NULL").await;
    assert_eq!(designer.post(COURSES, body()).await.status, 201);
    assert_eq!(designer.post("/api/v1/signatories/", json!({})).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_course_team_sees_and_changes_its_own_course_only() {
    let app = app().await;
    created(app.administrator().post(COURSES, verified()).await);
    let second = with(verified(), "course_id", json!(given::SECOND_COURSE));
    let other = created(app.administrator().post(COURSES, second.clone()).await);

    let team = assigned(&app, "tim", "course_team", &format!("'{COURSE}'")).await;

    assert_eq!(team.get(COURSES).await.json.as_array().map(Vec::len), Some(1));
    assert_eq!(team.post(COURSES, verified()).await.status, 200);
    assert_eq!(team.post(COURSES, second).await.status, 403);
    assert_eq!(team.get(&format!("{COURSES}{}", other["id"])).await.status, 403);
    assert_eq!(team.delete(&format!("{COURSES}{}", other["id"])).await.status, 403);
    let person = json!({"name": "Tim", "title": "Tutor"});
    let person = created(team.post("/api/v1/signatories/", person).await);
    let path = format!("/api/v1/signatories/{}", person["id"]);
    assert_eq!(team.put(&path, json!({"name": "Tim", "title": "Lecturer"})).await.status, 200);
    let theirs = json!({"name": "Ada", "title": "Dean"});
    let theirs = created(app.administrator().post("/api/v1/signatories/", theirs).await);
    let path = format!("/api/v1/signatories/{}", theirs["id"]);
    assert_eq!(team.delete(&path).await.status, 403);
}

/// Somebody with a role; `course` is SQL.
async fn assigned(app: &given::App, username: &str, role: &str, course: &str) -> Client {
    let client = given::learner(app, username);
    client.get(COURSES).await;
    let sql = format!(
        "INSERT INTO role_assignments (site_id, user_id, role, course_id) \
         SELECT 1, id, '{role}', {course} FROM users WHERE username = '{username}'"
    );
    given::in_tables(app, &sql).await;
    client
}
