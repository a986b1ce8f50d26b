//! The public documents of an assertion.

use serde_json::json;

use crate::given::{self, awarded, get, revocation};

#[tokio::test(flavor = "multi_thread")]
async fn an_assertion_is_published_member_by_member() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;

    let answer = app.anonymous().get(given::path(&app, &issued.open_badge_id)).await;

    assert_eq!((answer.status, answer.header("content-type")), (200, "application/ld+json"));
    let keys: Vec<_> = answer.json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "@context",
            "type",
            "id",
            "badge",
            "image",
            "verification",
            "evidence",
            "issuedOn",
            "recipient"
        ]
    );
    let (id, class) = (&issued.assertion_id, &issued.badge_class_id);
    assert_eq!(answer.json["@context"], "https://w3id.org/openbadges/v2");
    assert_eq!(answer.json["id"], issued.open_badge_id);
    assert_eq!(answer.json["badge"], format!("{}/public/badges/{class}", app.url));
    assert_eq!(answer.json["image"], format!("{}/public/assertions/{id}/image", app.url));
    assert_eq!(answer.json["verification"], json!({"type": "HostedBadge"}));
    assert_eq!(answer.json["issuedOn"], "2026-03-14T10:00:00+00:00");
    assert_eq!(
        answer.json["evidence"],
        json!([{"type": "Evidence", "id": "https://school.example/credentials/0123"}])
    );
    assert_eq!(answer.json["recipient"]["hashed"], true);
    assert!(!answer.text().to_lowercase().contains("pat.doe"), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn badge_class_and_issuer_are_expanded_when_asked_for() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let path = format!("/public/assertions/{}.json", issued.assertion_id);

    let badge = app.anonymous().get(&format!("{path}?expand=badge")).await.json["badge"].clone();
    let both = app.anonymous().get(&format!("{path}?expand=badge&expand=badge.issuer")).await;
    let alone = app.anonymous().get(&format!("{path}?expand=badge.issuer")).await;

    assert_eq!(badge["type"], "BadgeClass");
    assert!(badge["issuer"].is_string());
    assert_eq!(both.json["badge"]["issuer"]["name"], "Hanseatic University");
    assert!(alone.json["badge"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn version_1_1_is_written_for_those_who_ask() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let path = format!("/public/assertions/{}.json", issued.assertion_id);

    let old = app.anonymous().get(&format!("{path}?v=1_1")).await.json;
    let explicit = app.anonymous().get(&format!("{path}?v=2_0")).await;
    let unknown = app.anonymous().get(&format!("{path}?v=9_9")).await;

    assert_eq!(old["@context"], "https://w3id.org/openbadges/v1");
    assert_eq!(old["id"], format!("{}?v=1_1", issued.open_badge_id));
    assert_eq!(old["uid"], issued.assertion_id);
    assert_eq!(old["verify"]["type"], "hosted");
    assert_eq!(explicit.json["id"], issued.open_badge_id);
    assert_eq!(unknown.bytes, explicit.bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_revoked_assertion_only_a_stub_is_left() {
    let app = given::app().await;
    let (credential, issued) = awarded(&app).await;
    app.hears(revocation(credential, 2)).await.unwrap();

    for suffix in ["", ".json", "?expand=badge&v=2_0"] {
        let path = format!("/public/assertions/{}{suffix}", issued.assertion_id);
        let answer = app.anonymous().get(&path).await;

        assert_eq!(answer.status, 410);
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert_eq!(answer.header("content-type"), "application/ld+json");
        assert_eq!(
            answer.json,
            json!({
                "@context": "https://w3id.org/openbadges/v2",
                "type": "Assertion",
                "id": issued.open_badge_id,
                "revoked": true,
                "revocationReason": "Issued in error.",
            })
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_a_revoked_assertion_already() {
    let app = given::app().await;
    let (credential, issued) = awarded(&app).await;
    app.hears(revocation(credential, 2)).await.unwrap();

    for url in [&issued.open_badge_id, &issued.page_url] {
        let path = given::path(&app, url);
        let whole = app.anonymous().get(path).await;
        for tag in ["*", whole.header("etag")] {
            let answer = get(&app, path, &[("If-None-Match", tag)]).await;

            assert_eq!(answer.status, 410, "{path} {tag}");
            assert_eq!(answer.bytes, whole.bytes, "{path} {tag}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_may_answer_200_for_revoked_ones() {
    let app = given::app_with("[public]\nrevoked_status = 200\n").await;
    let (credential, issued) = awarded(&app).await;
    app.hears(revocation(credential, 2)).await.unwrap();

    let answer = app.anonymous().get(given::path(&app, &issued.open_badge_id)).await;

    assert_eq!((answer.status, &answer.json["revoked"]), (200, &json!(true)));
    assert_eq!(answer.header("cache-control"), "no-cache");
    let path = given::path(&app, &issued.open_badge_id);
    let has_it = get(&app, path, &[("If-None-Match", answer.header("etag"))]).await;
    assert_eq!((has_it.status, has_it.header("cache-control")), (304, "no-cache"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_told_when_it_has_the_document_until_it_changes() {
    let app = given::app_with("[cache]\nfresh_for_ms = 600000\n").await;
    let (credential, issued) = awarded(&app).await;
    let path = given::path(&app, &issued.open_badge_id);
    let first = app.anonymous().get(path).await;
    let tag = first.header("etag").to_owned();

    let has_it = get(&app, path, &[("If-None-Match", &tag)]).await;
    app.hears(revocation(credential, 2)).await.unwrap();
    let had_it = get(&app, path, &[("If-None-Match", &tag)]).await;

    assert!(tag.starts_with('"') && tag.len() > 20, "{tag}");
    assert_eq!(first.header("cache-control"), "public, max-age=60, stale-while-revalidate=300");
    assert_eq!((has_it.status, has_it.header("etag")), (304, tag.as_str()));
    assert!(has_it.bytes.is_empty());
    assert_eq!(had_it.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn head_says_what_get_would_without_a_body() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let path = given::path(&app, &issued.open_badge_id);
    let get = app.anonymous().get(path).await;
    let client = app.anonymous();

    let head = client.send(client.request(reqwest::Method::HEAD, path)).await;

    assert_eq!(head.status, 200);
    assert_eq!(head.header("etag"), get.header("etag"));
    assert_eq!(head.header("content-length"), get.bytes.len().to_string());
    assert!(head.bytes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn oembed_describes_an_assertion_and_nothing_else() {
    let app = given::app().await;
    let (credential, issued) = awarded(&app).await;
    let url = &issued.open_badge_id;
    let ask = |query: String| {
        let client = app.anonymous();
        async move { client.get(&format!("/public/oembed?{query}")).await }
    };

    let embed = ask(format!("url={url}&format=json&maxwidth=500")).await;

    assert_eq!(embed.status, 200);
    assert_eq!(embed.json["type"], "rich");
    assert_eq!(embed.json["title"], "Tide Tables  Sailors");
    assert_eq!(embed.json["author_name"], "Hanseatic University");
    assert_eq!((&embed.json["width"], &embed.json["thumnail_width"]), (&json!(500), &json!(200)));
    assert!(embed.json["html"].as_str().unwrap().contains(&issued.page_url));
    assert_eq!(ask(format!("url={url}&format=xml")).await.status, 501);
    assert_eq!(ask(format!("url={url}&maxwidth=wide")).await.status, 400);
    let long = ask(format!("url={url}&maxwidth=99999999999999999999")).await;
    assert_eq!((long.status, &long.json["width"]), (200, &json!(800)));
    for other in ["https://elsewhere.example/x", &app.url, ""] {
        assert_eq!(ask(format!("url={other}")).await.status, 404, "{other}");
    }
    app.hears(revocation(credential, 2)).await.unwrap();
    assert_eq!(ask(format!("url={url}")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn oembed_frames_the_page_that_people_are_sent_to() {
    let app = given::app_with("[public]\npages_url = \"https://ui.example/public/\"\n").await;
    let (_, issued) = awarded(&app).await;

    let path = format!("/public/oembed?url={}", issued.open_badge_id);
    let embed = app.anonymous().get(&path).await;

    let page = format!("https://ui.example/public/assertions/{}", issued.assertion_id);
    let frame = embed.json["html"].as_str().unwrap();
    assert!(frame.contains(&format!("src=\"{page}?embedVersion=2\"")), "{frame}");
}
