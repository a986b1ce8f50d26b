//! Several processes of the service on one database, each with documents in its memory.

use std::time::{Duration, Instant};

use badge_service::{
    domain::{changes::Changes, entity_id::EntityId},
    error::Error,
    store,
};
use chassis::Service;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::given::{self, App, awarded, get, last_issued, revocation};

/// Every request asks whether anything changed.
const ASKING: &str = "[cache]\nfresh_for_ms = 0\n";

/// The paths of all kinds of documents about one award.
async fn documents(app: &App) -> Vec<String> {
    let issued = last_issued(app).await;
    let class = app.anonymous().get(&format!("/public/badges/{}", issued.badge_class_id)).await;
    let issuer = class.json["issuer"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let (assertion, class) = (issued.assertion_id, issued.badge_class_id);
    vec![
        format!("/public/issuers/{issuer}"),
        format!("/public/issuers/{issuer}/badges"),
        format!("/public/badges/{class}?expand=issuer"),
        format!("/public/assertions/{assertion}?expand=badge&expand=badge.issuer"),
        format!("/badge/issuers/{issuer}"),
        format!("/badge/badges/{class}"),
        format!("/badge/assertions/{assertion}"),
    ]
}

fn file(issuer: &str, class: &str) -> Value {
    json!({
        "issuers": [{"key": "HanseU", "name": issuer}],
        "badge_classes": [
            {"key": "course/7", "issuer": "HanseU", "name": class, "description": "Reads them."}
        ],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_changes_every_other_one_shows() {
    let one = given::app_with(ASKING).await;
    one.service.import(&file("First U", "First badge").to_string()).await.unwrap();
    awarded(&one).await;
    let other = one.another().await;
    let paths = documents(&one).await;
    for path in &paths {
        assert_eq!(other.anonymous().get(path).await.status, 200, "{path}");
    }

    one.service.import(&file("Second U", "Second badge").to_string()).await.unwrap();

    for path in &paths {
        let text = other.anonymous().get(path).await.text();
        assert!(text.contains("Second") && !text.contains("First"), "{path}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_badge_class_joins_the_list_in_every_process() {
    let one = given::app_with(ASKING).await;
    awarded(&one).await;
    let other = one.another().await;
    let list = documents(&one).await.remove(1);
    assert_eq!(other.anonymous().get(&list).await.json.as_array().unwrap().len(), 1);

    let mut award = given::award(Uuid::new_v4(), 1);
    award.achievement.key = "course/8".to_owned();
    one.hears(award).await.unwrap();

    assert_eq!(other.anonymous().get(&list).await.json.as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_assertion_is_shown_by_every_process() {
    let one = given::app_with(ASKING).await;
    let (credential, issued) = awarded(&one).await;
    let other = one.another().await;
    let path = given::path(&one, &issued.open_badge_id);
    let before = other.anonymous().get(path).await;

    let mut award = given::award(credential, 2);
    award.issued_at = given::at("2026-03-15T10:00:00Z");
    one.hears(award).await.unwrap();

    let after = get(&other, path, &[("If-None-Match", before.header("etag"))]).await;
    assert_eq!((after.status, &after.json["issuedOn"]), (200, &json!("2026-03-15T10:00:00+00:00")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_is_never_a_second_late_in_another_process() {
    let one = given::app().await;
    let (credential, issued) = awarded(&one).await;
    let other = one.another().await;
    for url in [&issued.open_badge_id, &issued.page_url] {
        assert_eq!(other.anonymous().get(given::path(&one, url)).await.status, 200, "{url}");
    }

    one.hears(revocation(credential, 2)).await.unwrap();

    let revoked = Instant::now();
    for url in [&issued.open_badge_id, &issued.page_url] {
        loop {
            let asked = revoked.elapsed();
            let answer = other.anonymous().get(given::path(&one, url)).await;
            if answer.status == 410 {
                break;
            }
            assert_eq!(answer.status, 200, "{url}");
            assert!(asked < Duration::from_secs(1), "{url} was valid after {asked:?}");
        }
        assert_eq!(one.anonymous().get(given::path(&one, url)).await.status, 410, "{url}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_change_the_same_things_at_once_end_up_showing_the_same() {
    let one = given::app_with(ASKING).await;
    let mut credentials = Vec::new();
    for _ in 0..20 {
        credentials.push(awarded(&one).await);
    }
    let other = one.another().await;
    let news = credentials.iter().enumerate().map(|(n, (credential, _))| {
        let mut award = given::award(*credential, 2);
        award.issued_at = given::at("2026-03-15T10:00:00Z");
        award.achievement.organizations[0].name = format!("University {n}");
        let process = if n % 2 == 0 { &one } else { &other };
        async move { process.hears(award).await }
    });

    let told = futures_util::future::join_all(news).await;

    assert_eq!(told.iter().filter(|told| told.is_err()).count(), 0, "{told:?}");
    for (_, issued) in &credentials {
        let path = format!("/public/assertions/{}", issued.assertion_id);
        let path = format!("{path}?expand=badge&expand=badge.issuer");
        let shown = one.anonymous().get(&path).await;
        assert_eq!(shown.json["issuedOn"], "2026-03-15T10:00:00+00:00");
        assert_eq!(shown.bytes, other.anonymous().get(&path).await.bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_comes_from_memory_until_a_change_is_counted() {
    let app = given::app_with(ASKING).await;
    awarded(&app).await;
    let path = documents(&app).await.remove(0);
    let id: EntityId = path.rsplit('/').next().unwrap().parse().unwrap();
    let before = app.anonymous().get(&path).await;
    let rename = move |conn: &mut _| {
        let mut issuer = store::issuers::find(conn, id)?.unwrap();
        issuer.name = "Renamed U".to_owned().try_into().unwrap();
        store::issuers::save(conn, &issuer, given::at("2026-05-01T00:00:00Z"))
    };

    app.db().write::<_, database::Error>(rename).await.unwrap();
    let uncounted = app.anonymous().get(&path).await;
    let count = move |conn: &mut _| {
        let mut changes = Changes::default();
        changes.note(id);
        Ok(store::change_counts::count(conn, &changes)?)
    };
    app.db().write::<_, Error>(count).await.unwrap();
    let counted = app.anonymous().get(&path).await;

    assert_eq!(uncounted.bytes, before.bytes);
    assert_eq!(counted.json["name"], "Renamed U");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_expired_as_soon_as_the_badge_is() {
    let app = given::app_with("[cache]\nfresh_for_ms = 600000\n").await;
    let mut file = file("First U", "First badge");
    file["badge_classes"][0]["expires"] = json!({"amount": 1, "duration": "days"});
    app.service.import(&file.to_string()).await.unwrap();
    let mut award = given::award(Uuid::new_v4(), 1);
    let soon = chrono::Utc::now() - chrono::TimeDelta::days(1) + chrono::TimeDelta::seconds(1);
    award.issued_at = soon.into();
    app.hears(award).await.unwrap();
    let issued = last_issued(&app).await;
    let path = given::path(&app, &issued.page_url);
    let expires = soon + chrono::TimeDelta::days(1);

    loop {
        let asked = chrono::Utc::now();
        let page = app.anonymous().get(path).await.text();
        if page.contains("has expired.") {
            assert!(chrono::Utc::now() > expires);
            break;
        }
        assert!(page.contains("This badge is valid.") && asked <= expires, "{asked} {page}");
    }
}
