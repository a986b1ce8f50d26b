//! Bad input of every kind to every route: an answer, and never our fault.

use auth::Claims;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Method, RequestBuilder};
use sha2::Sha256;
use testkit::{Client, Lms};

use crate::{
    given::{self, app_with, award, course_award, hex, item},
    open_routes::{concrete, promised},
};

const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

const QUERIES: [&str; 7] = [
    "",
    "?username=%00&status=%00&type=%00&program_uuid=%00&only_visible=%00",
    "?username=%ff%fe&course_id=%00&certificate_type=%00&program_id=%00",
    "?page=99999999999999999999&page_size=99999999999999999999",
    "?page=9223372036854775807&page_size=1000&only_visible=True",
    "?page=last&only_visible=True",
    "?=&&&a=b=c&%",
];

fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let json = "application/json";
    let text = |text: &str| text.as_bytes().to_vec();
    vec![
        (json, text("{")),
        (json, b"\xff\xfe".to_vec()),
        (json, text("null")),
        (json, text("[1e999]")),
        (
            json,
            text("{\"username\": \"\\u0000\", \"credential\": {\"course_run_key\": \"\\u0000\"}}"),
        ),
        (json, text("{\"username\": \"\\ud800\"}")),
        (
            json,
            text(
                "{\"username\": \"a\", \"credential\": {\"course_run_key\": \"x\", \"mode\": []}}",
            ),
        ),
        (json, text("{\"username\": \"a\", \"credential\": {\"course_run_key\": {\"a\": 1}}}")),
        (json, text("{\"username\": \"a\", \"credential\": {\"program_uuid\": 5}}")),
        (
            json,
            text(
                "{\"username\": [], \"credential\": 5, \"status\": {}, \"attributes\": {}, \"date_override\": [], \"lms_user_id\": []}",
            ),
        ),
        (
            json,
            text(
                "{\"id\": 9223372036854775808, \"course_id\": [], \"certificate_type\": {}, \"signatories\": [[]], \"template\": []}",
            ),
        ),
        (
            json,
            text(
                "{\"id\": 1, \"name\": \"\\u0000\", \"title\": \"x\", \"image\": \"data:image/png;base64,@@@@\"}",
            ),
        ),
        (json, text("{\"program_id\": 9223372036854775807, \"program_uuid\": {}}")),
        (json, "[".repeat(100_000).into_bytes()),
        (json, vec![b' '; 6 * 1024 * 1024]),
        ("application/x-www-form-urlencoded", text("a[999999999]=1&%ff=%ff&username=%00")),
        ("multipart/form-data", text("no boundary")),
        ("multipart/form-data; boundary=x", text("--x\r\nbroken")),
        ("text/plain", text("text")),
        ("no media type", text("text")),
    ]
}

/// Sends it; a body that is cut off by an early answer counts as answered.
async fn status(request: RequestBuilder) -> Option<u16> {
    request.send().await.ok().map(|response| response.status().as_u16())
}

async fn assert_answered(clients: &[Client], method: &Method, path: &str) {
    for client in clients {
        for query in QUERIES {
            let path = format!("{path}{query}");
            let status = status(client.request(method.clone(), &path)).await;
            assert!(status.is_some_and(|status| status < 500), "{method} {path}: {status:?}");
        }
        for (kind, body) in bodies() {
            let request = client.request(method.clone(), path).header("Content-Type", kind);
            let status = status(request.body(body)).await;
            assert!(status.is_none_or(|status| status < 500), "{method} {path} {kind}: {status:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_input_is_a_fault_of_ours() {
    let app = app_with("[throttles]\ncredential_view = 0\n").await;
    let made = award(&app, "pat").await;
    let clients = [app.administrator(), app.anonymous()];
    let mut paths: Vec<String> = promised().iter().map(|(_, path)| concrete(path)).collect();
    paths.extend([
        item(&made),
        given::page(&made),
        format!("{}certificate.pdf", given::page(&made)),
        format!("/api/v1/credentials/{}", hex(&made)),
        "/api/v2/credentials/%00/".to_owned(),
        "/api/v1/signatories/99999999999999999999".to_owned(),
        "/api/v1/course-certificates/-1".to_owned(),
        "/media/%00".to_owned(),
        "/media/../../x".to_owned(),
        "/nowhere".to_owned(),
        "//elsewhere".to_owned(),
        "/%ff".to_owned(),
    ]);
    paths.sort();
    paths.dedup();

    for path in paths {
        for method in METHODS {
            assert_answered(&clients, &method, &path).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_forged_token_opens_any_route() {
    let app = given::app().await;
    let claims = Claims { administrator: Some(true), ..Lms::claims("eve") };
    let token = Lms::token(&claims);
    let mut parts = token.split('.');
    let (header, payload) = (parts.next().unwrap(), parts.next().unwrap());
    let expired = Claims { exp: claims.iat - 100, ..claims.clone() };
    let foreign = Claims { iss: "https://elsewhere.example".to_owned(), ..claims.clone() };
    let nameless = Claims { preferred_username: None, ..claims.clone() };
    let forged = [
        Lms::token(&expired),
        Lms::token(&foreign),
        Lms::token(&nameless),
        auth::SigningKey::generate(auth::KeyKind::Rsa).unwrap().sign(&claims).unwrap(),
        // {"alg":"none"}
        format!("eyJhbGciOiJub25lIn0.{payload}."),
        hs256_with_the_public_key(payload),
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        "a.b.c".to_owned(),
    ];

    let open = include_str!("open_routes.txt");
    for (method, path) in promised() {
        if open.lines().any(|line| line == format!("{method} {path}")) {
            continue;
        }
        for token in &forged {
            let client = app.anonymous().with_token(token.clone());
            let request = client.request(method.clone(), &concrete(&path));
            let status = status(request.json(&course_award("eve"))).await;
            assert_eq!(status, Some(401), "{method} {path}");
        }
    }
}

/// The public key is no secret: whoever takes it for one believes everybody.
fn hs256_with_the_public_key(payload: &str) -> String {
    let key = serde_json::to_vec(Lms::key().public()).unwrap();
    let signed = format!("eyJhbGciOiJIUzI1NiJ9.{payload}");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}
