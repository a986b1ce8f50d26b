//! What comes in wrong is told so in the contract's words, and never breaks anything.

use auth::{Audience, Claims};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Forgery, Lms, forgeries, sweep::Sweep};

use crate::documents::routes;
use crate::given::{App, app, app_with, eventually, operator, request};

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_a_request_has_its_code_and_its_place() {
    let app = app().await;
    let client = operator(&app);
    let long = "a".repeat(256);
    let cases = [
        ("/kind", json!(null), "/kind", "required"),
        ("/kind", json!("diploma"), "/kind", "out_of_range"),
        ("/template", json!(null), "/template", "required"),
        ("/template", json!("other"), "/template", "unknown_template"),
        ("/template", json!("../classic"), "/template", "unknown_template"),
        ("/colour", json!(1), "/colour", "unknown_field"),
        ("/data/colour", json!(1), "/data/colour", "unknown_field"),
        ("/locale", json!("en_US"), "/locale", "bad_locale"),
        ("/page", json!("a3"), "/page", "bad_page"),
        ("/outputs", json!(["gif"]), "/outputs/0", "unknown_output"),
        ("/outputs", json!("pdf"), "/outputs", "wrong_type"),
        ("/outputs", json!([1]), "/outputs/0", "wrong_type"),
        ("/options", json!({"png_width": 5000}), "/options/png_width", "out_of_range"),
        ("/data", json!([]), "/data", "wrong_type"),
        ("/data/recipient/name", json!(null), "/data/recipient/name", "required"),
        ("/data/recipient", json!(null), "/data/recipient/name", "required"),
        ("/data/achievement", json!(null), "/data/achievement/title", "required"),
        ("/data/issuer", json!(null), "/data/issuer/name", "required"),
        ("/data/custom", json!({"Bad Key": 1}), "/data/custom/Bad Key", "unknown_field"),
        ("/data/recipient/name", json!(7), "/data/recipient/name", "wrong_type"),
        ("/data/recipient/name", json!(long), "/data/recipient/name", "too_long"),
        ("/data/recipient/name", json!("a\nb"), "/data/recipient/name", "bad_character"),
        ("/data/recipient/name", json!("a\u{202E}b"), "/data/recipient/name", "bidi_control"),
        ("/data/issued_on", json!("2026-02-30"), "/data/issued_on", "bad_date"),
        ("/data/expires_on", json!("2020-01-01"), "/data/expires_on", "bad_date"),
        ("/data/verify", json!({"url": "javascript:x"}), "/data/verify/url", "bad_url"),
        ("/data/verify", json!({"url": "http://example.org/1"}), "/data/verify/url", "bad_url"),
        ("/data/verify", json!({"url": "https://u:p@example.org"}), "/data/verify/url", "bad_url"),
        (
            "/data/verify",
            json!({"url": "https://example.org/<a b>"}),
            "/data/verify/url",
            "bad_url",
        ),
        (
            "/data/verify",
            json!({"url": format!("{}/verify/another-number", app.url)}),
            "/data/verify/url",
            "bad_url",
        ),
        ("/data/issuer/logo", json!("https://x.org/a.png"), "/data/issuer/logo", "bad_image_ref"),
        ("/data/issuer/logo", json!("file:///etc/passwd"), "/data/issuer/logo", "bad_image_ref"),
        (
            "/data/issuer/logo",
            json!("data:image/png;base64,AAAA"),
            "/data/issuer/logo",
            "bad_image",
        ),
    ];
    for (place, value, pointer, code) in cases {
        let mut wrong = request("Ada");
        put(&mut wrong, place, value);

        let answer = client.post("/v1/renders", wrong).await;

        assert_eq!(answer.status, 422, "{place} {}", answer.json);
        assert_eq!(answer.json["code"], "invalid", "{place}");
        assert_eq!(answer.json["type"], "urn:renderer:problem:invalid");
        assert_eq!(answer.header("Content-Type"), "application/problem+json");
        let errors = answer.json["errors"].as_array().unwrap();
        let found = errors.iter().any(|each| each["pointer"] == pointer && each["code"] == code);
        assert!(found, "{place}: {pointer} {code} is not in {}", answer.json);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_faults_are_told_together_without_repeating_what_was_sent() {
    let app = app().await;
    let mut wrong = request("Secret\u{202E}Name");
    put(&mut wrong, "/data/issued_on", json!("yesterday"));
    put(&mut wrong, "/page", json!("a3"));

    let answer = operator(&app).post("/v1/renders", wrong).await;

    assert_eq!(answer.json["errors"].as_array().unwrap().len(), 3, "{}", answer.json);
    assert!(!answer.text().contains("Secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_rendering_can_tell_has_a_code_of_its_own() {
    let app = app().await;
    let client = operator(&app);
    let mut signed = request("Ada");
    signed["outputs"] = json!(["png", "sig"]);
    let badge = json!({"kind": "badge", "data": {}});
    let wide = request(&"M".repeat(255));
    let mut signatory = request("Ada");
    signatory["data"]["signatories"] = json!([{"name": "B"}, {"name": "C".repeat(255)}]);
    let mut card = request("Ada");
    card["outputs"] = json!(["card"]);
    card["data"]["achievement"]["title"] = json!("T".repeat(400));
    let cases = [
        (signatory, "text_overflow", Some("/data/signatories/1/name")),
        (card, "text_overflow", Some("/data/achievement/title")),
        (request("Ada \u{13000}"), "missing_glyph", Some("/data/recipient/name")),
        (wide, "text_overflow", Some("/data/recipient/name")),
        (signed, "no_signing_key", Some("/outputs/1")),
        (badge, "not_supported", None),
    ];
    for (request, code, pointer) in cases {
        let answer = client.post("/v1/renders", request).await;

        assert_eq!((answer.status, answer.json["code"].as_str()), (422, Some(code)));
        assert_eq!(answer.json["errors"][0]["pointer"].as_str(), pointer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_json_is_told_so() {
    let app = app().await;
    let client = operator(&app);
    let send = |kind: &'static str, body: Vec<u8>| {
        let request = client.request(Method::POST, "/v1/renders").header("Content-Type", kind);
        client.send(request.body(body))
    };
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels)).into_bytes();

    for body in [
        b"{".to_vec(),
        Vec::new(),
        b"\xff\xfe".to_vec(),
        b"{\"a\":\"\xc3\"}".to_vec(),
        deep(33),
        deep(5000),
    ] {
        let answer = send("application/json", body).await;
        assert_eq!((answer.status, answer.json["code"].as_str()), (400, Some("bad_json")));
    }
    for kind in ["application/json; charset=utf-8", "application/ld+json"] {
        assert_eq!(send(kind, deep(32)).await.status, 422, "{kind}");
    }
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=iso-8859-1",
        "application/ld+json; charset=utf-16",
        "text/html+json",
        "nonsense",
        "",
    ] {
        let answer = send(kind, b"{}".to_vec()).await;
        assert_eq!(
            (answer.status, answer.json["code"].as_str()),
            (415, Some("unsupported_media_type"))
        );
    }
    let huge = send("application/json", vec![b' '; 5 * 1024 * 1024 + 1]).await;
    assert_eq!((huge.status, huge.json["code"].as_str()), (413, Some("too_large")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_is_there_twice_is_refused_by_name() {
    let app = app().await;
    let client = operator(&app);
    let body = request("Ada").to_string();
    let twice = body.replacen("\"name\":\"Ada\"", "\"name\":\"Ada\",\"name\":\"Eve\"", 1);
    assert_ne!(body, twice);
    let asked = client.request(Method::POST, "/v1/renders");

    let answer = client.send(asked.header("Content-Type", "application/json").body(twice)).await;

    assert_eq!((answer.status, answer.json["code"].as_str()), (400, Some("bad_json")));
    let detail = answer.json["detail"].as_str().unwrap();
    assert!(detail.contains("/data/recipient/name is there twice"), "{detail}");
    assert!(!detail.contains("Eve"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_told_the_right_ones_and_a_wrong_path_nothing() {
    let app = app().await;
    let client = app.anonymous();
    for (method, path, allow) in [
        (Method::GET, "/v1/renders", "POST"),
        (Method::PUT, "/v1/renders/abc", "GET, DELETE, HEAD"),
        (Method::POST, "/v1/renders/abc/artifacts/a.pdf", "GET, HEAD"),
        (Method::DELETE, "/v1/assets", "POST"),
        (Method::POST, "/healthz", "GET, HEAD"),
        (Method::POST, "/verify/abc", "GET, HEAD"),
    ] {
        let answer = client.send(client.request(method, path)).await;
        assert_eq!((answer.status, answer.header("Allow")), (405, allow), "{path}");
        assert_eq!(answer.json["code"], "method_not_allowed");
    }
    for path in ["/v1", "/v1/renders/", "/v1/batches", "/verify", "/%00", "/v1/renders/a/b/c/d"] {
        let answer = client.get(path).await;
        assert_eq!(
            (answer.status, answer.json["code"].as_str()),
            (404, Some("not_found")),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_that_is_wrong_in_any_way_is_believed() {
    let app = app().await;
    let good = Claims { scope: Some("renderer.read".into()), ..Lms::claims("lms_worker") };
    for Forgery { what, token } in forgeries(&good) {
        let answer = app.anonymous().with_token(token).get("/v1/templates").await;
        assert_eq!(
            (answer.status, answer.json["code"].as_str()),
            (401, Some("unauthenticated")),
            "{what}"
        );
    }
    let right = app.anonymous().with_token(Lms::token(&good));
    assert_eq!(right.get("/v1/templates").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_another_service_opens_nothing() {
    let app = app().await;
    let status = async |app: &App, aud: Audience| {
        let scope = Some("renderer.read".to_owned());
        let claims = Claims { scope, aud, ..Lms::claims("lms_worker") };
        app.caller(&claims).get("/v1/templates").await.status
    };
    let many = |names: &[&str]| Audience::Many(names.iter().map(|&name| name.into()).collect());
    for (aud, expected) in [
        (Audience::Anyone, 200),
        (Audience::One("renderer".into()), 200),
        (Audience::One(app.url.clone()), 200),
        (many(&["badges", "renderer"]), 200),
        (Audience::One("badges".into()), 401),
        (many(&["badges", "registrar"]), 401),
    ] {
        assert_eq!(status(&app, aud.clone()).await, expected, "{aud:?}");
    }
    let named = app_with("[auth]\naudience = \"documents\"\n").await;
    assert_eq!(status(&named, Audience::One("documents".into())).await, 200);
    assert_eq!(status(&named, Audience::One("renderer".into())).await, 401);
    let blind = app_with("[auth]\naudience = \"\"\n").await;
    assert_eq!(status(&blind, Audience::One("elsewhere".into())).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_sent_to_any_route_is_the_services_fault() {
    let app = app().await;
    let client = operator(&app);
    let fillings = ["0", "%00", "..%2F..", "%F0%9F%8E%93", "classic", "sha256-x"];
    eventually(&client, "/readyz", |answer| answer.status == 200).await;
    let blanks = ["{render_id}", "{filename}", "{asset}", "{id}", "{verify_id}", "{name}"];
    let fill = |path: &str, filling: &str| {
        blanks.iter().fold(path.to_owned(), |path, blank| path.replace(blank, filling))
    };
    let mut paths: Vec<String> = routes()
        .iter()
        .flat_map(|(_, path)| fillings.iter().map(|filling| fill(path, filling)))
        .collect();
    paths.sort();
    paths.dedup();
    let json = &["[]", "{\"data\":{\"recipient\":[]}}"];
    let sweep = Sweep { queries: &[""], json, others: Vec::new() };
    sweep.over(&[client], &paths).await;
}

/// Puts a value at a JSON Pointer, whose last member may be new.
fn put(request: &mut Value, pointer: &str, value: Value) {
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    request.pointer_mut(parent).unwrap()[member] = value;
}
