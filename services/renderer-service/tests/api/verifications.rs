//! `GET /verify/{verify_id}`: whether a certificate counts.

use events::renderer::RenderingFinished;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Client};

use crate::given::{App, app, app_with, caller, operator, path_of, request, request_verified_by};
use crate::jobs::job;
use crate::withdrawal::{CREDENTIAL, certificate, revoked};

async fn as_json(client: &Client, path: &str) -> Answer {
    let request = client.request(Method::GET, path).header("Accept", "application/json");
    client.send(request).await
}

/// A made certificate, and the path of its verification page.
async fn made(app: &App, request: Value) -> (Value, String) {
    let made = operator(app).post("/v1/renders", request).await;
    assert_eq!(made.status, 201, "{}", made.json);
    let path = format!("/verify/{}", made.json["verify"]["id"].as_str().unwrap());
    (made.json, path)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_address_leads_to_a_page_that_says_valid() {
    let app = app().await;
    let (record, path) = made(&app, request("Nguyễn Quang Khải")).await;
    assert_eq!(record["verify"]["url"], format!("{}{path}", app.url));

    let page = app.anonymous().get(&path).await;

    assert_eq!(page.status, 200);
    assert_eq!(page.header("Content-Type"), "text/html; charset=utf-8");
    let html = page.text();
    let state = html.find("<strong>Valid</strong>").unwrap();
    for said in [
        "Nguyễn Quang Khải",
        "Introduction to Computational Thinking",
        "Université Example",
        "March 14, 2026",
        record["artifacts"][0]["sha256"].as_str().unwrap(),
        record["artifacts"][0]["url"].as_str().unwrap(),
    ] {
        assert!(html.rfind(said).is_some_and(|at| at > state), "{said} is not in:\n{html}");
    }
    for (name, value) in [
        ("Cache-Control", "no-cache"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Robots-Tag", "noindex"),
        ("X-Content-Type-Options", "nosniff"),
        ("Vary", "Accept"),
    ] {
        assert!(page.header(name).contains(value), "{name}: {}", page.header(name));
    }
    assert_eq!(
        page.header("Content-Security-Policy"),
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    let style = html.split("href=\"").find(|rest| rest.starts_with("/static/")).unwrap();
    let style = app.anonymous().get(style.split('"').next().unwrap()).await;
    assert_eq!((style.status, style.header("Content-Type")), (200, "text/css; charset=utf-8"));
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_get_the_same_as_json() {
    let app = app().await;
    let mut told = request("Ada Lovelace");
    told["data"]["achievement"]["code"] = json!("CS101x");
    let (record, path) = made(&app, told).await;

    let answer = as_json(&app.anonymous(), &path).await;

    assert_eq!((answer.status, answer.header("Content-Type")), (200, "application/json"));
    let expected = json!({
        "verify_id": record["verify"]["id"],
        "status": "valid",
        "name": "Ada Lovelace",
        "title": "Introduction to Computational Thinking",
        "code": "CS101x",
        "issuer": "Université Example",
        "issued_on": "2026-03-14",
        "expires_on": null,
        "revoked_at": null,
        "reason": null,
        "url": record["verify"]["url"],
        "artifacts": record["artifacts"],
        "key_fingerprint": null,
    });
    assert_eq!(answer.json, expected);
    let head = app.anonymous();
    let head = head.send(head.request(Method::HEAD, &path)).await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_speaks_the_certificates_language_or_another_that_is_asked_for() {
    let app = app().await;
    let mut arabic = request("فاطمة الزهراء");
    arabic["locale"] = json!("ar");
    let (_, path) = made(&app, arabic).await;
    let client = app.anonymous();

    let page = client.get(&path).await.text();
    assert!(page.contains("<html lang=\"ar\" dir=\"rtl\">") && page.contains("سارية"));
    let page = client.get(&format!("{path}?lang=fr&lang=de")).await.text();
    assert!(page.contains("<html lang=\"de\" dir=\"ltr\">") && page.contains("Gültig"));
    for strange in ["tlh", "%3Cscript%3E", "", "en_US"] {
        let page = client.get(&format!("{path}?lang={strange}")).await;
        assert!(page.text().contains("<html lang=\"ar\""), "{strange}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_expires_after_its_last_day() {
    let app = app().await;
    let mut over = request("Ada");
    over["data"]["issued_on"] = json!("2001-01-01");
    over["data"]["expires_on"] = json!("2001-12-31");
    let (_, path) = made(&app, over).await;

    let page = app.anonymous().get(&path).await;

    assert!(page.status == 200 && page.text().contains("<strong>Expired</strong>"));
    let answer = as_json(&app.anonymous(), &path).await.json;
    assert_eq!(
        (&answer["status"], &answer["expires_on"]),
        (&json!("expired"), &json!("2001-12-31"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_says_so_with_day_and_reason_and_gives_no_file() {
    let app = app().await;
    let mut told = certificate();
    told["data"]["verify"]["url"] = json!(null);
    app.receives(&job(1, told.clone())).await.unwrap();
    let path = format!("/verify/{}", CREDENTIAL.simple());
    assert_eq!(as_json(&app.anonymous(), &path).await.json["status"], "valid");

    app.hears(revoked(2)).await.unwrap();

    let answer = as_json(&app.anonymous(), &path).await.json;
    assert_eq!(answer["status"], "revoked");
    assert_eq!(answer["reason"], "issued in error");
    assert!(answer["revoked_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(answer["artifacts"], json!([]));
    let html = app.anonymous().get(&path).await.text();
    assert!(html.contains("<strong>Revoked</strong>") && html.contains("issued in error"));
    assert!(!html.contains("/artifacts/"));

    app.receives(&job(3, told)).await.unwrap();
    let answer = as_json(&app.anonymous(), &path).await.json;
    assert_eq!((&answer["status"], &answer["reason"]), (&json!("valid"), &json!(null)));
    assert_eq!(answer["artifacts"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_certificate_with_the_same_number_takes_the_place_of_the_earlier() {
    let app = app().await;
    let (old, path) = made(&app, request_verified_by("the-same-number")).await;
    let mut corrected = request_verified_by("the-same-number");
    corrected["data"]["recipient"]["name"] = json!("Nguyễn Quang Khải II");
    let (new, _) = made(&app, corrected).await;
    let client = app.anonymous();

    let current = as_json(&client, &path).await.json;
    assert_eq!(
        (&current["status"], &current["name"]),
        (&json!("valid"), &json!("Nguyễn Quang Khải II"))
    );
    assert_eq!(current["artifacts"], new["artifacts"]);
    let earlier = format!("{path}?render={}", old["render_id"].as_str().unwrap());
    let earlier_json = as_json(&client, &earlier).await.json;
    assert_eq!(
        (&earlier_json["status"], &earlier_json["artifacts"]),
        (&json!("superseded"), &old["artifacts"])
    );
    let html = client.get(&earlier).await.text();
    assert!(html.contains("<strong>Superseded</strong>"));
    assert!(html.contains(&format!("href=\"{}{path}\"", app.url)));
    for unknown in ["0".repeat(32), "..%2F..%2Frenders".to_owned(), String::new()] {
        let answer = as_json(&client, &format!("{path}?render={unknown}")).await;
        assert_eq!(answer.status, 404, "{unknown}");
    }

    // Asked for once more, the earlier is known, and no newer than it was.
    let again = operator(&app).post("/v1/renders", request_verified_by("the-same-number")).await;
    assert_eq!((again.status, &again.json["render_id"]), (200, &old["render_id"]));
    assert_eq!(as_json(&client, &path).await.json["artifacts"], new["artifacts"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_not_known_and_one_that_was_deleted_are_answered_alike() {
    let app = app().await;
    let (record, path) = made(&app, request("Ada")).await;
    let location = format!("/v1/renders/{}", record["render_id"].as_str().unwrap());
    assert_eq!(operator(&app).delete(&location).await.status, 204);
    let client = app.anonymous();

    let deleted = client.get(&path).await;
    let unknown = client.get(&format!("/verify/{}", "0".repeat(32))).await;

    assert_eq!((deleted.status, unknown.status), (404, 404));
    assert_eq!(deleted.text(), unknown.text());
    assert!(unknown.text().contains("mistyped") && unknown.text().contains("forged"));
    assert_eq!(unknown.header("Cache-Control"), "no-cache");
    assert!(unknown.header("Content-Security-Policy").starts_with("default-src 'none'"));
    for odd in ["abc", "..%2F..%2Frenders", "%00", "a%20b%20c%20d%20e", &"x".repeat(65)] {
        let answer = as_json(&client, &format!("/verify/{odd}")).await;
        assert_eq!(
            (answer.status, answer.json["code"].as_str()),
            (404, Some("not_found")),
            "{odd}"
        );
    }
    let german = client.get("/verify/unknown-number?lang=de").await.text();
    assert!(german.contains("lang=\"de\"") && german.contains("gefälscht"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_verified_on_another_page_is_only_known_here() {
    let app = app().await;
    let mut told = request("Ada Lovelace");
    told["data"]["verify"] = json!({"id": "shown-there", "url": "https://school.example/c/1"});
    // Nothing that this page could know of.
    told["data"]["issued_on"] = json!("2001-01-01");
    told["data"]["expires_on"] = json!("2001-12-31");
    let (_, path) = made(&app, told).await;

    let answer = as_json(&app.anonymous(), &path).await.json;

    assert_eq!((&answer["status"], &answer["name"]), (&json!(null), &json!(null)));
    assert_eq!(answer["url"], "https://school.example/c/1");
    assert_eq!(answer["artifacts"], json!([]));
    let html = app.anonymous().get(&path).await.text();
    assert!(html.contains("href=\"https://school.example/c/1\""));
    assert!(html.contains("This number belongs to a certificate whose details are shown"));
    for claim in ["Lovelace", "/artifacts/", "genuine", "Valid<", "Expired", "Checked"] {
        assert!(!html.contains(claim), "{claim} is in:\n{html}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_verified_on_another_page_may_still_be_revoked_or_superseded() {
    let app = app().await;
    let elsewhere = |name: &str| {
        let mut told = certificate();
        told["data"]["recipient"]["name"] = json!(name);
        told["data"]["verify"]["url"] = json!("https://school.example/c/1");
        told
    };
    app.receives(&job(1, elsewhere("Ada"))).await.unwrap();
    app.receives(&job(2, elsewhere("Ada II"))).await.unwrap();
    let first = &app.said::<RenderingFinished>().await[0].record;
    let path = format!("/verify/{}", CREDENTIAL.simple());
    let earlier = format!("{path}?render={}", first["render_id"].as_str().unwrap());

    assert_eq!(as_json(&app.anonymous(), &earlier).await.json["status"], "superseded");
    app.hears(revoked(3)).await.unwrap();

    assert_eq!(as_json(&app.anonymous(), &path).await.json["status"], "revoked");
    let html = app.anonymous().get(&path).await.text();
    assert!(html.contains("<strong>Revoked</strong>") && html.contains("school.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_page_is_the_own_page_however_its_address_is_written() {
    let app = app().await;
    let mut told = request_verified_by("a-number-of-ours");
    told["data"]["verify"]["url"] = json!(format!("{}/verify/a-number-of-ours?lang=de", app.url));
    let (_, path) = made(&app, told).await;

    let answer = as_json(&app.anonymous(), &path).await.json;

    assert_eq!(
        (&answer["status"], &answer["name"]),
        (&json!("valid"), &json!("Nguyễn Quang Khải"))
    );
}

/// What is kept of a render for its page may be lost; then nobody is told that it counts.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_called_valid_of_which_nothing_can_be_shown() {
    let app = app().await;
    let (_, path) = made(&app, request_verified_by("the-same-number")).await;
    std::fs::remove_dir_all(app.database.folder().join("store/certificates")).unwrap();

    assert_eq!(app.anonymous().get(&path).await.status, 404);
    assert_eq!(as_json(&app.anonymous(), &path).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_about_a_number_is_guarded_alike() {
    let app = app_with("[render]\npublic_artifacts = false\n").await;
    let (_, path) = made(&app, request("Ada")).await;
    let reader = caller(&app, "renderer.read");
    let unknown = "/verify/never-heard-of";
    for (answer, status) in [
        (reader.get(&path).await, 200),
        (as_json(&reader, &path).await, 200),
        (reader.get(unknown).await, 404),
        (as_json(&reader, unknown).await, 404),
        (app.anonymous().get(&path).await, 401),
    ] {
        assert_eq!(answer.status, status);
        for (name, value) in [
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            ),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Robots-Tag", "noindex"),
            ("Cache-Control", "no-cache"),
        ] {
            assert_eq!(answer.header(name), value, "{status} {name}");
        }
        assert!(answer.header("Vary").contains("Accept"), "{status}: {}", answer.header("Vary"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_not_there_yet_does_not_take_the_place_of_one_that_is() {
    let app = app().await;
    let (old, path) = made(&app, request_verified_by("the-same-number")).await;
    let mut other = request_verified_by("the-same-number");
    // It will never be there.
    other["data"]["recipient"]["name"] = json!("Ada \u{13000}");
    let client = operator(&app);
    let asked =
        client.request(Method::POST, "/v1/renders").header("Prefer", "respond-async").json(&other);
    assert_eq!(client.send(asked).await.status, 202);

    let answer = as_json(&app.anonymous(), &path).await.json;
    assert_eq!((&answer["status"], &answer["artifacts"]), (&json!("valid"), &old["artifacts"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_alone_is_enough_for_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!(
        "[store]\nurl = \"file:{}\"\n[http]\npublic_base_url = \"http://renderer.test\"\n",
        folder.path().display()
    );
    let first = app_with(&store).await;
    let (made, path) = made(&first, request("フランク")).await;
    let before = as_json(&first.anonymous(), &path).await.json;
    assert_eq!(before["artifacts"], made["artifacts"]);
    drop(first);

    let second = app_with(&store).await;

    assert_eq!(as_json(&second.anonymous(), &path).await.json, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_can_be_kept_from_strangers() {
    let app = app_with("[render]\npublic_artifacts = false\n").await;
    let (_, path) = made(&app, request("Ada")).await;

    assert_eq!(app.anonymous().get(&path).await.status, 401);
    assert_eq!(caller(&app, "renderer.render").get(&path).await.status, 403);
    assert_eq!(caller(&app, "renderer.read").get(&path).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_a_render_still_names_nobody() {
    let app = app().await;
    let (record, path) = made(&app, request("Ada Lovelace")).await;
    let folder = app.database.folder().join("store/renders");
    for file in std::fs::read_dir(folder).unwrap() {
        let kept = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!kept.contains("Lovelace"));
    }
    assert_eq!(app.anonymous().get(&path_of(&app, &record, "pdf")).await.status, 200);
    assert!(app.anonymous().get(&path).await.text().contains("Lovelace"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_of_many_is_the_one_that_counts() {
    let app = app().await;
    for number in 1..=5 {
        let mut next = request_verified_by("the-same-number");
        next["data"]["recipient"]["name"] = json!(format!("Ada {number}"));
        let (_, path) = made(&app, next).await;

        let answer = as_json(&app.anonymous(), &path).await.json;
        assert_eq!(answer["name"], format!("Ada {number}"));
    }
}
