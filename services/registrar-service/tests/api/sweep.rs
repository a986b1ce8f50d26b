//! Bad input of every kind to every route: an answer, and never our fault.

use auth::Claims;
use reqwest::{Method, RequestBuilder};
use testkit::{Client, Lms};

use crate::{documents::promised, scene::School};

const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

const QUERIES: [&str; 8] = [
    "",
    "?fmt=%00&org=%00&program_title=%ff%fe&user_has_perm=%00",
    "?page=99999999999999999999&page_size=99999999999999999999",
    "?page=-1&page_size=1e9",
    "?expires=99999999999999999999&signature=%00",
    "?org=a%27%3B--&program_title=%25%5F%5C",
    "?=&&&a=b=c&%",
    "?format=xml",
];

fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let deep = "[".repeat(100_000).into_bytes();
    let json = "application/json";
    vec![
        (json, b"{".to_vec()),
        (json, b"\xff\xfe".to_vec()),
        (json, b"null".to_vec()),
        (json, b"[1e999]".to_vec()),
        (json, b"[{\"student_key\": {}, \"status\": []}]".to_vec()),
        (json, b"[{\"student_key\": \"\\u0000\", \"status\": \"enrolled\"}]".to_vec()),
        (json, b"[{\"student_key\": \"\\ud800\", \"status\": \"enrolled\"}]".to_vec()),
        (json, deep),
        (json, vec![b' '; 6 * 1024 * 1024]),
        ("application/x-ndjson", b"\xff\n{\n[1e999]\n{\"student_key\": \"\\u0000\"}".to_vec()),
        ("application/jsonl", "[".repeat(100_000).into_bytes()),
        (
            "text/csv",
            b"\xEF\xBB\xBFstudent_key,status,course_staff\n\xff,\0,\n\"\n,,,,\"x".to_vec(),
        ),
        ("text/csv", b"\"student_key\",status\r\r\"a\"b,\"".to_vec()),
        ("application/x-www-form-urlencoded", b"a[999999999]=1&%ff=%ff".to_vec()),
        ("multipart/form-data", b"no boundary".to_vec()),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken".to_vec()),
        ("text/plain", b"text".to_vec()),
        ("no media type", b"text".to_vec()),
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
    let school = School::start_with("[jobs]\nworkers = 0\n").await;
    let clients = [school.caller("root"), school.app.anonymous()];
    let mut paths: Vec<String> = promised().into_iter().map(|(_, path)| path).collect();
    paths.dedup();
    paths.extend(["/nowhere".to_owned(), "/api/v1/programs/%00".to_owned(), "/%ff".to_owned()]);

    for path in paths {
        for method in METHODS {
            assert_answered(&clients, &method, &path).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_forged_token_opens_any_route() {
    let school = School::start().await;
    let anonymous = school.app.anonymous();
    let claims = Lms::claims("root");
    let good = Lms::token(&claims);
    let mut parts = good.split('.');
    let (header, payload) = (parts.next().unwrap(), parts.next().unwrap());
    let expired = Claims { exp: claims.iat - 100, ..claims.clone() };
    let foreign = Claims { iss: "https://elsewhere.example".to_owned(), ..claims.clone() };
    let forged = [
        Lms::token(&expired),
        Lms::token(&foreign),
        auth::SigningKey::generate(auth::KeyKind::Rsa).unwrap().sign(&claims).unwrap(),
        // {"alg":"none"}
        format!("eyJhbGciOiJub25lIn0.{payload}."),
        // {"alg":"HS256"}, signed with whatever: the public key is no secret.
        format!("eyJhbGciOiJIUzI1NiJ9.{payload}.{}", "A".repeat(43)),
        hs256_with_the_public_key(payload),
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        "x".repeat(100_000),
        "a.b.c".to_owned(),
    ];

    for (method, path) in promised() {
        if include_str!("open_routes.txt").lines().any(|line| line == format!("{method} {path}")) {
            continue;
        }
        for token in &forged {
            let client = anonymous.with_token(token.clone());
            let status = status(client.request(method.clone(), &path)).await;
            // A header that is too long is refused by the server itself.
            assert!(matches!(status, Some(401 | 431 | 400) | None), "{method} {path}: {status:?}");
        }
    }
}

fn hs256_with_the_public_key(payload: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};

    let key = serde_json::to_vec(Lms::key().public()).unwrap();
    let signed = format!("eyJhbGciOiJIUzI1NiJ9.{payload}");
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    mac.update(signed.as_bytes());
    let signature = base64::Engine::encode(
        &base64::engine::general_purpose::URL_SAFE_NO_PAD,
        mac.finalize().into_bytes(),
    );
    format!("{signed}.{signature}")
}
