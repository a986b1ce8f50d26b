//! The pages for people.

use crate::given::{self, awarded, revocation};

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_has_a_page_that_leads_to_the_others() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;

    let assertion = app.anonymous().get(given::path(&app, &issued.page_url)).await;
    let class_page = format!("/badge/badges/{}", issued.badge_class_id);
    let class = app.anonymous().get(&class_page).await;
    let (_, rest) =
        class.text().split_once("/badge/issuers/").map(|(a, b)| (a.len(), b.to_owned())).unwrap();
    let issuer_page = format!("/badge/issuers/{}", &rest[..22]);
    let issuer = app.anonymous().get(&issuer_page).await;

    for page in [&assertion, &class, &issuer] {
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(page.header("content-security-policy").contains("default-src 'none'"));
        assert_eq!(page.header("access-control-allow-origin"), "");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
    }
    assert!(assertion.text().contains("Tide Tables"));
    assert!(assertion.text().contains("This badge is valid."));
    assert!(assertion.text().contains("14 March 2026"));
    assert!(assertion.text().contains(&class_page));
    assert!(assertion.text().contains("/baked?type=png"));
    for (page, kind, id) in [
        (&assertion, "assertions", &issued.assertion_id),
        (&class, "badges", &issued.badge_class_id),
    ] {
        let public = format!("{}/public/{kind}/{id}", app.url);
        let shared = format!("og:url\" content=\"{public}\"");
        assert!(page.text().contains(&shared), "{}", page.text());
        let png = format!("og:image\" content=\"{public}/image?type=png\"");
        assert!(page.text().contains(&png), "{}", page.text());
        let image = given::follow(&app, &format!("/public/{kind}/{id}/image?type=png")).await;
        assert_eq!(image.header("content-type"), "image/png");
    }
    assert!(issuer.text().contains(&class_page));
    assert!(!assertion.text().contains("Pat"), "the page names nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_revoked_badge_says_so_at_once() {
    let app = given::app_with("[cache]\nfresh_for_ms = 600000\n").await;
    let (credential, issued) = awarded(&app).await;
    let path = given::path(&app, &issued.page_url);
    assert_eq!(app.anonymous().get(path).await.status, 200);

    app.hears(revocation(credential, 2)).await.unwrap();

    let page = app.anonymous().get(path).await;
    assert_eq!((page.status, page.header("cache-control")), (410, "no-cache"));
    assert!(page.text().contains("Revoked"));
    assert!(page.text().contains("Issued in error."));
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let missing = app.anonymous().get("/badge/assertions/x").await;
    assert_eq!((missing.status, missing.header("referrer-policy")), (404, "no-referrer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_brings_its_style() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let page = app.anonymous().get(given::path(&app, &issued.page_url)).await.text();
    let (_, rest) = page.split_once("href=\"/static/").unwrap();
    let name = rest.split('"').next().unwrap();

    let style = app.anonymous().get(&format!("/static/{name}")).await;

    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
}
