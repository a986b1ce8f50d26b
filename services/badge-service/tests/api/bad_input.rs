//! Bad input to every route: an error of the contract, and never one of ours.

use auth::Claims;
use reqwest::{Method, RequestBuilder};
use testkit::{Forgery, Lms, forgeries};

use crate::{
    documents::{filled, operations},
    given::{self, awarded},
};

/// Bodies that no route has a use for.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("application/json", b"{\"a\":".to_vec()),
        ("application/json", b"{\"a\":\"\xff\xfe\"}".to_vec()),
        ("application/json", b"[1,2,3]".to_vec()),
        ("application/x-www-form-urlencoded", b"a=%ff&a[=1".to_vec()),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken".to_vec()),
        ("text/plain", vec![b'x'; 1 << 20]),
        ("application/json", vec![b'['; 200_000]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_and_no_method_breaks_a_route() {
    let app = given::app().await;
    let client = app.administrator();
    for (_, path) in operations() {
        let path = filled(&path);
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for (kind, body) in bodies() {
                let request = client.request(method.clone(), &path);
                let answer = client.send(request.header("Content-Type", kind).body(body)).await;
                let allowed = method == Method::GET;
                assert!(answer.status < 500, "{method} {path}: {}", answer.status);
                assert_eq!(answer.status == 405, !allowed, "{method} {path}: {}", answer.status);
                if !allowed {
                    assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS", "{path}");
                }
            }
        }
        let options = client.send(client.request(Method::OPTIONS, &path)).await;
        assert_eq!((options.status, options.header("allow")), (204, "GET, HEAD, OPTIONS"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_query_or_header_breaks_a_route() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let long = "x".repeat(5_000);
    let odd = ["%00", "%ff", "..%2f..", "%F0%9F%8E%93", "-", "_____________________w", &long];
    let queries = [
        "v=%ff&expand=%00&type=%ff&fmt=%00&url=%ff&maxwidth=99999999999999999999",
        "num=99999999999999999999&cursor=%00&recipient=%00&include_revoked=%ff",
        "&&==&%zz",
    ];
    let headers: [(&str, &[u8]); 6] = [
        ("Accept", b"\xff\xfe"),
        ("Accept", b",;q=,;;=application/json;q=nan"),
        ("User-Agent", b"\xff"),
        ("If-None-Match", b"\"\xff, W/"),
        ("Origin", b"null"),
        ("Authorization", b"JWT \xff"),
    ];
    let client = app.administrator();
    let holds = |request: RequestBuilder, what: String| {
        let client = client.clone();
        async move {
            let answer = client.send(request).await;
            assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.text());
        }
    };
    for (_, path) in operations() {
        for id in odd {
            let path = path.replace("{id}", id).replace("{name}", id);
            holds(client.request(Method::GET, &path), path).await;
        }
        for id in [&issued.assertion_id, &issued.badge_class_id] {
            let path = path.replace("{id}", id).replace("{name}", "x.svg");
            for query in queries {
                let path = format!("{path}?{query}");
                holds(client.request(Method::GET, &path), path).await;
            }
            for (name, value) in headers {
                let value = reqwest::header::HeaderValue::from_bytes(value).unwrap();
                let request = client.request(Method::GET, &path).header(name, value);
                holds(request, format!("{path} {name}")).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_but_a_trusted_one_is_believed() {
    let app = given::app().await;
    awarded(&app).await;
    let class = given::last_issued(&app).await.badge_class_id;
    let path = format!("/v2/badgeclasses/{class}/assertions");
    let admin = Claims { administrator: Some(true), ..Lms::claims("mallory") };
    for Forgery { what, token } in forgeries(&admin) {
        for scheme in ["JWT", "Bearer", "Token", "Basic"] {
            let client = app.anonymous();
            let request = client.request(Method::GET, &path);
            let answer =
                client.send(request.header("Authorization", format!("{scheme} {token}"))).await;
            assert_eq!(answer.status, 401, "{what} {scheme}");
            let description = &answer.json["status"]["description"];
            assert_eq!(description, "no valid auth token found", "{what}");
        }
    }
    assert_eq!(app.caller(&admin).get(&path).await.status, 200);
}
