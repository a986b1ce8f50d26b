//! Routes without a token.

use serde_json::json;

use crate::scene::School;

#[tokio::test(flavor = "multi_thread")]
async fn health_says_what_it_depends_on() {
    let school = School::start().await;

    for path in ["/health", "/health/"] {
        let health = school.app.anonymous().get(path).await;
        assert_eq!(health.status, 200);
        let expected =
            json!({"overall_status": "OK", "detailed_status": {"database_status": "OK"}});
        assert_eq!(health.json, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_against_forged_forms_is_64_characters_and_comes_with_its_cookie() {
    let school = School::start().await;
    let anonymous = school.app.anonymous();

    let answer = anonymous.get("/csrf/api/v1/token").await;
    let token = answer.json["csrfToken"].as_str().unwrap();
    assert_eq!(token.len(), 64);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with(&format!("registrar_csrftoken={token};")), "{cookie}");
    assert!(cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=31536000"), "{cookie}");
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let again = anonymous
        .request(reqwest::Method::GET, "/csrf/api/v1/token")
        .header("Cookie", format!("registrar_csrftoken={token}"));
    assert_eq!(anonymous.send(again).await.json["csrfToken"], token, "it keeps the one it has");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_at_the_root_leads_to_the_api_document() {
    let school = School::start().await;
    let anonymous = school.app.anonymous();

    let home = anonymous.get("/").await;
    assert_eq!((home.status, home.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(home.text().contains("href=\"/api-docs/\""), "{}", home.text());
    for link in ["/api-docs/", "/health", "/.well-known/jwks.json", "/api-docs/openapi.json"] {
        assert_eq!(anonymous.get(link).await.status, 200, "{link}");
    }
    assert_eq!(anonymous.delete("/").await.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_document_itself_is_asked_for_as_of_the_predecessor() {
    let school = School::start().await;
    let anonymous = school.app.anonymous();

    let document = anonymous.get("/api-docs/openapi.json").await.json;
    assert!(document["paths"]["/api/v3/programs"].is_object());
    for path in ["/api-docs/?format=openapi", "/api-docs?format=openapi&x=y"] {
        let answer = anonymous.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
        assert_eq!(answer.json, document);
    }
    let page = anonymous.get("/api-docs/?format=html").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html"));
    assert_eq!(anonymous.get("/api-docs").await.status, 302);
}
