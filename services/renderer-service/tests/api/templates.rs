//! The templates that requests may name.

use serde_json::json;

use crate::given::{app, caller};

#[tokio::test(flavor = "multi_thread")]
async fn the_bundled_template_is_listed_and_described() {
    let app = app().await;
    let client = caller(&app, "renderer.read");

    let list = client.get("/v1/templates").await;
    let classic = client.get("/v1/templates/classic").await;

    assert_eq!(list.status, 200);
    assert_eq!(list.json["templates"][0], classic.json);
    assert_eq!(classic.json["id"], "classic");
    assert_eq!(classic.json["pages"][0], "a4-landscape");
    let locales = classic.json["locales"].as_array().unwrap();
    assert!(locales.contains(&json!("ar")) && locales.contains(&json!("zh-Hans")));
    assert_eq!(client.get("/v1/templates/classic@1").await.json, classic.json);
    for unknown in ["other", "classic@99", "classic@", "..%2Fclassic"] {
        assert_eq!(client.get(&format!("/v1/templates/{unknown}")).await.status, 404, "{unknown}");
    }
    assert_eq!(caller(&app, "renderer.render").get("/v1/templates").await.status, 403);
}
