//! `/api/v1/course-certificates/` and `/api/v1/program-certificates/`.

use serde_json::{Value, json};
use testkit::Client;

use crate::given::{self, COURSE, LIST, PROGRAM, app, assigned, award, created, with};

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
    for beyond in ["9", "18446744073709551615", "99999999999999999999999999"] {
        let answer = designer.get(&format!("{COURSES}?page={beyond}")).await;
        assert_eq!((answer.status, answer.json), (200, json!([])), "{beyond}");
    }
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
    let support = assigned(&app, "sue", "support", None).await;
    assert_eq!(support.get(COURSES).await.status, 200);
    assert_eq!(support.post(COURSES, body()).await.status, 403);
    let designer = assigned(&app, "uma", "ux", None).await;
    assert_eq!(designer.post(COURSES, body()).await.status, 201);
    assert_eq!(designer.post("/api/v1/signatories/", json!({})).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_course_team_sees_and_changes_its_own_course_only() {
    let app = app().await;
    created(app.administrator().post(COURSES, verified()).await);
    let second = with(verified(), "course_id", json!(given::SECOND_COURSE));
    let other = created(app.administrator().post(COURSES, second.clone()).await);

    let team = assigned(&app, "tim", "course_team", Some(COURSE)).await;

    assert_eq!(team.get(COURSES).await.json.as_array().map(Vec::len), Some(1));
    assert_eq!(team.post(COURSES, verified()).await.status, 200);
    assert_eq!(team.post(COURSES, second).await.status, 403);
    for id in [&other["id"], &json!(9999)] {
        let path = format!("{COURSES}{id}");
        for answer in [
            team.get(&path).await,
            team.put(&path, json!({})).await,
            team.put(COURSES, with(verified(), "id", id.clone())).await,
            team.delete(&path).await,
        ] {
            let said = json!({"detail": "No CourseCertificate matches the given query."});
            assert_eq!((answer.status, answer.json), (404, said), "{id}");
        }
    }
    let wrong = json!({"course_id": given::SECOND_COURSE, "title": true});
    assert_eq!(team.post(COURSES, wrong).await.status, 403, "before anything is called wrong");
    let stranger = given::program_configuration(&app).await;
    assert_eq!(team.post(PROGRAMS, json!({"program_uuid": PROGRAM})).await.status, 403);
    let path = format!("{PROGRAMS}{}", stranger["id"]);
    assert_eq!(team.put(&path, json!({})).await.status, 404);
    assert_eq!(team.delete(&path).await.status, 404);
    let person = json!({"name": "Tim", "title": "Tutor"});
    let person = created(team.post("/api/v1/signatories/", person).await);
    let path = format!("/api/v1/signatories/{}", person["id"]);
    assert_eq!(team.put(&path, json!({"name": "Tim", "title": "Lecturer"})).await.status, 200);
    let theirs = json!({"name": "Ada", "title": "Dean"});
    let theirs = created(app.administrator().post("/api/v1/signatories/", theirs).await);
    let path = format!("/api/v1/signatories/{}", theirs["id"]);
    let changed = json!({"name": "Ada", "title": "Rector"});
    assert_eq!(team.put(&path, changed.clone()).await.status, 200, "nobody uses it");
    let second = with(verified(), "course_id", json!(given::SECOND_COURSE));
    let second = with(second, "signatories", json!([theirs["id"]]));
    assert_eq!(app.administrator().post(COURSES, second).await.status, 200);
    assert_eq!(team.put(&path, changed).await.status, 403);
    assert_eq!(team.put(&path, json!({})).await.status, 403, "before anything is called wrong");
    assert_eq!(team.delete(&path).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_a_configuration_is_said_at_once_and_nothing_twice() {
    let app = app().await;
    let designer = app.administrator();
    let pk = |id: &str| json!([format!("Invalid pk \"{id}\" - object does not exist.")]);

    let body = json!({
        "course_id": COURSE, "certificate_type": "x", "title": "x".repeat(256),
        "signatories": [9, 9, 8], "template": 3,
    });
    let answer = designer.post(COURSES, body).await;
    assert_eq!(
        (answer.status, answer.json),
        (
            400,
            json!({
                "certificate_type": ["\"x\" is not a valid choice."],
                "title": ["Ensure this field has no more than 255 characters."],
                "signatories": pk("9"),
                "template": pk("3"),
            })
        )
    );
    let body = json!({"course_id": true, "certificate_type": "honor", "signatories": ["a", "b"]});
    assert_eq!(
        designer.post(COURSES, body).await.json,
        json!({
            "course_id": ["Not a valid string."],
            "signatories": ["Incorrect type. Expected pk value."],
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_an_award_made_can_be_closed_whatever_its_mode() {
    let app = app().await;
    let audit =
        json!({"username": "pat", "credential": {"course_run_key": COURSE, "mode": "audit"}});
    created(app.administrator().post(LIST, audit).await);
    let designer = app.administrator();
    let made = designer.get(COURSES).await.json[0].clone();

    let body = json!({"course_id": COURSE, "certificate_type": "audit", "is_active": false});
    let closed = designer.put(&format!("{COURSES}{}", made["id"]), body.clone()).await;

    assert_eq!((closed.status, &closed.json["is_active"]), (200, &json!(false)));
    let other = with(body, "course_id", json!(given::SECOND_COURSE));
    assert_eq!(designer.post(COURSES, other).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn titles_and_names_lose_what_turns_their_direction() {
    let app = app().await;
    let designer = app.administrator();

    let made = designer.post(COURSES, with(verified(), "title", json!("A\u{202E}B\nC"))).await;
    assert_eq!(made.json["title"], "AB C");
    let person = json!({"name": "\u{2066}Ada\u{7}", "title": "\u{202E}"});
    let refused = designer.post("/api/v1/signatories/", person).await;
    assert_eq!(refused.json, json!({"title": ["This field may not be blank."]}));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_name_may_ask_what_a_path_takes() {
    let app = app().await;
    let made = award(&app, "pat").await;
    let ask = |client: Client, path: String| async move {
        client.send(client.request(reqwest::Method::OPTIONS, &path)).await
    };

    for path in [COURSES, PROGRAMS, "/api/v1/signatories", "/api/v1/course-certificates/1"] {
        let answer = ask(app.nobody(), path.to_owned()).await;
        assert_eq!((answer.status, answer.json["renders"].is_array()), (200, true), "{path}");
        assert!(answer.header("allow").contains("PUT"), "{path}");
        assert_eq!(ask(app.anonymous(), path.to_owned()).await.status, 401, "{path}");
    }
    for path in [given::page(&made), format!("/api/v1/credentials/{}", given::hex(&made))] {
        let answer = ask(app.anonymous(), path.clone()).await;
        assert_eq!((answer.status, answer.header("allow")), (200, "GET, HEAD, OPTIONS"), "{path}");
    }
    assert_eq!(ask(app.anonymous(), "/api/v2/".to_owned()).await.status, 401);
    assert_eq!(ask(app.nobody(), "/api/v2/".to_owned()).await.status, 200);
}
