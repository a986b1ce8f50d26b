//! The public documents of issuers and badge classes.

use badge_service::{
    domain::{badge_class::BadgeClass, entity_id::EntityId, key::Key},
    store,
};
use serde_json::json;
use uuid::Uuid;

use crate::given::{self, award, awarded, last_issued};

#[tokio::test(flavor = "multi_thread")]
async fn a_badge_class_is_published_member_by_member() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let url = format!("{}/public/badges/{}", app.url, issued.badge_class_id);

    let answer = app.anonymous().get(given::path(&app, &url)).await;

    let issuer = answer.json["issuer"].as_str().unwrap().to_owned();
    assert_eq!(
        answer.text(),
        json!({
            "@context": "https://w3id.org/openbadges/v2",
            "type": "BadgeClass",
            "id": url,
            "name": "Tide Tables  Sailors",
            "description": "Completed “Tide Tables”, offered by Hanseatic University.",
            "issuer": issuer,
            "image": format!("{url}/image"),
            "criteria": {
                "narrative": "Completed “Tide Tables”, offered by Hanseatic University."
            },
            "alignment": [],
            "tags": [],
        })
        .to_string()
    );
    assert_eq!(answer.header("content-type"), "application/ld+json");
    let expanded = app.anonymous().get(&format!("{}?expand=issuer", given::path(&app, &url))).await;
    assert_eq!(expanded.json["issuer"]["id"], issuer);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_is_published_member_by_member_and_lists_its_badges() {
    let app = given::app().await;
    awarded(&app).await;
    let mut other = award(Uuid::new_v4(), 1);
    other.achievement.key = "course/8".to_owned();
    other.achievement.url = Some("https://hanse.example/courses/8".to_owned());
    app.hears(other).await.unwrap();
    let id = last_issued(&app).await.badge_class_id;
    let class = app.anonymous().get(&format!("/public/badges/{id}.json")).await.json;
    let url = class["issuer"].as_str().unwrap();

    let answer = app.anonymous().get(given::path(&app, url)).await;

    assert_eq!(
        answer.text(),
        json!({
            "@context": "https://w3id.org/openbadges/v2",
            "type": "Issuer",
            "id": url,
            "name": "Hanseatic University",
            "url": "https://hanse.example",
            "email": "badges@127.0.0.1",
            "description": "",
        })
        .to_string()
    );
    assert_eq!(class["criteria"], json!({"id": "https://hanse.example/courses/8"}));
    for suffix in ["", ".json"] {
        let path = format!("{}/badges{suffix}", given::path(&app, url));
        let list = app.anonymous().get(&path).await;
        assert_eq!(list.status, 200);
        assert_eq!(list.json.as_array().unwrap().len(), 2);
        assert_eq!(list.json[1], class);
        assert!(!list.header("etag").is_empty());
        assert!(list.header("vary").contains("Accept"), "{}", list.header("vary"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_lists_all_its_badges_however_many_there_are() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let id: EntityId = issued.badge_class_id.parse().unwrap();
    let add_many = move |conn: &mut _| {
        let class = store::badge_classes::get(conn, id)?;
        for n in 0..1_000 {
            let key = Key::try_from(format!("course/more-{n}")).unwrap();
            let another = BadgeClass { id: Uuid::new_v4().into(), ..class.clone() };
            store::badge_classes::insert(conn, &key, &another, class.created_at)?;
        }
        Ok::<_, database::Error>(class.issuer_id)
    };
    let issuer = app.db().write(add_many).await.unwrap();

    let list = app.anonymous().get(&format!("/public/issuers/{issuer}/badges")).await;

    assert_eq!(list.json.as_array().unwrap().len(), 1_001);
}

#[tokio::test(flavor = "multi_thread")]
async fn criteria_lead_to_the_badge_class_page() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let id = &issued.badge_class_id;

    let answer = app.anonymous().get(&format!("/public/badges/{id}/criteria")).await;

    assert_eq!(answer.status, 302);
    assert_eq!(answer.header("location"), format!("{}/badge/badges/{id}", app.url));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unknown_is_404_in_every_place() {
    let app = given::app().await;
    awarded(&app).await;
    let unknown = "AAAAAAAAAAAAAAAAAAAAAA";

    for kind in ["issuers", "badges", "assertions"] {
        for id in [unknown, "x", "%ff", "%00"] {
            for suffix in ["", ".json", "/image"] {
                let answer = app.anonymous().get(&format!("/public/{kind}/{id}{suffix}")).await;
                assert_eq!(answer.status, 404, "{kind}/{id}{suffix}");
                assert_eq!(answer.json, json!({"detail": "Not found."}));
            }
            let page = app.anonymous().get(&format!("/badge/{kind}/{id}")).await;
            assert_eq!(page.status, 404, "{kind}/{id}");
        }
    }
    for path in [
        format!("/public/issuers/{unknown}/badges"),
        format!("/public/issuers/{unknown}/badges.json"),
        format!("/public/badges/{unknown}/criteria"),
        format!("/public/assertions/{unknown}/baked"),
        "/public/collections/x".to_owned(),
        "/public/assertions/".to_owned(),
        "/media/x.png".to_owned(),
        "/media/../defaults.toml".to_owned(),
        format!("/media/{}.png", "0".repeat(32)),
        "/static/x.css".to_owned(),
        "/nothing".to_owned(),
    ] {
        assert_eq!(app.anonymous().get(&path).await.status, 404, "{path}");
    }
}
