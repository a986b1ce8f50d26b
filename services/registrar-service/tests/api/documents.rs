//! Promises on paper: the API document, the open routes, the tables.

use std::collections::BTreeSet;

use chassis::Service;
use registrar_service::{RegistrarService, TABLES};
use reqwest::Method;
use testkit::{documents, schema};

use crate::scene::School;

/// Routes that need no token.
const OPEN_ROUTES: &str = include_str!("open_routes.txt");

#[test]
fn the_checked_in_api_document_is_current() {
    documents::assert_api_is_current::<RegistrarService>();
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document = serde_json::to_value(RegistrarService::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values());
    let names: Vec<String> = operations.map(|each| each["operationId"].to_string()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
}

#[test]
fn both_databases_have_the_same_tables() {
    let differences = schema::differences(|| vec![messaging::TABLES, TABLES]);
    assert_eq!(differences.unwrap_or_default(), Vec::<String>::new());
}

/// Every path and method of the API document, with values for its parameters.
pub fn promised() -> Vec<(Method, String)> {
    let operations = documents::operations::<RegistrarService>();
    operations.into_iter().map(|(method, path)| (method, filled(&path))).collect()
}

fn filled(path: &str) -> String {
    let filled = path
        .replace("{version}", "v1")
        .replace("{program_key}", "masters-in-cs")
        .replace("{course_id}", "course-v1:School+CS111+F19")
        .replace("{job_id}", "00000000-0000-4000-8000-000000000000")
        .replace("{file}", "x.json");
    assert!(!filled.contains('{'), "{path} has a parameter without a value");
    filled
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_needs_a_token_but_those_on_the_list() {
    let school = School::start().await;
    let anonymous = school.app.anonymous();
    let listed: BTreeSet<String> = OPEN_ROUTES.lines().map(str::to_owned).collect();

    let mut open = BTreeSet::new();
    for (method, path) in promised() {
        let answer = anonymous.send(anonymous.request(method.clone(), &path)).await;
        let refused = answer.status == 401 && answer.json["detail"].is_string();
        if !refused {
            open.insert(format!("{method} {path}"));
        }
    }
    assert_eq!(open, listed);
}
