//! What is written down about the service, held against the service.

use std::collections::BTreeSet;

use badge_service::{BadgeService, TABLES};
use reqwest::Method;

use crate::given;

/// Method and path of every operation.
pub fn operations() -> Vec<(Method, String)> {
    testkit::documents::operations::<BadgeService>()
}

/// A path with something in its blanks.
pub fn filled(path: &str) -> String {
    path.replace("{id}", "AAAAAAAAAAAAAAAAAAAAAA").replace("{name}", "x.png")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_needs_a_token_unless_it_is_listed_as_open() {
    let app = given::app().await;
    let listed: BTreeSet<String> =
        include_str!("open_routes.txt").lines().map(str::to_owned).collect();
    let mut open = BTreeSet::new();
    for (method, path) in operations() {
        let client = app.anonymous();
        let answer = client.send(client.request(method.clone(), &filled(&path))).await;
        if answer.status != 401 {
            open.insert(format!("{method} {path}"));
        }
    }

    assert_eq!(open, listed);
}

#[test]
fn the_api_document_is_current() {
    testkit::documents::assert_api_is_current::<BadgeService>();
}

#[test]
fn both_databases_have_the_same_tables() {
    let differences = testkit::schema::differences(|| vec![messaging::TABLES, TABLES]);

    assert_eq!(differences.unwrap_or_default(), [""; 0]);
}
