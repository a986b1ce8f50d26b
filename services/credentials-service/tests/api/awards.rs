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
