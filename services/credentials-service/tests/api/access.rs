//! Who may do what in which order, how often, and in which form.

use auth::Claims;
use reqwest::Method;
use serde_json::json;
use testkit::Lms;

use crate::given::{self, LIST, app, app_with, award, course_award, item};

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_to_everybody() {
    let app = app().await;
    let health = app.anonymous().get("/health/").await;

    assert_eq!(health.status, 200);
    assert_eq!(
        health.json,
        json!({"overall_status": "OK", "detailed_status": {"database_status": "OK"}})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_valid_token_makes_the_user_and_every_claim_is_taken_over() {
    let app = app().await;
    let claims = Claims {
        email: Some("new@example.org".to_owned()),
        name: Some("New Name".to_owned()),
        administrator: Some(true),
        ..Lms::claims("newcomer")
    };
    assert_eq!(app.caller(&claims).get(LIST).await.status, 200);

    // The group goes with the claim, whether it is false or absent.
    let without = Claims { administrator: None, ..claims.clone() };
    assert_eq!(app.caller(&without).get(LIST).await.status, 403);
    assert_eq!(app.caller(&claims).get(LIST).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_taken_as_jwt_and_bearer_and_a_bad_header_is_final() {
    let app = app().await;
    let client = app.anonymous();
    let token = Lms::token(&Claims { administrator: Some(true), ..Lms::claims("lms") });
    let with = |value: String| {
        let request = client.request(Method::GET, LIST).header("Authorization", value);
        let cookie = format!("edx-jwt-cookie={token}");
        client.send(request.header("Cookie", cookie))
    };

    assert_eq!(with(format!("JWT {token}")).await.status, 200);
    assert_eq!(with(format!("bearer {token}")).await.status, 200);
    let bad = with("JWT x".to_owned()).await;
    assert_eq!((bad.status, bad.json), (401, json!({"detail": "Invalid token."})));
    assert_eq!(with("JWT".to_owned()).await.status, 401);
    assert_eq!(with(format!("JWT {token} x")).await.status, 401);
    let none = client.get(LIST).await;
    assert_eq!(none.json, json!({"detail": "Authentication credentials were not provided."}));
    assert_eq!(none.header("www-authenticate"), "JWT realm=\"api\"");
    let nameless = Claims { preferred_username: None, ..Lms::claims("") };
    assert_eq!(
        app.caller(&nameless).get(LIST).await.json,
        json!({"detail": "JWT must include a preferred_username or username claim!"})
    );
    let restricted = Claims { is_restricted: Some(true), ..Lms::claims("pat") };
    assert_eq!(app.caller(&restricted).get(LIST).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_change_things_only_with_a_csrf_token() {
    let app = app().await;
    let client = app.anonymous();
    let claims = Claims { administrator: Some(true), ..Lms::claims("lms") };
    let token = Lms::token(&claims);
    let post = |cookies: String, header: Option<String>| {
        let request = client.request(Method::POST, LIST).header("Cookie", cookies);
        let request = match header {
            Some(value) => request.header("X-CSRFToken", value),
            None => request,
        };
        client.send(request.json(&course_award("pat")))
    };

    let csrf = client.get("/csrf/api/v1/token").await;
    let known = given::text(&csrf.json["csrfToken"]).to_owned();
    assert_eq!(known.len(), 64);
    assert!(csrf.header("set-cookie").contains(&format!("credentials_csrftoken={known}")));
    let jwt = format!("edx-jwt-cookie={token}");
    let both = format!("{jwt}; credentials_csrftoken={known}");
    assert_eq!(post(jwt.clone(), None).await.status, 401);
    assert_eq!(post(jwt, Some(known.clone())).await.status, 401);
    assert_eq!(post(both.clone(), Some("x".repeat(64))).await.status, 401);
    assert_eq!(post(both, Some(known)).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_origins_change_nothing_with_somebodys_cookies() {
    let app = app_with("[http]\ncors_origins = [\"https://apps.example.org\"]\n").await;
    let claims = Claims { administrator: Some(true), ..Lms::claims("lms") };
    let token = "t".repeat(64);
    let cookies = format!("edx-jwt-cookie={}; credentials_csrftoken={token}", Lms::token(&claims));
    let client = app.anonymous();
    let post = |header: &'static str, value: String| {
        let request = client.request(Method::POST, LIST).header("Cookie", &cookies);
        let request = request.header("X-CSRFToken", &token).header(header, value);
        client.send(request.json(&course_award("pat")))
    };

    for (header, value) in [
        ("Origin", "https://evil.example".to_owned()),
        ("Origin", "null".to_owned()),
        ("Origin", format!("{}.evil.example", app.url)),
        ("Referer", "https://evil.example/page".to_owned()),
        ("Referer", "nonsense".to_owned()),
    ] {
        let answer = post(header, value.clone()).await;
        assert_eq!(answer.status, 401, "{header} {value}");
        assert!(answer.text().contains("CSRF Failed"), "{header} {value}");
    }
    for (header, value) in [
        ("Origin", app.url.clone()),
        ("Origin", "https://apps.example.org".to_owned()),
        ("Referer", format!("{}/credentials/", app.url)),
    ] {
        assert_eq!(post(header, value.clone()).await.status, 201, "{header} {value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inactive_account_is_refused_everywhere() {
    use chassis::Service;
    let app = app().await;
    let document = json!({"users": [{"username": "gone", "is_active": false}]});
    app.service.import(&document.to_string()).await.unwrap();

    let claims = Claims { administrator: Some(true), ..Lms::claims("gone") };
    assert_eq!(app.caller(&claims).get(LIST).await.status, 401);
    assert_eq!(app.caller(&claims).get("/api/v1/signatories").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_rights_learns_nothing_about_methods_or_ids() {
    let app = app().await;
    let made = award(&app, "nobody").await;
    let nobody = app.nobody();

    for path in [LIST, &item(&made), &format!("{LIST}x/"), &format!("{LIST}{}/", uuid::Uuid::nil())]
    {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = nobody.send(nobody.request(method.clone(), path)).await;
            let said = json!({"detail": "You do not have permission to perform this action."});
            assert_eq!((answer.status, answer.json), (403, said), "{method} {path}");
        }
    }
    assert_eq!(nobody.get(&item(&made)).await.status, 403, "not even their own");
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_that_a_path_does_not_take_are_named_with_those_that_it_takes() {
    let app = app().await;
    let lms = app.administrator();

    let patched = lms.patch(LIST, json!({})).await;
    assert_eq!(patched.status, 405);
    assert_eq!(patched.header("allow"), "GET, POST, HEAD, OPTIONS");
    assert_eq!(patched.json, json!({"detail": "Method \"PATCH\" not allowed."}));
    let made = award(&app, "pat").await;
    let posted = lms.post(&item(&made), json!({})).await;
    assert_eq!(posted.header("allow"), "GET, PUT, PATCH, DELETE, HEAD, OPTIONS");
    let options = lms.send(lms.request(Method::OPTIONS, LIST)).await;
    assert_eq!(options.header("allow"), "GET, POST, HEAD, OPTIONS");
    assert_eq!(options.status, 200);
    assert!(options.json["parses"].is_array());
    let head = lms.send(lms.request(Method::HEAD, &item(&made))).await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    let stranger = app.nobody();
    assert_eq!(stranger.send(stranger.request(Method::HEAD, &item(&made))).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_learner_reads_fifteen_times_a_minute_and_staff_as_often_as_they_like() {
    let app = app().await;
    let (pat, lms) = (given::learner(&app, "pat"), app.administrator());
    let own = format!("{LIST}?username=pat");
    // What is refused does not count.
    for _ in 0..20 {
        assert_eq!(pat.get(LIST).await.status, 403);
        assert_eq!(lms.get(LIST).await.status, 200);
    }
    for _ in 0..15 {
        assert_eq!(pat.get(&own).await.status, 200);
    }

    let throttled = pat.get(&own).await;

    assert_eq!(throttled.status, 429);
    let seconds: u64 = throttled.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds));
    assert_eq!(
        throttled.json["detail"],
        format!("Request was throttled. Expected available in {seconds} seconds.")
    );
    assert_eq!(given::learner(&app, "lin").get(&format!("{LIST}?username=lin")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_without_its_slash_leads_to_the_one_with_it_whatever_the_method() {
    let app = app().await;
    let lms = app.administrator();

    for method in [Method::GET, Method::POST, Method::DELETE] {
        let answer = lms.send(lms.request(method, "/api/v2/credentials?a=b")).await;
        assert_eq!((answer.status, answer.header("location")), (301, "/api/v2/credentials/?a=b"));
    }
    assert_eq!(lms.get("/csrf/api/v1/token/").await.status, 404);
    let unknown = lms.get("/api/v9/").await;
    assert_eq!((unknown.status, unknown.json["detail"].is_string()), (404, true));
    let home = app.anonymous().get("/nowhere/").await;
    assert!(home.header("content-type").starts_with("text/html"));
    assert!(
        !app.anonymous().get("//evil.example/health").await.header("location").starts_with("//")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_root_of_v2_names_its_collections_and_json_can_be_asked_for_by_name() {
    let app = app_with("").await;
    let lms = app.administrator();

    let root = lms.get("/api/v2/").await;
    assert_eq!(root.json["credentials"], format!("{}{LIST}", app.url));
    assert_eq!(lms.get("/api/v2/credentials.json").await.status, 200);
    let made = award(&app, "pat").await;
    let path = format!("/api/v2/credentials/{}.json", given::hex(&made));
    assert_eq!(lms.get(&path).await.json["uuid"], made["uuid"]);
    let xml = lms.send(lms.request(Method::GET, LIST).header("Accept", "application/xml")).await;
    assert_eq!(xml.status, 406);
    let html = lms.send(lms.request(Method::GET, LIST).header("Accept", "text/html")).await;
    assert_eq!(html.header("content-type"), "application/json");
}
