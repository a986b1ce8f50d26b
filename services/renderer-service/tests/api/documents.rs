//! Checked-in documents and tables against the code.

use std::collections::BTreeSet;

use chassis::Service;
use renderer_service::RendererService;
use reqwest::Method;

use crate::given::app;

/// Routes that need no token: a method and a path a line.
const OPEN_ROUTES: &str = include_str!("open_routes.txt");

#[test]
fn the_api_document_is_current() {
    testkit::documents::assert_api_is_current::<RendererService>();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_document_is_served_under_both_names() {
    let app = app().await;
    let ours = app.anonymous().get("/openapi.json").await;
    let theirs = app.anonymous().get("/api-docs/openapi.json").await;
    assert_eq!((ours.status, theirs.status), (200, 200));
    assert_eq!(ours.json, theirs.json);
}

#[test]
fn both_databases_have_the_same_tables() {
    let tables = || vec![messaging::TABLES, RendererService::tables()];
    if let Some(differences) = testkit::schema::differences(tables) {
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_listed_routes_answer_without_a_token() {
    let app = app().await;
    let mut open = BTreeSet::new();
    for (method, path) in routes() {
        let filled = path
            .replace("{render_id}", &"0".repeat(32))
            .replace("{filename}", "Certificate.pdf")
            .replace("{verify_id}", &"0".repeat(32))
            .replace("{name}", "style.css")
            .replace("{asset}", &format!("sha256-{}", "0".repeat(64)))
            .replace("{id}", "classic");
        let client = app.anonymous();
        let answer = client.send(client.request(method.clone(), &filled)).await;
        if answer.status == 401 {
            assert_eq!(answer.header("WWW-Authenticate"), "Bearer");
            assert_eq!(answer.json["code"], "unauthenticated");
        } else {
            open.insert(format!("{method} {path}"));
        }
    }
    let listed: BTreeSet<String> =
        OPEN_ROUTES.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    assert_eq!(open, listed);
}

/// Every method and path of the API document.
pub fn routes() -> Vec<(Method, String)> {
    testkit::documents::operations::<RendererService>()
}
