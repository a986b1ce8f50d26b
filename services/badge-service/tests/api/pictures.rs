//! Pictures: plain, converted, baked.

use badge_service::domain::{
    baking::{self, Slot},
    image,
};
use serde_json::Value;

use crate::given::{self, App, awarded, follow, get, revocation};

/// The document baked into a picture.
fn document(bytes: &[u8]) -> Value {
    let found = baking::unbake(bytes).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].slot, Slot::OpenBadges);
    serde_json::from_str(&found[0].text).unwrap()
}

async fn published(app: &App, url: &str) -> Value {
    app.anonymous().get(given::path(app, url)).await.json
}

#[tokio::test(flavor = "multi_thread")]
async fn baked_pictures_hold_what_is_published() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let baked = format!("/public/assertions/{}/baked", issued.assertion_id);
    let public = published(&app, &issued.open_badge_id).await;

    let svg = follow(&app, &baked).await;
    let png = follow(&app, &format!("{baked}?type=png&v=2_0")).await;
    let own = follow(&app, given::path(&app, &issued.image_url)).await;

    assert_eq!((svg.status, svg.header("content-type")), (200, "image/svg+xml"));
    assert_eq!((png.status, png.header("content-type")), (200, "image/png"));
    assert_eq!(document(&svg.bytes), public);
    assert_eq!(document(&png.bytes), public);
    assert_eq!(own.bytes, svg.bytes);
    let drawn = image::decode(&png.bytes).unwrap();
    assert_eq!(drawn.dimensions(), (400, 400));
    assert!(svg.text().starts_with("<svg"));
}

#[tokio::test(flavor = "multi_thread")]
async fn version_1_1_is_baked_for_those_who_ask_and_an_unknown_one_refused() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let baked = format!("/public/assertions/{}/baked", issued.assertion_id);
    let old = published(&app, &format!("{}?v=1_1", issued.open_badge_id)).await;

    for kind in ["svg", "PNG"] {
        let answer = follow(&app, &format!("{baked}?v=1_1&type={kind}")).await;
        assert_eq!(document(&answer.bytes), old, "{kind}");
        assert_eq!(document(&answer.bytes)["verify"]["url"], old["id"], "{kind}");
        if kind == "svg" {
            let id = old["id"].as_str().unwrap();
            assert!(answer.text().contains(&format!("verify=\"{id}\"")), "{}", answer.text());
        }
    }
    let unknown = app.anonymous().get(&format!("{baked}?v=9_9")).await;
    assert_eq!(unknown.status, 400);
    assert_eq!(unknown.text(), r#"["Invalid OpenBadges version"]"#);
    assert_eq!(app.anonymous().get(&format!("{baked}?type=gif")).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_come_in_every_type_and_format_of_the_table() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    for object in [
        format!("/public/badges/{}/image", issued.badge_class_id),
        format!("/public/assertions/{}/image", issued.assertion_id),
    ] {
        let original = follow(&app, &object).await;
        assert_eq!(original.header("content-type"), "image/svg+xml");
        for (query, size) in [
            ("type=png", (400, 400)),
            ("type=PNG&fmt=Square", (400, 400)),
            ("type=png&fmt=wide", (764, 400)),
            ("fmt=WIDE", (764, 400)),
        ] {
            let answer = follow(&app, &format!("{object}?{query}")).await;
            assert_eq!(answer.header("content-type"), "image/png", "{object}?{query}");
            assert_eq!(image::decode(&answer.bytes).unwrap().dimensions(), size);
            assert_eq!(baking::unbake(&answer.bytes).unwrap(), []);
        }
        for wrong in ["type=jpeg", "fmt=tall", "type="] {
            let answer = app.anonymous().get(&format!("{object}?{wrong}")).await;
            assert_eq!(answer.status, 400, "{wrong}");
            assert!(answer.json.is_array());
        }
        let redirect = app.anonymous().get(&object).await;
        assert_eq!(redirect.header("cache-control"), "public, max-age=300");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_kept_for_ever_and_run_nothing() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let redirect = app.anonymous().get(given::path(&app, &issued.image_url)).await;
    let path = given::path(&app, redirect.header("location"));

    let picture = app.anonymous().get(path).await;
    let again = get(&app, path, &[("If-None-Match", picture.header("etag"))]).await;

    assert_eq!(picture.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(
        picture.header("content-security-policy"),
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    );
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
    assert_eq!(again.status, 304);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_assertion_has_no_picture_any_more() {
    let app = given::app().await;
    let (credential, issued) = awarded(&app).await;
    let id = &issued.assertion_id;
    let mut files = Vec::new();
    for path in ["image", "baked", "baked?type=png", "baked?v=1_1"] {
        let redirect = app.anonymous().get(&format!("/public/assertions/{id}/{path}")).await;
        files.push(given::path(&app, redirect.header("location")).to_owned());
    }
    for file in &files {
        assert_eq!(app.anonymous().get(file).await.status, 200, "{file}");
    }

    app.hears(revocation(credential, 2)).await.unwrap();

    for path in ["image", "image?type=png", "baked", "baked?type=png"] {
        let answer = app.anonymous().get(&format!("/public/assertions/{id}/{path}")).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    for file in &files {
        assert_eq!(app.anonymous().get(file).await.status, 404, "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_awards_of_one_class_have_different_baked_pictures() {
    let app = given::app().await;
    let (_, one) = awarded(&app).await;
    let (_, other) = awarded(&app).await;

    let one = follow(&app, given::path(&app, &one.image_url)).await;
    let other = follow(&app, given::path(&app, &other.image_url)).await;

    assert_ne!(document(&one.bytes)["id"], document(&other.bytes)["id"]);
}
