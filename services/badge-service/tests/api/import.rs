//! Issuers and badge classes from files.

use base64::{Engine, engine::general_purpose::STANDARD};
use chassis::Service;
use serde_json::{Value, json};

use crate::given::{self, App, awarded, follow};

const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="#123456" d="M0 0h9v9H0z"/></svg>"##;

fn data_uri(bytes: &[u8], kind: &str) -> String {
    format!("data:image/{kind};base64,{}", STANDARD.encode(bytes))
}

fn png() -> Vec<u8> {
    use badge_service::domain::{fonts::Fonts, picture};
    picture::rasterise(SVG, 64, &Fonts::none()).unwrap()
}

fn file() -> Value {
    json!({
        "issuers": [{
            "key": "HanseU", "name": "Hanseatic University", "url": "https://hanse.example",
            "email": "badges@hanse.example", "description": "By the harbour.",
            "image": data_uri(SVG.as_bytes(), "svg+xml"),
        }],
        "badge_classes": [{
            "key": "course/7", "issuer": "HanseU", "name": "Tide Tables", "description": "Reads them.",
            "criteria_url": "https://hanse.example/t1", "criteria_narrative": "Read **one**.",
            "tags": ["sea"], "expires": {"amount": 2, "duration": "years"},
            "alignments": [{"targetName": "Sea 1", "targetUrl": "https://skills.example/1"}],
            "image": data_uri(&png(), "png"),
        }],
    })
}

async fn import(app: &App, file: &Value) -> Result<String, String> {
    app.service.import(&file.to_string()).await.map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_imported_is_awarded_as_it_is() {
    let app = given::app().await;
    let said = import(&app, &file()).await.unwrap();
    assert_eq!(
        said,
        "Issuers: 1 made, 0 changed, 0 unchanged. Badge classes: 1 made, 0 changed, 0 unchanged."
    );

    let (_, issued) = awarded(&app).await;

    let path = format!("/public/assertions/{}.json", issued.assertion_id);
    let whole = app.anonymous().get(&format!("{path}?expand=badge&expand=badge.issuer")).await.json;
    assert_eq!(whole["expires"], "2028-03-14T10:00:00+00:00");
    assert_eq!(whole["badge"]["name"], "Tide Tables");
    assert_eq!(
        whole["badge"]["criteria"],
        json!({"id": "https://hanse.example/t1", "narrative": "Read **one**."})
    );
    assert_eq!(whole["badge"]["tags"], json!(["sea"]));
    assert_eq!(whole["badge"]["alignment"][0]["targetName"], "Sea 1");
    assert_eq!(whole["badge"]["issuer"]["email"], "badges@hanse.example");
    let image = follow(&app, given::path(&app, whole["image"].as_str().unwrap())).await;
    assert_eq!(image.header("content-type"), "image/png");
    let baked = format!("/public/assertions/{}/baked", issued.assertion_id);
    assert_eq!(follow(&app, &baked).await.bytes, image.bytes);
    assert_eq!(app.anonymous().get(&format!("{baked}?type=svg")).await.status, 404);
    let logo = whole["badge"]["issuer"]["image"].as_str().unwrap();
    assert_eq!(follow(&app, given::path(&app, logo)).await.header("content-type"), "image/svg+xml");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_import_changes_what_differs_and_nothing_else() {
    let app = given::app_with("[cache]\nfresh_for_ms = 600000\n").await;
    import(&app, &file()).await.unwrap();
    let (_, issued) = awarded(&app).await;
    let class = format!("/public/badges/{}.json", issued.badge_class_id);
    let before = app.anonymous().get(&class).await;

    let same = import(&app, &file()).await.unwrap();
    let mut other = file();
    other["badge_classes"][0]["name"] = json!("Tide Tables and Currents");
    let changed = import(&app, &other).await.unwrap();

    let after = app.anonymous().get(&class).await;
    assert!(same.starts_with("Issuers: 0 made, 0 changed, 1 unchanged."), "{same}");
    assert!(changed.ends_with("0 made, 1 changed, 0 unchanged."), "{changed}");
    assert_eq!(after.json["name"], "Tide Tables and Currents");
    assert_eq!(after.json["id"], before.json["id"]);
    assert_ne!(after.header("etag"), before.header("etag"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalog_makes_issuers_of_its_organizations() {
    let app = given::app().await;
    let catalog = json!({
        "organizations": [
            {"key": "A", "name": "Academy", "logo": "https://a.example/logo.png"},
            {"key": "B", "name": "Ballet", "logo": data_uri(SVG.as_bytes(), "svg+xml")},
            {"key": "C", "name": "College", "logo": "data:image/jpeg;base64,/9j/"},
        ],
        "programs": [], "learner_links": [],
    });

    let said = import(&app, &catalog).await.unwrap();

    assert!(said.starts_with("Issuers: 3 made"), "{said}");
    assert!(import(&app, &catalog).await.unwrap().contains("3 unchanged"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_file_is_refused_with_the_place_and_changes_nothing() {
    let app = given::app().await;
    let with = |pointer: &str, value: Value| {
        let mut file = file();
        *file.pointer_mut(pointer).unwrap() = value;
        file
    };
    for (wrong, place) in [
        (json!([]), "the document"),
        (json!({"issuer": []}), "the document"),
        (json!({"issuers": {}}), "issuers"),
        (with("/issuers/0/key", json!("")), "issuers[0].key"),
        (with("/issuers/0/url", json!("javascript:x")), "issuers[0]"),
        (with("/issuers/0/image", json!("data:image/png;base64,AAAA")), "the image of HanseU"),
        (with("/badge_classes/0/issuer", json!("nobody")), "badge_classes[0].issuer"),
        (with("/badge_classes/0/image", json!("x")), "badge_classes[0].image"),
        (with("/badge_classes/0/tags", json!("sea")), "badge_classes[0]"),
    ] {
        let error = import(&app, &wrong).await.unwrap_err();
        assert!(error.starts_with(place), "{error}");
    }
    assert!(import(&app, &file()).await.unwrap().contains("1 made"));
}
