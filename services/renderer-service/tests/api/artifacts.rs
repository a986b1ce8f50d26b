//! `GET` and `HEAD` of files.

use reqwest::Method;
use serde_json::json;

use crate::given::{app_on_store, app_with, caller, operator, path_of, request};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_says_what_it_is_and_that_it_never_changes() {
    let app = app_on_store().await;
    let made = operator(&app).post("/v1/renders", request("Ada")).await;
    let artifact = &made.json["artifacts"][0];
    let path = path_of(&app, &made.json, "pdf");

    let file = app.anonymous().get(&path).await;

    assert_eq!(file.status, 200);
    assert!(file.bytes.starts_with(b"%PDF-1.7"));
    assert_eq!(file.header("Content-Type"), "application/pdf");
    assert_eq!(file.header("ETag"), format!("\"sha256-{}\"", artifact["sha256"].as_str().unwrap()));
    assert_eq!(file.header("Content-Length"), artifact["bytes"].to_string());
    assert_eq!(file.header("Cache-Control"), "public, max-age=31536000, immutable");
    assert_eq!(file.header("Content-Disposition"), "inline; filename=\"Certificate.pdf\"");
    assert_eq!(file.header("X-Content-Type-Options"), "nosniff");
    assert_eq!(file.header("Accept-Ranges"), "bytes");
    let saved = app.anonymous().get(&format!("{path}?download=1")).await;
    assert!(saved.header("Content-Disposition").starts_with("attachment; "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_has_the_headers_and_no_body() {
    let app = app_on_store().await;
    let made = operator(&app).post("/v1/renders", request("Ada")).await;
    let path = path_of(&app, &made.json, "pdf");
    let client = app.anonymous();

    let head = client.send(client.request(Method::HEAD, &path)).await;

    assert_eq!((head.status, head.bytes.len()), (200, 0));
    assert_eq!(head.header("Content-Length"), made.json["artifacts"][0]["bytes"].to_string());
    let client = operator(&app);
    let head = client.send(client.request(Method::HEAD, made.header("Location"))).await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_the_file_is_not_sent_it_again() {
    let app = app_on_store().await;
    let made = operator(&app).post("/v1/renders", request("Ada")).await;
    let path = path_of(&app, &made.json, "pdf");
    let client = app.anonymous();
    let tag = client.get(&path).await.header("ETag").to_owned();

    let known = client.send(client.request(Method::GET, &path).header("If-None-Match", &tag)).await;
    let other =
        client.send(client.request(Method::GET, &path).header("If-None-Match", "\"x\"")).await;

    assert_eq!((known.status, known.bytes.len()), (304, 0));
    assert_eq!(known.header("ETag"), tag);
    assert_eq!(other.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_file_can_be_had() {
    let app = app_on_store().await;
    let made = operator(&app).post("/v1/renders", request("Ada")).await;
    let path = path_of(&app, &made.json, "pdf");
    let client = app.anonymous();
    let whole = client.get(&path).await.bytes;
    let length = whole.len();
    let part =
        |range: String| client.send(client.request(Method::GET, &path).header("Range", range));

    let middle = part("bytes=5-14".to_owned()).await;
    assert_eq!((middle.status, &middle.bytes[..]), (206, &whole[5..15]));
    assert_eq!(middle.header("Content-Range"), format!("bytes 5-14/{length}"));
    let end = part("bytes=-6".to_owned()).await;
    assert_eq!((end.status, &end.bytes[..]), (206, &whole[length - 6..]));
    for end in [length.to_string(), "9".repeat(30)] {
        let clipped = part(format!("bytes=0-{end}")).await;
        assert_eq!((clipped.status, &clipped.bytes), (206, &whole), "{end}");
        let range = format!("bytes 0-{}/{length}", length - 1);
        assert_eq!(clipped.header("Content-Range"), range);
    }
    let beyond = part(format!("bytes={length}-")).await;
    assert_eq!(beyond.status, 416);
    assert_eq!(beyond.header("Content-Range"), format!("bytes */{length}"));
    let several = part("bytes=0-1,4-5".to_owned()).await;
    assert_eq!((several.status, several.bytes.len()), (200, length));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drawing_may_do_nothing_in_a_browser() {
    let app = app_on_store().await;
    let mut drawing = request("Ada");
    drawing["outputs"] = json!(["svg"]);
    let made = operator(&app).post("/v1/renders", drawing).await;

    let file = app.anonymous().get(&path_of(&app, &made.json, "svg")).await;

    assert_eq!(file.header("Content-Type"), "image/svg+xml");
    assert_eq!(
        file.header("Content-Security-Policy"),
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_found_and_not_remembered() {
    let app = app_on_store().await;
    let made = operator(&app).post("/v1/renders", request("Ada")).await;
    let render = made.header("Location");
    let unknown = "/v1/renders/00000000000000000000000000000000";

    for path in [
        format!("{render}/artifacts/other.pdf"),
        format!("{render}/artifacts/..%2F..%2Fsecret"),
        format!("{unknown}/artifacts/Certificate.pdf"),
        "/v1/renders/..%2Fverify/artifacts/Certificate.pdf".to_owned(),
        "/v1/renders/%00/artifacts/Certificate.pdf".to_owned(),
    ] {
        let answer = app.anonymous().get(&path).await;
        assert_eq!(
            (answer.status, answer.json["code"].as_str()),
            (404, Some("not_found")),
            "{path}"
        );
        assert_eq!(answer.header("Cache-Control"), "no-store");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_can_be_kept_from_strangers() {
    let app = app_with("[render]\npublic_artifacts = false\n").await;
    let made = operator(&app).post("/v1/renders", request("Ada")).await;
    let path = path_of(&app, &made.json, "pdf");

    assert_eq!(app.anonymous().get(&path).await.status, 401);
    assert_eq!(caller(&app, "renderer.render").get(&path).await.status, 403);
    assert_eq!(caller(&app, "renderer.read").get(&path).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_never_served() {
    let app = app_with("[store]\nurl = \"file:{folder}/store\"\ncache_bytes = 0\n").await;
    let made = operator(&app).post("/v1/renders", request("Ada")).await;
    let sha256 = made.json["artifacts"][0]["sha256"].as_str().unwrap();
    let place =
        app.database.folder().join(format!("store/objects/sha256/{}/{sha256}", &sha256[..2]));
    let whole = std::fs::read(&place).unwrap();
    std::fs::write(&place, &whole[..whole.len() / 2]).unwrap();

    let answer = app.anonymous().get(&path_of(&app, &made.json, "pdf")).await;

    assert_eq!((answer.status, answer.json["code"].as_str()), (500, Some("store_corrupt")));
    let again = operator(&app).post("/v1/renders", request("Ada")).await;
    assert_eq!((again.status, again.json["code"].as_str()), (500, Some("store_corrupt")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_went_missing_is_made_again() {
    let app = app_with("[store]\nurl = \"file:{folder}/store\"\ncache_bytes = 0\n").await;
    let made = operator(&app).post("/v1/renders", request("Ada")).await;
    let path = path_of(&app, &made.json, "pdf");
    std::fs::remove_dir_all(app.database.folder().join("store/objects")).unwrap();
    assert_eq!(app.anonymous().get(&path).await.status, 404);

    let again = operator(&app).post("/v1/renders", request("Ada")).await;

    assert_eq!(again.status, 201);
    assert_eq!(again.json["artifacts"], made.json["artifacts"]);
    assert_eq!(app.anonymous().get(&path).await.status, 200);
}
