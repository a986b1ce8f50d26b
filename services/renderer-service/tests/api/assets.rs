//! Pictures that requests may name.

use reqwest::Method;
use serde_json::json;
use testkit::{Answer, Client};

use crate::given::{app_on_store, caller, operator, png, request, request_verified_by};

async fn upload(client: &Client, bytes: Vec<u8>) -> Answer {
    client.send(client.request(Method::POST, "/v1/assets").body(bytes)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_kept_once_and_given_back() {
    let app = app_on_store().await;
    let client = operator(&app);
    let picture = png(40, 20);

    let first = upload(&client, picture.clone()).await;
    let second = upload(&client, picture.clone()).await;

    assert_eq!((first.status, second.status), (201, 200), "{}", first.json);
    assert_eq!(first.json, second.json);
    assert_eq!(first.json["media_type"], "image/png");
    assert_eq!(first.json["bytes"], picture.len());
    let kept = client.get(first.header("Location")).await;
    assert_eq!((kept.status, &kept.bytes), (200, &picture));
    assert_eq!(kept.header("Content-Type"), "image/png");
    assert!(kept.header("Content-Security-Policy").contains("sandbox"));
    assert_eq!(app.anonymous().get(first.header("Location")).await.status, 401);
    assert_eq!(upload(&caller(&app, "renderer.read"), png(1, 1)).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_names_a_picture_instead_of_bringing_it() {
    use base64::Engine as _;

    let app = app_on_store().await;
    let client = operator(&app);
    let asset = upload(&client, png(40, 20)).await.json["asset"].clone();
    let with_logo = |logo: String| {
        let mut request = request_verified_by("the-same-id");
        request["outputs"] = json!(["png"]);
        request["data"]["issuer"]["logo"] = json!(logo);
        request
    };
    let body = base64::engine::general_purpose::STANDARD.encode(png(40, 20));

    let named = with_logo(format!("asset:{}", asset.as_str().unwrap()));
    let named = client.post("/v1/renders", named).await;
    let brought = with_logo(format!("data:image/png;base64,{body}"));
    let brought = client.post("/v1/renders", brought).await;

    assert_eq!((named.status, brought.status), (201, 201), "{}", named.json);
    assert_eq!(named.json["artifacts"][0]["sha256"], brought.json["artifacts"][0]["sha256"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_picture_is_named_in_the_answer() {
    let app = app_on_store().await;
    let mut named = request("Ada");
    named["data"]["issuer"]["logo"] = json!(format!("asset:sha256-{}", "0".repeat(64)));

    let answer = operator(&app).post("/v1/renders", named).await;

    assert_eq!(answer.status, 422);
    assert_eq!(answer.json["errors"][0]["code"], "unknown_asset");
    assert_eq!(answer.json["errors"][0]["pointer"], "/data/issuer/logo");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_not_kept() {
    let app = app_on_store().await;
    let client = operator(&app);
    let half = png(400, 400)[..200].to_vec();

    for bytes in [Vec::new(), b"GIF89a".to_vec(), half, b"<svg".to_vec()] {
        let answer = upload(&client, bytes).await;
        assert_eq!((answer.status, answer.json["code"].as_str()), (422, Some("invalid")));
        assert_eq!(answer.json["errors"][0]["code"], "bad_image");
    }
    let large = upload(&client, vec![0; 2 * 1024 * 1024 + 1]).await;
    assert_eq!((large.status, large.json["code"].as_str()), (413, Some("too_large")));
    let unknown = client.get(&format!("/v1/assets/sha256-{}", "0".repeat(64))).await;
    assert_eq!(unknown.status, 404);
    assert_eq!(client.get("/v1/assets/sha256-x").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drawing_that_refers_to_another_place_is_refused_wherever_it_comes_in() {
    use base64::Engine as _;

    let app = app_on_store().await;
    let client = operator(&app);
    for href in ["https://example.org/a.png", "file:///etc/passwd", "a.png"] {
        let drawing = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">\
             <image href=\"{href}\" width=\"9\" height=\"9\"/></svg>"
        );
        let refused = upload(&client, drawing.clone().into_bytes()).await;
        assert_eq!((refused.status, refused.json["code"].as_str()), (422, Some("invalid")));
        assert_eq!(refused.json["errors"][0]["code"], "bad_image", "{href}");

        let body = base64::engine::general_purpose::STANDARD.encode(drawing);
        let picture = json!(format!("data:image/svg+xml;base64,{body}"));
        let mut request = request("Ada");
        request["data"]["issuer"]["logo"] = picture.clone();
        request["data"]["background"] = picture.clone();
        request["data"]["signatories"] = json!([{"name": "A"}, {"name": "B", "image": picture}]);
        let refused = client.post("/v1/renders", request).await;
        assert_eq!((refused.status, refused.json["code"].as_str()), (422, Some("invalid")));
        let told: Vec<_> = refused.json["errors"].as_array().unwrap().iter().collect();
        assert!(told.iter().all(|each| each["code"] == "bad_image"), "{href}");
        let pointers: Vec<_> = told.iter().map(|each| each["pointer"].clone()).collect();
        let expected = ["/data/issuer/logo", "/data/signatories/1/image", "/data/background"];
        assert_eq!(pointers, expected.map(|pointer| json!(pointer)), "{href}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_renders_are_no_assets() {
    let app = app_on_store().await;
    let client = operator(&app);
    let mut picture = request("Ada");
    picture["outputs"] = json!(["png"]);
    let made = client.post("/v1/renders", picture).await;
    let sha256 = made.json["artifacts"][0]["sha256"].as_str().unwrap();

    assert_eq!(client.get(&format!("/v1/assets/sha256-{sha256}")).await.status, 404);
}
