//! `GET /api/v1/credentials/:uuid`.

use serde_json::json;

use crate::{
    given::{self, COURSE, LIST, app, award, course_award, created, hex, with},
    pages::{finished, last_job},
};

#[tokio::test(flavor = "multi_thread")]
async fn anybody_sees_a_credential_and_that_it_was_revoked() {
    let app = app().await;
    let body = with(course_award("pat"), "attributes", json!([{"name": "grade", "value": "A"}]));
    let made = created(app.administrator().post(LIST, body).await);
    let path = format!("/api/v1/credentials/{}", hex(&made));

    let shown = app.anonymous().get(&path).await;
    assert_eq!(shown.status, 200);
    assert_eq!(shown.header("access-control-allow-origin"), "*");
    assert_eq!(
        shown.json,
        json!({
            "credential_type": "course-certificate", "credential_id": 1,
            "certificate_type": "verified", "username": "pat", "course_id": COURSE,
            "status": "awarded", "uuid": hex(&made), "download_url": "",
            "attributes": [{"namespace": "", "name": "grade", "value": "A"}],
        })
    );
    app.hears(finished(&last_job(&app).await)).await.unwrap();
    let ready = app.anonymous().get(&path).await;
    assert_eq!(
        ready.json["download_url"],
        format!("{}/credentials/{}/certificate.pdf", app.url, hex(&made))
    );
    given::revoke(&app, &made).await;
    let revoked = app.anonymous().get(&path).await;
    assert_eq!((revoked.status, &revoked.json["status"]), (200, &json!("revoked")));
    assert_eq!(revoked.json["attributes"], json!([]));
    assert_eq!(revoked.json["download_url"], "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_credential_has_neither_mode_nor_document() {
    let app = app().await;
    let made = given::program_credential(&app, "pat").await;

    let shown = app.anonymous().get(&format!("/api/v1/credentials/{}/", hex(&made))).await;

    let keys: Vec<&str> = shown.json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "credential_type",
            "credential_id",
            "username",
            "program_id",
            "status",
            "uuid",
            "attributes"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_visible_yet_is_there_for_its_learner_and_for_support() {
    let app = app().await;
    let made = award(&app, "pat").await;
    given::in_tables(
        &app,
        "UPDATE course_certificates SET certificate_available_date = '2999-01-01T00:00:00.000000Z'",
    )
    .await;
    let path = format!("/api/v1/credentials/{}", hex(&made));

    assert_eq!(app.anonymous().get(&path).await.status, 404);
    assert_eq!(app.nobody().get(&path).await.status, 404);
    assert_eq!(given::learner(&app, "pat").get(&path).await.status, 200);
    assert_eq!(app.administrator().get(&path).await.status, 200);
    assert_eq!(app.anonymous().get(&given::page(&made)).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_and_malformed_ids_are_missing_and_a_bad_token_is_ignored() {
    let app = app().await;
    let made = award(&app, "pat").await;

    for id in ["x", "00000000000000000000000000000000", "%00"] {
        let path = format!("/api/v1/credentials/{id}");
        assert_eq!(app.anonymous().get(&path).await.status, 404, "{id}");
    }
    let bad = app.anonymous().with_token("a.b.c".to_owned());
    let path = format!("/api/v1/credentials/{}", hex(&made));
    assert_eq!(bad.get(&path).await.status, 200);
}
