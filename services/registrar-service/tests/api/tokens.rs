//! Tokens for machine clients.

use auth::Claims;
use reqwest::Method;
use serde_json::json;
use testkit::{Answer, Client};

use crate::scene::School;

const PATH: &str = "/oauth2/access_token";

const CLIENTS: &str = r#"
[oauth]
most_failures = 3
clients = [
    { client_id = "sis", secret = "open sesame", username = "writer" },
    { client_id = "boss", secret_file = "{folder}/secret", username = "boss", administrator = true, scopes = ["read"] },
]
"#;

async fn school() -> School {
    // The file has to be there before the service starts, so its folder is made by the test.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), "from a file\n").unwrap();
    let toml = CLIENTS.replace("{folder}", &folder.path().display().to_string());
    School::start_with(&toml).await
}

async fn ask(client: &Client, id: &str, secret: &str) -> Answer {
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", id),
        ("client_secret", secret),
        ("token_type", "jwt"),
    ];
    client.post_form(PATH, &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_gets_a_token_that_the_registrar_itself_believes() {
    let school = school().await;
    let anonymous = school.app.anonymous();

    let answer = ask(&anonymous, "sis", "open sesame").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    let token = answer.json["access_token"].as_str().unwrap().to_owned();
    assert_eq!(
        answer.json,
        json!({"access_token": token, "token_type": "JWT", "expires_in": 3600,
               "scope": "read write profile email"})
    );
    let programs = anonymous.with_token(token).get("/api/v1/programs").await;
    assert_eq!(programs.json.as_array().map(Vec::len), Some(4), "as the user it stands for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_signed_with_rs512_by_a_key_that_is_published() {
    let school = school().await;
    let answer = ask(&school.app.anonymous(), "boss", "from a file").await;
    let token = answer.json["access_token"].as_str().unwrap();

    let keys = school.app.anonymous().get("/.well-known/jwks.json").await.json;
    let kinds: Vec<_> =
        keys["keys"].as_array().unwrap().iter().map(|key| key["kty"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["OKP", "RSA"]);
    let set = serde_json::from_value(keys).unwrap();
    let issuer = auth::TrustedIssuer::new(&school.app.url, None, auth::KeySource::Static(set));
    let claims: std::sync::Arc<Claims> =
        auth::Verifier::new(vec![issuer]).verify(token).await.unwrap();
    assert_eq!(claims.iss, school.app.url);
    assert_eq!(claims.username(), Some("boss"));
    assert_eq!((claims.administrator, &claims.scopes[..]), (Some(true), &["read".to_owned()][..]));
    assert_eq!(claims.exp - claims.iat, 3600);
    assert!(answer.text().contains("\"scope\":\"read\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_one_answer_whatever_is_wrong() {
    let school = school().await;
    let anonymous = school.app.anonymous();

    for (id, secret) in [("sis", "wrong"), ("sis", ""), ("nobody", "open sesame"), ("", "")] {
        let answer = ask(&anonymous, id, secret).await;
        assert_eq!((answer.status, answer.json), (401, json!({"error": "invalid_client"})));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_may_prove_itself_by_http_basic_and_by_one_way_only() {
    let school = school().await;
    let anonymous = school.app.anonymous();
    let grant = [("grant_type", "client_credentials")];
    let asked = async |id: &str, secret: &str, form: &[(&str, &str)]| {
        let fields: Vec<_> = grant.iter().chain(form).copied().collect();
        let request = anonymous.request(Method::POST, PATH).form(&fields);
        anonymous.send(request.basic_auth(id, Some(secret))).await
    };

    assert_eq!(asked("sis", "open+sesame", &[]).await.status, 200, "encoded as in a form");
    assert_eq!(asked("sis", "open%20sesame", &[("client_id", "sis")]).await.status, 200);
    let wrong = asked("sis", "wrong", &[]).await;
    assert_eq!((wrong.status, wrong.json.clone()), (401, json!({"error": "invalid_client"})));
    assert_eq!(wrong.header("www-authenticate"), "Basic realm=\"api\"");
    assert_eq!(wrong.header("cache-control"), "no-store");
    let raw = async |header: &str| {
        let request = anonymous.request(Method::POST, PATH).header("Authorization", header);
        let form = [grant[0], ("client_id", "sis"), ("client_secret", "open sesame")];
        anonymous.send(request.form(&form)).await.status
    };
    assert_eq!(raw("Negotiate abc").await, 200, "a scheme that says nothing of a client");
    for unreadable in ["Basic", "Basic ????", "basic c2lz"] {
        assert_eq!(raw(unreadable).await, 400, "{unreadable}");
    }
    let lower = anonymous.request(Method::POST, PATH).form(&grant);
    let lower = lower.header("Authorization", "basic c2lzOm9wZW4rc2VzYW1l");
    assert_eq!(anonymous.send(lower).await.status, 200, "in any case");
    for form in [("client_secret", "open sesame"), ("client_id", "boss")] {
        let both = asked("sis", "open+sesame", &[form]).await;
        assert_eq!((both.status, both.json), (400, json!({"error": "invalid_request"})));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_grants_and_kinds_of_tokens_are_refused() {
    let school = school().await;
    let anonymous = school.app.anonymous();
    let known = [("client_id", "sis"), ("client_secret", "open sesame")];

    for (more, error) in [
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (vec![], "unsupported_grant_type"),
        (vec![("grant_type", "client_credentials"), ("token_type", "bearer")], "invalid_request"),
    ] {
        let fields: Vec<_> = known.iter().copied().chain(more).collect();
        let answer = anonymous.post_form(&format!("{PATH}/"), &fields).await;
        assert_eq!((answer.status, answer.json), (400, json!({"error": error})));
    }
    let get = anonymous.get(PATH).await;
    assert_eq!((get.status, get.header("allow")), (405, "POST, OPTIONS"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_has_to_wait_and_others_do_not() {
    let school = school().await;
    let anonymous = school.app.anonymous();
    for _ in 0..3 {
        assert_eq!(ask(&anonymous, "sis", "guess").await.status, 401);
    }

    let throttled = ask(&anonymous, "sis", "open sesame").await;
    assert_eq!((throttled.status, throttled.header("retry-after")), (429, "60"));
    assert_eq!(ask(&anonymous, "boss", "from a file").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_clients_nobody_gets_a_token() {
    let school = School::start().await;

    let answer = ask(&school.app.anonymous(), "sis", "open sesame").await;
    assert_eq!((answer.status, answer.json), (401, json!({"error": "invalid_client"})));
}
