//! Which routes need no token: a list, and the list is held against the routes.

use credentials_service::CredentialsService;
use reqwest::Method;

use crate::given::app;

const OPEN: &str = include_str!("open_routes.txt");

/// Every method and path of the API's description.
pub fn promised() -> Vec<(Method, String)> {
    testkit::documents::operations::<CredentialsService>()
}

/// The path with something in place of its parameters.
pub fn concrete(path: &str) -> String {
    let id = "0123456789abcdef0123456789abcdef";
    path.replace("{uuid}", id)
        .replace("{id}", if path.starts_with("/api") { "1" } else { id })
        .replace("{name}", "x")
        .replace("{path}", "x")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_but_the_listed_ones_wants_a_token() {
    let app = app().await;
    let stranger = app.anonymous();

    let mut open = Vec::new();
    for (method, path) in promised() {
        let request = stranger.request(method.clone(), &concrete(&path));
        let answer = stranger.send(request).await;
        if answer.status != 401 {
            open.push(format!("{method} {path}"));
        } else if path.starts_with("/api/") {
            assert_eq!(answer.header("www-authenticate"), "JWT realm=\"api\"", "{path}");
        }
    }
    open.sort();

    assert_eq!(open, OPEN.lines().collect::<Vec<_>>());
}
