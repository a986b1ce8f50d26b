//! The import of the catalog: all of it or nothing, as often as you like.

use chassis::Service;
use serde_json::{Value, json};

use crate::given::{self, App, LIST, app, award, course_award, created};

async fn import(app: &App, document: &Value) -> Result<String, String> {
    app.service.import(&document.to_string()).await.map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_says_what_it_did_and_repeating_it_changes_nothing() {
    let app = App::start().await;

    let first = import(&app, &given::catalog()).await.unwrap();
    let second = import(&app, &given::catalog()).await.unwrap();

    assert_eq!(first, "Imported 2 organizations, 1 programs, 2 courses, 2 course runs, 1 people.");
    assert_eq!(first, second);
    award(&app, "pat").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_with_one_wrong_item_names_it_and_imports_nothing() {
    let app = App::start().await;
    let changed = |change: fn(&mut Value)| {
        let mut catalog = given::catalog();
        change(&mut catalog);
        catalog
    };

    for (document, said) in [
        (
            changed(|c| c["programs"][0]["organization"] = json!("Nobody")),
            "program exa-data: there is no organization Nobody",
        ),
        (changed(|c| c["organizations"][0]["name"] = json!("")), "organization Exa: name is empty"),
        (
            changed(|c| c["organizations"][0]["logo"] = json!("data:image/png;base64,aGVsbG8=")),
            "organization Exa: logo: Upload a valid image. The file is either not an image or a \
             corrupted image.",
        ),
        (
            changed(|c| c["programs"][0]["title"] = json!("x".repeat(256))),
            "program exa-data: title is longer than 255 characters",
        ),
        (
            changed(|c| c["users"][0]["full_name"] = json!("a\u{0}b")),
            "user pat: full_name has a null character",
        ),
        (
            changed(|c| c["users"][0]["username"] = json!("x".repeat(10_000))),
            &format!("user {}: username is longer than 150 characters", "x".repeat(10_000)),
        ),
        (
            changed(|c| c["users"][0]["username"] = json!("a\u{0}b")),
            "user a\u{0}b: username has a null character",
        ),
        (
            changed(|c| {
                c["organizations"][0]["discovery_uuid"] = json!(given::PROGRAM);
                c["organizations"][1]["discovery_uuid"] = json!(given::PROGRAM);
            }),
            "organization Ada: its UUID belongs to another item",
        ),
    ] {
        assert_eq!(import(&app, &document).await.unwrap_err(), said);
    }
    let unknown = changed(|c| c["program"] = json!([]));
    assert!(import(&app, &unknown).await.unwrap_err().contains("unknown field `program`"));
    let refused = app.administrator().post(LIST, course_award("pat")).await;
    assert_eq!(refused.status, 400, "nothing of the right items was kept either");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_was_made_before_its_run_is_linked_when_the_run_comes() {
    let app = App::start().await;
    let early = json!({"course_id": given::COURSE, "certificate_type": "verified",
        "is_active": true});
    created(app.administrator().post("/api/v1/course-certificates/", early).await);

    import(&app, &given::catalog()).await.unwrap();
    let made = award(&app, "pat").await;

    let query = format!("{LIST}?program_uuid={}", given::PROGRAM);
    let listed = app.administrator().get(&query).await.json;
    assert_eq!(listed["results"][0]["uuid"], made["uuid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_title_is_on_the_page_at_once() {
    let app = app().await;
    let made = award(&app, "pat").await;
    assert!(app.anonymous().get(&given::page(&made)).await.text().contains("Computing"));

    let mut catalog = given::catalog();
    catalog["programs"][0]["curricula"][0]["courses"][0]["title"] = json!("Informatics");
    import(&app, &catalog).await.unwrap();

    assert!(app.anonymous().get(&given::page(&made)).await.text().contains("Informatics"));
}
