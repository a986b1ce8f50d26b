//! The public page of a certificate, state by state.

use events::{
    badges::{AssertionIssued, AssertionRevoked, CredentialRef},
    renderer::{RenderJob, RenderingFailed, RenderingFinished},
};
use model::Timestamp;
use serde_json::{Value, json};
use testkit::{Answer, Lms};

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
            "artifacts": [{"output": "pdf", "url": "https://r.example/9b0e/Certificate.pdf"}],
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
    for file in ["certificate.pdf", "preview.png"] {
        let file = app.anonymous().get(&format!("{}{file}", page(&made))).await;
        assert_eq!((file.status, file.header("retry-after")), (503, "2"));
    }
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
    given::revoke(&app, &made).await;
    let gone = app.anonymous().get(&pdf).await;
    assert_eq!((gone.status, gone.header("retry-after")), (410, ""));
}

/// What the renderer answers to the job of a preview.
fn drawn(job: &RenderJob) -> RenderingFinished {
    let mut answer = finished(job);
    let card = json!({"output": "card", "url": format!("https://r.example/{}.png", job.job_id)});
    answer.record["artifacts"].as_array_mut().unwrap().push(card);
    answer
}

/// What the renderer says of a job that it gave up.
fn given_up(job: RenderJob) -> RenderingFailed {
    RenderingFailed {
        job_id: Some(job.job_id),
        sequence: job.sequence,
        code: "missing_glyph".to_owned(),
        detail: String::new(),
        errors: vec![],
        retryable: false,
        attempt: 1,
    }
}

/// The job of the preview that a stranger asks for now, and the stranger, who waits for it.
async fn looked_at(app: &App, preview: &str) -> (RenderJob, tokio::task::JoinHandle<Answer>) {
    let before = last_job(app).await;
    let (stranger, preview) = (app.anonymous(), preview.to_owned());
    let look = tokio::spawn(async move { stranger.get(&preview).await });
    loop {
        let job = last_job(app).await;
        if job.job_id != before.job_id {
            return (job, look);
        }
        assert!(!look.is_finished(), "nobody asked for it");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_is_made_when_somebody_first_looks_at_it() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    let preview = format!("{}preview.png", page(&made));
    let early = app.anonymous().get(&preview).await;
    assert_eq!((early.status, early.header("retry-after")), (404, "2"), "there is no document yet");
    let linked = format!("property=\"og:image\" content=\"{}{preview}\"", app.url);
    assert!(!app.anonymous().get(&page(&made)).await.text().contains(&linked));
    app.hears(finished(&last_job(&app).await)).await.unwrap();
    assert!(app.anonymous().get(&page(&made)).await.text().contains(&linked));
    let jobs = || async { app.said_as::<RenderJob>("render.request.interactive").await.len() };
    assert_eq!(jobs().await, 1, "nobody looked");

    let (job, first) = looked_at(&app, &preview).await;
    let stranger = app.anonymous();
    let second = tokio::spawn({
        let (stranger, preview) = (stranger.clone(), preview.clone());
        async move { stranger.get(&preview).await }
    });
    app.hears(drawn(&job)).await.unwrap();

    for look in [first, second] {
        let shown = look.await.unwrap();
        assert_eq!(shown.status, 302, "{}", shown.text());
        assert_eq!(shown.header("location"), format!("https://r.example/{}.png", job.job_id));
    }
    assert_eq!(job.job_id, format!("credential:{}:1:preview", hex(&made)));
    assert_eq!((job.sequence, &job.request["outputs"]), (Some(1), &json!(["pdf", "card"])));
    assert_eq!(stranger.get(&preview).await.status, 302);
    app.hears(finished(&job)).await.unwrap();
    assert_eq!(
        stranger.get(&preview).await.status,
        302,
        "news without it take it away from nobody"
    );
    assert_eq!(jobs().await, 2, "it is made once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_of_an_old_document_is_none_of_the_new_one() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    let preview = format!("{}preview.png", page(&made));
    app.hears(finished(&last_job(&app).await)).await.unwrap();
    let (old, look) = looked_at(&app, &preview).await;

    given::revoke(&app, &made).await;
    assert_eq!(app.anonymous().get(&preview).await.status, 410);
    assert_ne!(look.await.unwrap().status, 302, "who waited sees nothing");
    award(&app, "pat").await;
    app.hears(finished(&last_job(&app).await)).await.unwrap();
    app.hears(drawn(&old)).await.unwrap();

    let (new, look) = looked_at(&app, &preview).await;
    assert_eq!(new.sequence, Some(3));
    app.hears(drawn(&new)).await.unwrap();
    let shown = look.await.unwrap();
    assert_eq!(shown.header("location"), format!("https://r.example/{}.png", new.job_id));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_at_a_preview_that_is_late_is_told_to_come_again_and_it_is_asked_for_once() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    app.hears(finished(&last_job(&app).await)).await.unwrap();
    let preview = format!("{}preview.png", page(&made));

    for _ in 0..2 {
        let late = app.anonymous().get(&preview).await;
        assert_eq!((late.status, late.header("retry-after")), (503, "2"));
    }

    let jobs: Vec<RenderJob> = app.said_as("render.request.interactive").await;
    assert_eq!(jobs.len(), 2);
    app.hears(drawn(&last_job(&app).await)).await.unwrap();
    assert_eq!(app.anonymous().get(&preview).await.status, 302);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_that_cannot_be_made_leaves_a_document_and_a_page_without_it() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    app.hears(finished(&last_job(&app).await)).await.unwrap();
    let preview = format!("{}preview.png", page(&made));

    let (job, look) = looked_at(&app, &preview).await;
    app.hears(given_up(job)).await.unwrap();

    let missing = look.await.unwrap();
    assert_eq!((missing.status, missing.header("retry-after")), (404, ""));
    let pdf = app.anonymous().get(&format!("{}certificate.pdf", page(&made))).await;
    assert_eq!(pdf.status, 302, "the document is as good as before");
    let other = app.another().await;
    assert!(!other.anonymous().get(&page(&made)).await.text().contains("preview.png"));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_documents_are_made_nobody_asks_for_previews() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    app.hears(finished(&last_job(&app).await)).await.unwrap();
    let without = app.another_with("[documents]\nenabled = false").await;

    let stranger = without.anonymous();
    assert_eq!(stranger.get(&format!("{}preview.png", page(&made))).await.status, 404);
    assert!(!stranger.get(&page(&made)).await.text().contains("preview.png"));
    let jobs: Vec<RenderJob> = app.said_as("render.request.interactive").await;
    assert_eq!(jobs.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_award_that_no_document_is_made_of_takes_back_the_document_before() {
    let app = given::app().await;
    let made = award(&app, "pat").await;
    app.hears(finished(&last_job(&app).await)).await.unwrap();
    let pdf = format!("{}certificate.pdf", page(&made));
    let without = app.another_with("[documents]\nenabled = false").await;
    assert_eq!(without.anonymous().get(&pdf).await.status, 302);

    let date = json!({"date": "2020-01-01T00:00:00Z"});
    let again = with(course_award("pat"), "date_override", date);
    created(without.administrator().post(LIST, again).await);

    assert_eq!(without.anonymous().get(&pdf).await.status, 404);
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
    let failed = given_up(last_job(&app).await);

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
