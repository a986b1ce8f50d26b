//! Several sites in one service: each sees its own.

use chassis::{Parts, Service, configuration::Configuration};
use credentials_service::CredentialsService;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::Answer;

use crate::given::{self, App, LIST, PROGRAM, app, award, created, item, page};

const OTHER: &str = "other.example.org";

async fn with_other_site() -> App {
    let app = app().await;
    given::in_tables(
        &app,
        &format!("INSERT INTO sites (domain, name) VALUES ('{OTHER}', 'Other')"),
    )
    .await;
    app
}

/// The same request to the other site, on a port that its domain does not name.
async fn of_other(app: &App, method: Method, path: &str, body: Option<Value>) -> Answer {
    let lms = app.administrator();
    let request = lms.request(method, path).header("Host", format!("{OTHER}:8080"));
    lms.send(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_one_site_is_not_there_on_another() {
    let app = with_other_site().await;
    let made = award(&app, "pat").await;
    let shown = app.anonymous().get(&page(&made)).await;
    assert_eq!(shown.status, 200, "and now it is in memory");

    assert_eq!(of_other(&app, Method::GET, &page(&made), None).await.status, 404);
    assert_eq!(of_other(&app, Method::GET, LIST, None).await.json["count"], 0);
    let elsewhere = of_other(&app, Method::GET, &item(&made), None).await;
    assert_eq!(
        (elsewhere.status, elsewhere.json),
        (404, json!({"detail": "No UserCredential matches the given query."}))
    );
    let patched = json!({"status": "revoked"});
    let patched = of_other(&app, Method::PATCH, &item(&made), Some(patched)).await;
    assert_eq!(patched.status, 404);
    let public = format!("/api/v1/credentials/{}", given::hex(&made));
    assert_eq!(of_other(&app, Method::GET, &public, None).await.status, 404);
    let missing = of_other(&app, Method::GET, "/credentials/x/", None).await;
    assert!(missing.text().contains("Other"), "the page is titled with the site's name");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_site_stays_the_same_under_another_address() {
    let app = app().await;
    let made = award(&app, "pat").await;
    let defaults =
        Configuration::defaults(CredentialsService::ENV_PREFIX, CredentialsService::DEFAULTS);
    let base = "[database]\nurl = \"sqlite::memory:\"\n[auth]\nkeys_dir = \"keys\"\n\
         trusted_issuers = [{ issuer = \"x\", jwks = '{\"keys\": []}' }]\n\
         [http]\npublic_base_url = \"https://new.example.org\"\n";
    let configuration = defaults.and_then(|defaults| defaults.with_text(base, "test")).unwrap();
    let (_, settings) = configuration.read::<<CredentialsService as Service>::Settings>().unwrap();
    let public_base_url = "https://new.example.org".to_owned();
    let parts = Parts { public_base_url, ..app.parts.clone() };

    CredentialsService::start(settings, parts).await.unwrap();

    for host in ["new.example.org", "unknown.example.org"] {
        let client = app.anonymous();
        let request = client.request(Method::GET, &page(&made)).header("Host", host);
        assert_eq!(client.send(request).await.status, 200, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_of_the_only_site_that_has_it_is_awarded_from_any() {
    let app = with_other_site().await;
    given::program_configuration(&app).await;

    let made = of_other(&app, Method::POST, LIST, Some(given::program_award("pat"))).await;

    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(app.administrator().get(LIST).await.json["count"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_several_other_sites_have_is_refused() {
    let app = with_other_site().await;
    given::program_configuration(&app).await;
    given::in_tables(
        &app,
        "INSERT INTO sites (domain, name) VALUES ('third.example.org', 'Third'); \
         INSERT INTO program_certificates (site_id, program_uuid, is_active, created, modified) \
         SELECT 3, program_uuid, is_active, created, modified FROM program_certificates",
    )
    .await;

    let refused = of_other(&app, Method::POST, LIST, Some(given::program_award("pat"))).await;

    let said = format!("No active ProgramCertificate exists for program [{PROGRAM}]");
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json, json!({"credential": {"program_uuid": said}}));
    let own = app.administrator().post(LIST, given::program_award("pat")).await;
    created(own);
}
