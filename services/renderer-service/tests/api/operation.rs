//! What operators and their machines ask.

use reqwest::Method;

use crate::given::{app, eventually, operator, request};

#[tokio::test(flavor = "multi_thread")]
async fn the_service_is_ready_once_a_worker_is() {
    let app = app().await;
    let client = app.anonymous();

    assert_eq!(client.get("/healthz").await.json["status"], "ok");
    let ready = eventually(&client, "/readyz", |answer| answer.status == 200).await;
    for check in ["store", "workers", "database"] {
        assert_eq!(ready.json["checks"][check], "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_tell_of_renders_and_workers() {
    let app = app().await;
    operator(&app).post("/v1/renders", request("Ada")).await;
    operator(&app).post("/v1/renders", request("Ada \u{13000}")).await;

    let has = |text: &'static str| move |answer: &testkit::Answer| answer.text().contains(text);
    let client = app.anonymous();
    eventually(&client, "/metrics", has("renderer_workers{state=\"idle\"} 1")).await;
    let figures = client.get("/metrics").await.text();
    for figure in [
        "renderer_renders_total{code=\"\",kind=\"certificate\",outcome=\"done\"}",
        "renderer_renders_total{code=\"missing_glyph\",kind=\"certificate\",outcome=\"failed\"}",
        "renderer_render_seconds_count{kind=\"certificate\",phase=\"layout\"}",
        "renderer_jobs_total{outcome=\"done\",source=\"http\"}",
        "renderer_queue_waiting 0",
    ] {
        assert!(figures.contains(figure), "{figure} is not in:\n{figures}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_document_is_served_as_json() {
    let app = app().await;

    let answer = app.anonymous().get("/openapi.json").await;

    assert_eq!(answer.header("Content-Type"), "application/json");
    assert_eq!(answer.json, serde_json::to_value(renderer_service::http::document()).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_a_name_and_the_callers_own_is_kept() {
    let app = app().await;
    let client = app.anonymous();

    let ours = client.get("/v1/nothing").await;
    let theirs = client
        .send(client.request(Method::GET, "/healthz").header("X-Request-Id", "a.b_c-1"))
        .await;
    let indecent =
        client.send(client.request(Method::GET, "/healthz").header("X-Request-Id", "a b")).await;

    assert!(!ours.header("X-Request-Id").is_empty());
    assert_eq!(theirs.header("X-Request-Id"), "a.b_c-1");
    assert_ne!(indecent.header("X-Request-Id"), "a b");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_at_the_root_says_what_this_is() {
    let app = app().await;

    let page = app.anonymous().get("/").await;

    assert_eq!(page.status, 200);
    assert!(page.header("Content-Type").starts_with("text/html"));
    assert!(page.header("Content-Security-Policy").starts_with("default-src 'none'"));
    assert!(page.text().contains("Renderer") && page.text().contains("/api-docs/"));
}
