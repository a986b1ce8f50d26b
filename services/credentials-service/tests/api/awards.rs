//! `/api/v2/credentials/`: what is answered to whom.

use serde_json::json;

use crate::given::{self, LIST, award, course_award, created, item, with};

#[tokio::test(flavor = "multi_thread")]
async fn an_award_is_answered_with_the_whole_object() {
    let app = given::app().await;

    let made = award(&app, "pat").await;

    let keys: Vec<&str> = made.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "username",
            "credential",
            "status",
            "uuid",
            "attributes",
            "date_override",
            "created",
            "modified",
            "certificate_url",
        ]
    );
    assert_eq!(
        made["credential"],
        json!({"type": "course-run", "course_run_key": given::COURSE, "mode": "verified"})
    );
    assert_eq!(made["status"], "awarded");
    assert_eq!(made["attributes"], json!([]));
    assert_eq!(made["date_override"], json!(null));
    assert_eq!(made["certificate_url"], format!("{}{}", app.url, given::page(&made)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_award_keeps_uuid_and_creation_and_re_awards() {
    let app = given::app().await;
    let first = award(&app, "pat").await;
    given::revoke(&app, &first).await;

    let second = award(&app, "pat").await;

    assert_eq!(second["uuid"], first["uuid"]);
    assert_eq!(second["created"], first["created"]);
    assert_eq!(second["status"], "awarded");
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_are_merged_and_an_absent_date_override_is_removed() {
    let app = given::app().await;
    let lms = app.administrator();
    let body = with(
        course_award("pat"),
        "attributes",
        json!([{"name": "grade", "value": "A"}, {"name": "x", "value": "1"}]),
    );
    let body = with(body, "date_override", json!({"date": "2026-01-02"}));
    let first = created(lms.post(LIST, body).await);
    assert_eq!(first["date_override"], json!({"date": "2026-01-02T00:00:00Z"}));

    let body = with(course_award("pat"), "attributes", json!([{"name": "x", "value": "2"}]));
    let second = created(lms.post(LIST, body).await);

    assert_eq!(
        second["attributes"],
        json!([{"name": "grade", "value": "A"}, {"name": "x", "value": "2"}])
    );
    assert_eq!(second["date_override"], json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_is_revoked_by_patch_put_and_post_and_never_by_delete_without_the_right() {
    let app = given::app().await;
    let lms = app.administrator();
    let made = award(&app, "pat").await;

    let patched = lms.patch(&item(&made), json!({"status": "revoked", "username": "eve"})).await;
    assert_eq!((patched.status, &patched.json["status"]), (200, &json!("revoked")));
    assert_eq!(patched.json["username"], "pat");
    let put = lms.put(&item(&made), json!({})).await;
    assert_eq!((put.status, &put.json["status"]), (200, &json!("revoked")));
    let posted = lms.post(LIST, with(course_award("pat"), "status", json!("revoked"))).await;
    assert_eq!((posted.status, &posted.json["status"]), (201, &json!("revoked")));
    assert_eq!(lms.delete(&item(&made)).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_awards_like_json() {
    let app = given::app().await;
    let fields = [
        ("username", "pat"),
        ("credential.course_run_key", given::COURSE),
        ("credential.mode", "honor"),
        ("attributes[0]name", "grade"),
        ("attributes[0]value", "A"),
        ("date_override.date", "2026-01-02 03:04"),
        ("lms_user_id", "17"),
    ];

    let made = created(app.administrator().post_form(LIST, &fields).await);

    assert_eq!(made["credential"]["mode"], "honor");
    assert_eq!(made["attributes"], json!([{"name": "grade", "value": "A"}]));
    assert_eq!(made["date_override"], json!({"date": "2026-01-02T03:04:00Z"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_awarded_is_refused_in_the_predecessors_words() {
    let app = given::app().await;
    let lms = app.administrator();
    let inactive = json!({"course_id": given::SECOND_COURSE, "certificate_type": "honor"});
    created(lms.post("/api/v1/course-certificates/", inactive).await);
    let program = "00000000-0000-0000-0000-000000000001";

    for (credential, said) in [
        (
            json!({"program_uuid": program}),
            json!({"program_uuid": format!("No active ProgramCertificate exists for program [{program}]")}),
        ),
        (
            json!({"course_run_key": given::SECOND_COURSE, "mode": "honor"}),
            json!({"course_run_key": format!(
                "No active CourseCertificate exists for course run [{}]", given::SECOND_COURSE)}),
        ),
        (
            json!({"course_run_key": "course-v1:No+Such+Run", "mode": "honor"}),
            json!({"course_run_key":
                "CourseCertificate failed to create because the CourseRun course-v1:No+Such+Run \
                 doesn't exist in the catalog"}),
        ),
        (json!({"course_run_key": given::COURSE}), json!({"mode": "This field is required."})),
        (json!({"type": "program"}), json!(["Credential identifier is missing."])),
    ] {
        let body = json!({"username": "pat", "credential": credential});
        let answer = lms.post(LIST, body).await;
        assert_eq!((answer.status, answer.json), (400, json!({"credential": said})));
    }
    let everything = lms.post(LIST, json!({})).await;
    let required = json!(["This field is required."]);
    assert_eq!(everything.json, json!({"username": required, "credential": required}));
    let list = lms.post(LIST, json!([])).await;
    assert_eq!(
        list.json,
        json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]})
    );
    let text = lms.request(reqwest::Method::POST, LIST).header("Content-Type", "text/plain");
    let text = lms.send(text.body("x")).await;
    assert_eq!(text.status, 415);
    assert_eq!(text.json, json!({"detail": "Unsupported media type \"text/plain\" in request."}));
    let broken =
        lms.request(reqwest::Method::POST, LIST).header("Content-Type", "application/json");
    let broken = lms.send(broken.body("{")).await;
    assert!(given::text(&broken.json["detail"]).starts_with("JSON parse error - "));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_awarded_is_said_together_with_everything_else_that_is_wrong() {
    let app = given::app().await;
    let lms = app.administrator();
    let status = json!(["\"bogus\" is not a valid choice."]);
    let program = "00000000-0000-0000-0000-000000000001";

    for (credential, said) in [
        (
            json!({"program_uuid": program}),
            json!({"program_uuid": format!("No active ProgramCertificate exists for program [{program}]")}),
        ),
        (json!({"course_run_key": given::COURSE}), json!({"mode": "This field is required."})),
        (json!({"program_uuid": "abc"}), json!(["“abc” is not a valid UUID."])),
    ] {
        let body = json!({"username": " ", "credential": credential, "status": "bogus"});
        let answer = lms.post(LIST, body).await;
        let blank = json!(["This field may not be blank."]);
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json, json!({"username": blank, "credential": said, "status": status}));
    }
    let body = with(course_award("pat"), "status", json!("bogus"));
    assert_eq!(lms.post(LIST, body).await.json, json!({ "status": status }));
    let made = lms.get("/api/v1/course-certificates/").await;
    assert_eq!(made.json, json!([]), "nothing is made for an award that is refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_is_made_on_the_fly_for_any_mode_and_never_made_active_again() {
    let app = given::app().await;
    let body = json!({"username": "pat",
        "credential": {"course_run_key": given::COURSE, "mode": "audit", "type": "nonsense"}});
    let made = created(app.administrator().post(LIST, body).await);

    assert_eq!(made["credential"]["mode"], "audit");
    let again = award(&app, "pat").await;
    assert_eq!((&again["uuid"], &again["credential"]["mode"]), (&made["uuid"], &json!("audit")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_awarded_to_somebody_whom_nobody_knows() {
    let app = given::app().await;
    let configuration = given::program_configuration(&app).await;
    let lms = app.administrator();
    let body =
        with(given::program_award("stranger"), "date_override", json!({"date": "2026-01-02"}));

    let made = created(lms.post(LIST, body).await);

    assert_eq!(
        made["credential"],
        json!({"type": "program", "credential_id": configuration["id"], "program_uuid": given::PROGRAM})
    );
    assert_eq!(made["date_override"], json!(null), "programs have none");
    let other = json!({"username": "stranger",
        "credential": {"program_uuid": given::PROGRAM.replace('-', ""), "course_run_key": "x"}});
    assert_eq!(created(lms.post(LIST, other).await)["uuid"], made["uuid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_credential_is_read_with_and_without_dashes() {
    let app = given::app().await;
    let lms = app.administrator();
    let made = award(&app, "pat").await;

    assert_eq!(lms.get(&item(&made)).await.json, made);
    assert_eq!(lms.get(&format!("{LIST}{}/", given::hex(&made))).await.json, made);
    let unknown = lms.get(&format!("{LIST}{}/", uuid::Uuid::nil())).await;
    let said = json!({"detail": "No UserCredential matches the given query."});
    assert_eq!((unknown.status, unknown.json), (404, said));
    let malformed = lms.get(&format!("{LIST}x/")).await;
    assert_eq!((malformed.status, malformed.json), (404, json!({"detail": "Not found."})));
    let patched = lms.patch(&format!("{LIST}{}/", uuid::Uuid::nil()), json!({"status": "x"})).await;
    assert_eq!(patched.status, 404, "the object comes before the body");
    let wrong = lms.patch(&item(&made), json!({"status": "x"})).await;
    assert_eq!(wrong.json, json!({"status": ["\"x\" is not a valid choice."]}));
    let ignored = lms.patch(&item(&made), json!({"date_override": {"date": "x"}})).await;
    assert_eq!(ignored.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_delete_revokes_and_keeps_the_row() {
    use chassis::Service;
    let app = given::app().await;
    let made = award(&app, "pat").await;
    let document = json!({"users": [{"username": "del",
        "global_permissions": ["credentials.delete_usercredential"]}]});
    app.service.import(&document.to_string()).await.unwrap();
    let del = given::learner(&app, "del");

    for _ in 0..2 {
        let answer = del.delete(&item(&made)).await;
        assert_eq!((answer.status, &answer.json["status"]), (200, &json!("revoked")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_filtered_in_every_way() {
    let app = given::app().await;
    let lms = app.administrator();
    let program = given::program_credential(&app, "pat").await;
    award(&app, "lin").await;
    let revoked = award(&app, "Eve").await;
    given::revoke(&app, &revoked).await;
    let count = |query: &str| {
        let path = format!("{LIST}?{query}");
        let lms = lms.clone();
        async move {
            let answer = lms.get(&path).await;
            assert_eq!(answer.status, 200, "{path}");
            answer.json["count"].as_u64().unwrap()
        }
    };

    assert_eq!(count("").await, 4);
    assert_eq!(count("username=pat").await, 2);
    assert_eq!(count("username=eVE").await, 1);
    assert_eq!(count("status=revoked").await, 1);
    assert_eq!(count("status=").await, 4);
    assert_eq!(count("type=program").await, 1);
    assert_eq!(count("type=course-run&username=pat").await, 1);
    assert_eq!(count("type=nonsense").await, 4);
    assert_eq!(count(&format!("program_uuid={}", given::PROGRAM)).await, 4);
    assert_eq!(
        count(&format!("program_uuid={}&type=program", given::PROGRAM.replace('-', ""))).await,
        1
    );
    assert_eq!(count("program_uuid=x").await, 0);
    assert_eq!(count("program_uuid=").await, 0);
    let bogus = lms.get(&format!("{LIST}?status=awarded&status=bogus")).await;
    assert_eq!(bogus.status, 400);
    assert_eq!(
        bogus.json,
        json!({"status": ["Select a valid choice. bogus is not one of the available choices."]})
    );

    given::in_tables(
        &app,
        "UPDATE course_certificates SET certificate_available_date = '2999-01-01T00:00:00.000000Z'",
    )
    .await;
    assert_eq!(count("only_visible=True").await, 0, "one late course hides the program too");
    assert_eq!(count("only_visible=yes").await, 4);
    assert_eq!(app.anonymous().get(&given::page(&program)).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_learner_lists_their_own_and_nobody_elses() {
    let app = given::app().await;
    award(&app, "pat").await;
    let pat = given::learner(&app, "pat");

    assert_eq!(pat.get(&format!("{LIST}?username=PAT")).await.json["count"], 1);
    for query in ["", "?username=", "?username=lin", "?username=pat&username=lin"] {
        assert_eq!(pat.get(&format!("{LIST}{query}")).await.status, 403, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_have_twenty_and_links_keep_the_other_parameters() {
    let app = given::app().await;
    let lms = app.administrator();
    for n in 0..21 {
        award(&app, &format!("learner{n:02}")).await;
    }

    let first = lms.get(&format!("{LIST}?status=awarded&page_size=5&a=b")).await.json;
    assert_eq!(first["count"], 21);
    assert_eq!(first["results"].as_array().map(Vec::len), Some(20));
    assert_eq!(first["results"][0]["username"], "learner00");
    let next = format!("{}{LIST}?a=b&page=2&page_size=5&status=awarded", app.url);
    assert_eq!(first["next"], next);
    assert_eq!(first["previous"], json!(null));
    let last = lms.get(&format!("{LIST}?page=last")).await.json;
    assert_eq!(last["results"].as_array().map(Vec::len), Some(1));
    assert_eq!(last["previous"], format!("{}{LIST}", app.url));
    let visible = lms.get(&format!("{LIST}?only_visible=True&page=2")).await.json;
    assert_eq!(
        (&visible["count"], visible["results"].as_array().map(Vec::len)),
        (&json!(21), Some(1))
    );
    let visible = lms.get(&format!("{LIST}?only_visible=True&page=last")).await.json;
    assert_eq!(visible["results"], last["results"]);
    for page in ["0", "-1", "x", "3"] {
        let answer = lms.get(&format!("{LIST}?page={page}")).await;
        assert_eq!(
            (answer.status, answer.json),
            (404, json!({"detail": "Invalid page."})),
            "{page}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn awards_in_parallel_make_one_credential_and_one_configuration() {
    let app = given::app().await;
    let lms = app.administrator();
    let posts = (0..24).map(|_| {
        let lms = lms.clone();
        tokio::spawn(async move { lms.post(LIST, course_award("pat")).await })
    });

    let mut uuids = std::collections::BTreeSet::new();
    for post in posts.collect::<Vec<_>>() {
        uuids.insert(created(post.await.unwrap())["uuid"].to_string());
    }

    assert_eq!(uuids.len(), 1);
    let all = lms.get(LIST).await.json;
    assert_eq!(all["count"], 1);
    let told: Vec<events::credentials::CredentialAwarded> = app.said().await;
    assert_eq!(told.len(), 1);
    assert_eq!(lms.get("/api/v1/course-certificates").await.json.as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn awards_and_revocations_in_parallel_leave_one_truth() {
    let app = given::app().await;
    let lms = app.administrator();
    let made = award(&app, "pat").await;
    let calls = (0..24).map(|n| {
        let (lms, path) = (lms.clone(), item(&made));
        let status = if n % 2 == 0 { "revoked" } else { "awarded" };
        tokio::spawn(async move { lms.patch(&path, json!({"status": status})).await.status })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), 200);
    }
    given::revoke(&app, &made).await;

    let awarded: Vec<events::credentials::CredentialAwarded> = app.said().await;
    let revoked: Vec<events::credentials::CredentialRevoked> = app.said().await;
    let mut sequences: Vec<i64> = awarded.iter().map(|each| each.sequence).collect();
    sequences.extend(revoked.iter().map(|each| each.sequence));
    sequences.sort_unstable();
    let expected: Vec<i64> = (1..).take(sequences.len()).collect();
    assert_eq!(sequences, expected, "none doubled, none missing");
    assert_eq!(revoked.iter().map(|e| e.sequence).max(), expected.last().copied());
}

#[tokio::test(flavor = "multi_thread")]
async fn awards_and_new_names_of_one_learner_never_wait_for_each_other_in_a_circle() {
    use auth::Claims;
    use testkit::Lms;
    let app = given::app().await;
    let program = given::program_credential(&app, "pat").await;
    let lms = app.administrator();
    let mut calls = Vec::new();
    for n in 0..16 {
        let (lms, path) = (lms.clone(), item(&program));
        let renamed = Claims { name: Some(format!("Pat {n}")), ..Lms::claims("pat") };
        let pat = app.caller(&renamed);
        calls.push(tokio::spawn(async move {
            let course = if n % 2 == 0 { given::COURSE } else { given::SECOND_COURSE };
            let body = json!({"username": "pat", "attributes": [{"name": "n", "value": n}],
                "date_override": {"date": format!("2026-01-{:02}", n + 1)},
                "credential": {"course_run_key": course, "mode": "verified"}});
            let posted = lms.post(LIST, body).await.status;
            let status = if n % 3 == 0 { "revoked" } else { "awarded" };
            let patched = lms.patch(&path, json!({"status": status})).await.status;
            let named = pat.get(&format!("{LIST}?username=nobody")).await.status;
            (posted, patched, named)
        }));
    }
    for call in calls {
        assert_eq!(call.await.unwrap(), (201, 200, 403));
    }
}
