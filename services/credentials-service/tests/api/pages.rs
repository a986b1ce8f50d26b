//! The public page of a certificate, state by state.

use events::{
    badges::{AssertionIssued, AssertionRevoked, CredentialRef},
    renderer::{RenderJob, RenderingFailed, RenderingFinished},
};
use model::Timestamp;
use serde_json::{Value, json};
use testkit::Lms;

use crate::given::{self, App, LIST, award, course_award, created, hex, page, with};

/// The latest job that the service asked for.
pub async fn last_job(app: &App) -> RenderJob {
    let jobs: Vec<RenderJob> = app.said_as("render.request.interactive").await;
    jobs.into_iter().last().expect("a document was asked for")
}

/// What the renderer answers to a job.
pub fn finished(job: &RenderJob) -> RenderingFinished {
    RenderingFinished {
        job_id: job.job_id.clone(),
        sequence: job.sequence,
        record: json!({
            "render_id": "9b0e",
            "artifacts": [
                {"output": "pdf", "url": "https://r.example/9b0e/Certificate.pdf"},
                {"output": "card", "url": "https://r.example/9b0e/card.png"},
            ],
        }),
        attempt: 1,
    }
}

/// The badge service's answer to an award.
pub fn issued(credential: &Value, sequence: i64) -> AssertionIssued {
    AssertionIssued {
        assertion_id: "A000000000000000000000".to_owned(),
        sequence: 1,
        badge_class_id: "B000000000000000000000".to_owned(),
        badge_class_name: "Computing".to_owned(),
        credential: Some(CredentialRef {
            credential_id: given::text(&credential["uuid"]).parse().unwrap(),
            sequence,
        }),
        open_badge_id: "https://b.example/public/assertions/A.json".to_owned(),
        page_url: "https://b.example/public/assertions/A".to_owned(),
        image_url: "https://b.example/public/assertions/A/image".to_owned(),
        issued_at: Timestamp::now(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_course_certificate_is_shown_to_everybody_and_can_be_kept() {
    let app = given::app().await;
    let made = award(&app, "pat").await;

    let shown = app.anonymous().get(&page(&made)).await;

    assert_eq!(shown.status, 200, "{}", shown.text());
    assert_eq!(shown.header("content-type"), "text/html; charset=utf-8");
    assert!(shown.text().contains("Nguyễn Quang Khải"));
    assert!(shown.text().contains("Computing"));
    assert!(shown.text().contains("Université Example"));
    assert!(shown.header("cache-control").starts_with("public"));
    assert!(shown.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(shown.header("x-frame-options"), "DENY");
    let again = app.anonymous();
    let request = again
        .request(reqwest::Method::GET, &page(&made))
        .header("If-None-Match", shown.header("etag"));
    assert_eq!(again.send(request).await.status, 304);
    let head = app.anonymous();
    let request = head.request(reqwest::Method::HEAD, &page(&made));
    assert_eq!(head.send(request).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_takes_the_page_away_at_once_and_a_re_award_brings_it_back() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    assert_eq!(app.anonymous().get(&page(&made)).await.status, 200);

    given::revoke(&app, &made).await;
    let gone = app.anonymous().get(&page(&made)).await;
    assert_eq!(gone.status, 404);
    assert!(gone.header("content-type").starts_with("text/html"));
    assert_eq!(app.administrator().get(&page(&made)).await.status, 404);

    award(&app, "pat").await;
    assert_eq!(app.anonymous().get(&page(&made)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_can_say_that_a_certificate_was_revoked() {
    let app = given::app_with("[pages]\nrevoked = \"gone\"\n").await;
    let made = award(&app, "pat").await;
    given::revoke(&app, &made).await;

    assert_eq!(app.anonymous().get(&page(&made)).await.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_can_do_without_pages_of_course_certificates() {
    let app = given::app_with("[pages]\ncourse_certificates = false\n").await;
    let made = award(&app, "pat").await;

    assert_eq!(app.anonymous().get(&page(&made)).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_spellings_of_an_id_lead_to_the_page_and_strangers_ids_nowhere() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    let stranger = app.anonymous();

    for spelling in [given::text(&made["uuid"]).to_owned(), hex(&made).to_uppercase()] {
        let answer = stranger.get(&format!("/credentials/{spelling}/")).await;
        assert_eq!((answer.status, answer.header("location")), (301, page(&made).as_str()));
    }
    let unslashed = stranger.get(page(&made).trim_end_matches('/')).await;
    assert_eq!((unslashed.status, unslashed.header("location")), (301, page(&made).as_str()));
    for unknown in [
        "/credentials/00000000000000000000000000000000/",
        "/credentials/00000000-0000-0000-0000-000000000000/",
        "/credentials/x/",
        "/credentials/%00/",
        "/credentials/",
        "/nowhere",
    ] {
        assert_eq!(stranger.get(unknown).await.status, 404, "{unknown}");
    }
    assert_eq!(stranger.post(&page(&made), json!({})).await.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_certified_under_a_username() {
    let app = given::app().await;
    let made = award(&app, "nameless").await;

    let answer = app.anonymous().get(&page(&made)).await;

    assert_eq!(answer.status, 503);
    assert!(!answer.header("retry-after").is_empty());
    assert!(!answer.text().contains("nameless"));
    assert!(answer.text().contains("name is not known yet"), "there is no LMS to ask");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_and_staff_see_share_buttons_on_a_page_of_their_own() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    let share = "linkedin.com";

    let stranger = app.anonymous().get(&page(&made)).await;
    assert!(!stranger.text().contains(share));
    let nobody = app.nobody().get(&page(&made)).await;
    assert!(!nobody.text().contains(share));

    let token = Lms::token(&Lms::claims("pat"));
    let (payload, signature) = token.rsplit_once('.').unwrap();
    let browser = app.anonymous();
    let cookies =
        format!("edx-jwt-cookie-header-payload={payload}; edx-jwt-cookie-signature={signature}");
    let request = browser.request(reqwest::Method::GET, &page(&made)).header("Cookie", cookies);
    let owner = browser.send(request).await;
    assert!(owner.text().contains(share));
    assert!(owner.header("cache-control").starts_with("private"));
    app.administrator().get(LIST).await;
    assert!(app.administrator().get(&page(&made)).await.text().contains(share));
    assert!(!app.anonymous().get(&page(&made)).await.text().contains(share));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_appears_when_the_renderer_answers() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    let pdf = format!("{}certificate.pdf", page(&made));
    let early = app.anonymous().get(&pdf).await;
    assert_eq!(early.status, 404);
    assert!(!early.header("retry-after").is_empty());

    app.hears(finished(&last_job(&app).await)).await.unwrap();

    let there = app.anonymous().get(&pdf).await;
    assert_eq!(there.status, 302);
    assert_eq!(there.header("location"), "https://r.example/9b0e/Certificate.pdf");
    let shown = app.anonymous().get(&page(&made)).await;
    assert!(shown.text().contains("https://r.example/9b0e/card.png"));
    given::revoke(&app, &made).await;
    let gone = app.anonymous().get(&pdf).await;
    assert_eq!((gone.status, gone.header("retry-after")), (410, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_comes_after_a_newer_job_or_a_revocation_changes_nothing() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    let pdf = format!("{}certificate.pdf", page(&made));
    let old = last_job(&app).await;
    let body = with(course_award("pat"), "attributes", json!([{"name": "grade", "value": "A"}]));
    created(app.administrator().post(LIST, body).await);
    let new = last_job(&app).await;
    assert!(new.sequence > old.sequence);

    app.hears(finished(&old)).await.unwrap();
    assert_eq!(app.anonymous().get(&pdf).await.status, 404);

    given::revoke(&app, &made).await;
    app.hears(finished(&new)).await.unwrap();
    assert_eq!(app.anonymous().get(&pdf).await.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_rendering_leaves_a_page_without_a_document() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    let failed = RenderingFailed {
        job_id: Some(last_job(&app).await.job_id),
        sequence: Some(1),
        code: "missing_glyph".to_owned(),
        detail: String::new(),
        errors: vec![],
        retryable: false,
        attempt: 1,
    };

    app.hears(failed).await.unwrap();

    let pdf = app.anonymous().get(&format!("{}certificate.pdf", page(&made))).await;
    assert_eq!((pdf.status, pdf.header("retry-after")), (404, ""));
    let shown = app.anonymous().get(&page(&made)).await;
    assert_eq!(shown.status, 200);
    assert!(shown.text().contains("There is no PDF of this certificate."));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_nobodys_is_no_missing_certificate() {
    let app = given::app().await;
    let stranger = app.anonymous();

    let nowhere = stranger.get("/nowhere").await;
    assert_eq!(nowhere.status, 404);
    assert!(nowhere.text().contains("<h1>Page not found</h1>"));
    assert!(!nowhere.text().contains("<footer"), "a footer without a line in it");
    let unknown = stranger.get("/credentials/00000000000000000000000000000000/").await;
    assert!(unknown.text().contains("<h1>There is no certificate here</h1>"));
    let posted = stranger.post("/credentials/00000000000000000000000000000000/", json!({})).await;
    assert_eq!((posted.status, posted.header("allow")), (405, "GET, HEAD, OPTIONS"));
    assert!(posted.header("content-type").starts_with("text/html"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_turns_the_direction_is_shown_without_that() {
    let app = given::app().await;
    let claims = auth::Claims {
        name: Some("Eve\u{202E}\u{2066} Doe\u{7}".to_owned()),
        ..Lms::claims("eve")
    };
    app.caller(&claims).get(LIST).await;
    let made = award(&app, "eve").await;

    let html = app.anonymous().get(&page(&made)).await.text();

    assert!(html.contains("Eve Doe"));
    assert!(!html.contains(['\u{202E}', '\u{2066}', '\u{7}']));
    assert_eq!(last_job(&app).await.request["data"]["recipient"]["name"], "Eve Doe");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_known_in_any_spelling_of_case() {
    let app = given::app().await;
    let made = award(&app, "pat").await;

    let owner = given::learner(&app, "Pat").get(&page(&made)).await;

    assert!(owner.text().contains("linkedin.com"));
    assert!(owner.header("cache-control").starts_with("private"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_badge_appears_with_its_page_and_goes_when_it_is_revoked() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    let badge = issued(&made, 1);
    let shows =
        || async { app.anonymous().get(&page(&made)).await.text().contains(&badge.page_url) };
    assert!(!shows().await);

    app.hears(badge.clone()).await.unwrap();
    assert!(shows().await);

    let revoked = AssertionRevoked {
        assertion_id: badge.assertion_id.clone(),
        sequence: 2,
        credential: badge.credential,
        revoked_at: Timestamp::now(),
        reason: None,
    };
    app.hears(revoked).await.unwrap();
    assert!(!shows().await);
    // The same news of the same badge, told late by another message.
    app.hears(badge.clone()).await.unwrap();
    assert!(!shows().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_badge_of_an_award_that_was_revoked_meanwhile_is_not_shown() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    given::revoke(&app, &made).await;
    award(&app, "pat").await;

    let late = issued(&made, 1);
    let page_url = late.page_url.clone();
    app.hears(late).await.unwrap();

    assert!(!app.anonymous().get(&page(&made)).await.text().contains(&page_url));
    let current = AssertionIssued { assertion_id: "C".to_owned(), ..issued(&made, 3) };
    app.hears(current).await.unwrap();
    assert!(app.anonymous().get(&page(&made)).await.text().contains(&page_url));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_page_are_there_and_may_be_kept_for_ever() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    let html = app.anonymous().get(&page(&made)).await.text();

    let links =
        html.split('"').filter(|word| word.starts_with("/static/") || word.starts_with("/media/"));
    let links: std::collections::BTreeSet<&str> = links.collect();
    assert!(links.len() >= 2, "{links:?}");
    for link in links {
        let file = app.anonymous().get(link).await;
        assert_eq!(file.status, 200, "{link}");
        assert_eq!(
            file.header("cache-control").contains("immutable"),
            link.starts_with("/static/")
        );
    }
    assert_eq!(app.anonymous().get("/static/style-00000000.css").await.status, 404);
    assert_eq!(app.anonymous().get("/media/../Cargo.toml").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_root_says_what_the_service_is() {
    let app = given::app().await;

    let home = app.anonymous().get("/").await;

    assert_eq!(home.status, 200);
    assert!(home.text().contains("/api-docs/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_certificate_waits_for_the_first_course_and_shows_its_hours() {
    let app = given::app().await;
    given::program_configuration(&app).await;
    let program = created(app.administrator().post(LIST, given::program_award("pat")).await);
    assert_eq!(app.anonymous().get(&page(&program)).await.status, 404, "no date to show yet");

    award(&app, "pat").await;

    let shown = app.anonymous().get(&page(&program)).await;
    assert_eq!(shown.status, 200);
    let html = shown.text();
    assert!(html.contains("<html lang=\"de\""));
    for text in ["Data &amp; Society", "Dr. Ada Byron", "<b>Professor</b>", "Exa", "Ada", "40"] {
        assert!(html.contains(text), "{text}");
    }
    assert!(html.contains("Professional Certificate"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inactive_configuration_goes_on_being_shown() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    let body = json!({"course_id": given::COURSE, "certificate_type": "verified"});
    let changed = app.administrator().post("/api/v1/course-certificates/", body).await;
    assert_eq!((changed.status, &changed.json["is_active"]), (200, &json!(false)));

    assert_eq!(app.anonymous().get(&page(&made)).await.status, 200);
    let refused = app.administrator().post(LIST, course_award("lin")).await;
    assert_eq!(refused.status, 400);
}
