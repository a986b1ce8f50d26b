//! What is written down about the service, held against the service.

use std::{collections::BTreeSet, path::Path};

use badge_service::{BadgeService, TABLES};
use chassis::Service;
use reqwest::Method;
use serde_json::Value;

use crate::given;

/// Method and path of every operation.
pub fn operations() -> BTreeSet<(Method, String)> {
    let document = serde_json::to_value(BadgeService::openapi()).unwrap();
    let methods_of = |item: &Value| {
        let methods = ["get", "post", "put", "patch", "delete"];
        methods.into_iter().filter(|method| item.get(method).is_some()).collect::<Vec<_>>()
    };
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let method = |name: &str| name.to_uppercase().parse::<Method>().unwrap();
        methods_of(item).into_iter().map(move |name| (method(name), path.clone()))
    });
    operations.collect()
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
    let made = BadgeService::openapi().to_pretty_json().unwrap() + "\n";
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto-docs/openapi/badge-service.json");
    testkit::documents::assert_current(&path, &made);
}

#[test]
fn both_databases_have_the_same_tables() {
    let differences = testkit::schema::differences(|| vec![messaging::TABLES, TABLES]);

    assert_eq!(differences.unwrap_or_default(), [""; 0]);
}
