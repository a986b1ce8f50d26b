//! Who may read what from a browser.

use reqwest::Method;

use crate::given::{self, awarded, get};

const STRANGER: &str = "https://verifier.example";
const FRIEND: &str = "https://ui.example";

#[tokio::test(flavor = "multi_thread")]
async fn browsers_of_any_site_read_what_is_public_and_never_with_credentials() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let image = app.anonymous().get(given::path(&app, &issued.image_url)).await;
    for path in [
        given::path(&app, &issued.open_badge_id),
        given::path(&app, &issued.image_url),
        given::path(&app, image.header("location")),
        "/public/assertions/unknown",
        "/public/oembed",
        "/.well-known/jwks.json",
    ] {
        let answer = get(&app, path, &[("Origin", STRANGER)]).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_asks_first_is_let_in() {
    let app = given::app().await;
    let client = app.anonymous();
    let ask = |path: &str| {
        client
            .request(Method::OPTIONS, path)
            .header("Origin", STRANGER)
            .header("Access-Control-Request-Method", "GET")
            .header("Access-Control-Request-Headers", "x-verifier")
    };

    let public = client.send(ask("/public/assertions/AAAAAAAAAAAAAAAAAAAAAA")).await;
    let api = client.send(ask("/v2/badgeclasses/AAAAAAAAAAAAAAAAAAAAAA/assertions")).await;

    assert_eq!(public.status, 204);
    assert_eq!(public.header("access-control-allow-origin"), "*");
    assert_eq!(public.header("access-control-allow-headers"), "*");
    assert_eq!(api.header("access-control-allow-origin"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_named_origins_call_the_api_and_they_see_links() {
    let app = given::app_with(&format!("[http]\ncors_origins = [\"{FRIEND}\"]\n")).await;
    let path = "/v2/badgeclasses/AAAAAAAAAAAAAAAAAAAAAA/assertions";

    let friend = get(&app, path, &[("Origin", FRIEND)]).await;
    let stranger = get(&app, path, &[("Origin", STRANGER)]).await;

    assert_eq!(friend.header("access-control-allow-origin"), FRIEND);
    assert_eq!(friend.header("access-control-allow-credentials"), "true");
    let exposed = friend.header("access-control-expose-headers").to_lowercase();
    assert!(exposed.split(", ").any(|name| name == "link"), "{exposed}");
    assert_eq!(stranger.header("access-control-allow-origin"), "");
    assert_eq!(stranger.header("access-control-allow-credentials"), "");
}
