//! Every row of contract badges §4.1, over HTTP.

use crate::given::{self, App, awarded, get, revocation};

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const WIDE_ROBOTS: [&str; 4] = [
    "LinkedInBot/1.0 (compatible; Mozilla/5.0)",
    "Twitterbot/1.0",
    "facebookexternalhit/1.1",
    "Facebot",
];
const SQUARE_ROBOTS: [&str; 3] = ["Slackbot-LinkExpanding 1.0", "Embedly/0.2", "WhatsApp/2.23"];

/// The public paths of the three kinds, each with its segment and id.
async fn objects(app: &App) -> Vec<(&'static str, String)> {
    let (_, issued) = awarded(app).await;
    let class = app.anonymous().get(&format!("/public/badges/{}", issued.badge_class_id)).await;
    let issuer = class.json["issuer"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    vec![
        ("issuers", issuer),
        ("badges", issued.badge_class_id),
        ("assertions", issued.assertion_id),
    ]
}

async fn asked(
    app: &App,
    path: &str,
    accept: Option<&str>,
    agent: Option<&str>,
) -> testkit::Answer {
    let mut headers = vec![];
    headers.extend(accept.map(|accept| ("Accept", accept)));
    headers.extend(agent.map(|agent| ("User-Agent", agent)));
    get(app, path, &headers).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_the_cross_table_holds_for_every_kind() {
    let app = given::app().await;
    let rows = [
        (None, "application/ld+json"),
        (Some("*/*"), "application/ld+json"),
        (Some("application/ld+json"), "application/ld+json"),
        (Some("application/json"), "application/json"),
        (Some(HTML), "page"),
        (Some("application/ld+json, text/html;q=0.1"), "application/ld+json"),
        (Some("image/png"), "application/ld+json"),
        (
            Some("application/ld+json, application/json, image/png, image/svg+xml"),
            "application/ld+json",
        ),
    ];
    for (kind, id) in objects(&app).await {
        let path = format!("/public/{kind}/{id}");
        for (accept, expected) in rows {
            for agent in [None, Some("curl/8.5"), Some(BROWSER)] {
                let answer = asked(&app, &path, accept, agent).await;
                assert_eq!(answer.header("vary").matches("Accept, User-Agent").count(), 1);
                if expected == "page" {
                    assert_eq!(answer.status, 302, "{path} {accept:?}");
                    let page = format!("{}/badge/{kind}/{id}", app.url);
                    assert_eq!(answer.header("location"), page);
                } else {
                    assert_eq!(answer.status, 200, "{path} {accept:?}");
                    assert_eq!(answer.header("content-type"), expected, "{path} {accept:?}");
                }
            }
            for agent in WIDE_ROBOTS.into_iter().chain(SQUARE_ROBOTS) {
                let answer = asked(&app, &path, accept, Some(agent)).await;
                assert_eq!(answer.status, 200, "{path} {accept:?} {agent}");
                assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_ends_in_json_is_json_whatever_is_accepted_and_whoever_asks() {
    let app = given::app().await;
    for (kind, id) in objects(&app).await {
        let path = format!("/public/{kind}/{id}.json");
        for agent in [BROWSER, "Twitterbot/1.0"] {
            let answer = asked(&app, &path, Some(HTML), Some(agent)).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("content-type"), "application/ld+json", "{path}");
        }
        let plain = asked(&app, &path, Some("application/json"), None).await;
        assert_eq!(plain.header("content-type"), "application/json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_count_in_every_line_and_whatever_else_is_in_them() {
    let app = given::app().await;
    let (kind, id) = objects(&app).await.remove(1);
    let path = format!("/public/{kind}/{id}");
    let client = app.anonymous();

    let page = get(&app, &path, &[("Accept", "application/json"), ("Accept", "text/html")]).await;
    let request = client.request(reqwest::Method::GET, &path);
    let card = client.send(request.header("User-Agent", b"caf\xe9 Slackbot".as_slice())).await;

    assert_eq!(page.status, 302);
    assert_eq!(card.header("content-type"), "text/html; charset=utf-8");
}

#[tokio::test(flavor = "multi_thread")]
async fn robots_get_cards_at_json_paths_where_the_operator_wants_it_as_it_was() {
    let app = given::app_with("[public]\npreviews_of_json = true\nrobots = [\"MyBot\"]\n").await;
    let (kind, id) = objects(&app).await.remove(1);

    let mine = asked(&app, &format!("/public/{kind}/{id}.json"), None, Some("MyBot/1")).await;
    let other = asked(&app, &format!("/public/{kind}/{id}"), None, Some("Twitterbot/1.0")).await;

    assert_eq!(mine.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(other.header("content-type"), "application/ld+json");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_shows_the_badge_class_in_the_shape_that_the_robot_wants() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let path = given::path(&app, &issued.open_badge_id);
    let picture = format!("{}/public/badges/{}/image?type=png", app.url, issued.badge_class_id);

    let wide = asked(&app, path, None, Some("Twitterbot/1.0")).await.text();
    let square = asked(&app, path, None, Some("Slackbot 1.0")).await.text();
    let linked_in = asked(&app, path, None, Some("LinkedInBot/1.0")).await.text();

    assert!(wide.contains(&format!("og:image\" content=\"{picture}&amp;fmt=wide\"")), "{wide}");
    assert!(wide.contains("og:image:width\" content=\"764\""));
    assert!(square.contains(&format!("og:image\" content=\"{picture}\"")), "{square}");
    assert!(square.contains("og:image:width\" content=\"400\""));
    assert!(wide.contains(&format!("og:url\" content=\"{}\"", issued.open_badge_id)));
    assert!(wide.contains("og:title\" content=\"Tide Tables  Sailors\""));
    assert!(wide.contains("application/json+oembed"));
    assert!(!linked_in.contains("application/json+oembed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_without_picture_has_a_card_without_one() {
    let app = given::app().await;
    let (kind, id) = objects(&app).await.remove(0);

    let card = asked(&app, &format!("/public/{kind}/{id}"), None, Some("Twitterbot/1.0")).await;

    assert!(card.text().contains("Hanseatic University"));
    assert!(!card.text().contains("og:image"));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_robots_are_told_of_a_revoked_badge_in_their_own_form() {
    let app = given::app().await;
    let (credential, issued) = awarded(&app).await;
    app.hears(revocation(credential, 2)).await.unwrap();
    let path = given::path(&app, &issued.open_badge_id);

    let person = asked(&app, path, Some(HTML), Some(BROWSER)).await;
    let robot = asked(&app, path, None, Some("Slackbot 1.0")).await;

    assert_eq!((person.status, person.header("location")), (302, issued.page_url.as_str()));
    assert_eq!(robot.status, 200);
    assert!(robot.text().contains("og:title\" content=\"Revoked: Tide Tables"));
    assert!(!robot.text().contains("oembed"), "{}", robot.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_keeps_the_query_and_goes_where_the_operator_says() {
    let own = given::app().await;
    let other = given::app_with("[public]\npages_url = \"https://ui.example/public/\"\n").await;
    for (app, begins) in
        [(&own, format!("{}/badge", own.url)), (&other, "https://ui.example/public".to_owned())]
    {
        let (kind, id) = objects(app).await.remove(2);
        let query = "identity__email=a%40b.example&x=1";

        let path = format!("/public/{kind}/{id}?{query}");
        let answer = asked(app, &path, Some(HTML), None).await;

        assert_eq!(answer.header("location"), format!("{begins}/{kind}/{id}?{query}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_look_for_nothing_get_a_page() {
    let app = given::app().await;

    let answer = asked(&app, "/public/assertions/AAAAAAAAAAAAAAAAAAAAAA", Some(HTML), None).await;

    assert_eq!((answer.status, answer.header("content-type")), (404, "text/html; charset=utf-8"));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_look_for_nothing_get_json_and_caches_keep_the_two_apart() {
    let app = given::app().await;
    for kind in ["issuers", "badges", "assertions"] {
        for (path, accept) in [
            (format!("/public/{kind}/.json"), HTML),
            (format!("/public/{kind}/x.json"), HTML),
            (format!("/public/{kind}/AAAAAAAAAAAAAAAAAAAAAA"), "*/*"),
        ] {
            let answer = asked(&app, &path, Some(accept), Some(BROWSER)).await;

            assert_eq!(answer.status, 404, "{path}");
            assert_eq!(answer.json, serde_json::json!({"detail": "Not found."}), "{path}");
            assert!(answer.header("vary").contains("Accept, User-Agent"), "{path}");
        }
    }
}
