//! Tokens, the users they make, and what these may do.

use auth::Claims;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Client, Lms};

use crate::scene::School;

const LIST: &str = "/api/v1/programs";

fn token(school: &School, change: impl FnOnce(&mut Claims)) -> Client {
    let mut claims = Lms::claims("writer");
    change(&mut claims);
    school.app.caller(&claims)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_credentials_nothing_is_told_not_even_which_programs_there_are() {
    let school = School::start().await;
    let anonymous = school.app.anonymous();

    for path in [LIST, "/api/v1/programs/masters-in-cs", "/api/v1/programs/nope", "/api/v1/jobs"] {
        let answer = anonymous.get(path).await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.header("www-authenticate"), "JWT realm=\"api\"");
        let detail = "Authentication credentials were not provided.";
        assert_eq!(answer.json, json!({"detail": detail}));
    }
    for header in ["JWT", "JWT a b", "Bearer", "Basic abc"] {
        let request = anonymous.request(Method::GET, LIST).header("Authorization", header);
        assert_eq!(anonymous.send(request).await.status, 401, "{header}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_schemes_carry_a_token() {
    let school = School::start().await;
    let anonymous = school.app.anonymous();
    let token = Lms::token(&Lms::claims("writer"));

    for scheme in ["JWT", "jwt", "Bearer", "bearer"] {
        let header = format!("{scheme} {token}");
        let request = anonymous.request(Method::GET, LIST).header("Authorization", header);
        assert_eq!(anonymous.send(request).await.status, 200, "{scheme}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_right_in_every_way_is_refused() {
    let school = School::start().await;

    for (why, client) in [
        ("expired", token(&school, |claims| claims.exp = claims.iat - 10)),
        ("not yet issued", token(&school, |claims| claims.iat += 100)),
        ("not yet valid", token(&school, |claims| claims.nbf = Some(claims.iat + 100))),
        ("of an unknown issuer", token(&school, |claims| claims.iss = "https://x".into())),
        ("of a later version", token(&school, |claims| claims.version = Some("2.0.0".into()))),
        ("of a broken version", token(&school, |claims| claims.version = Some("x".into()))),
        (
            "for a name too long",
            token(&school, |claims| {
                claims.preferred_username = Some("x".repeat(151));
            }),
        ),
    ] {
        let answer = client.get(LIST).await;
        assert_eq!(
            (answer.status, answer.json),
            (401, json!({"detail": "Invalid token."})),
            "{why}"
        );
    }
    let nameless = token(&school, |claims| claims.preferred_username = None);
    assert_eq!(
        nameless.get(LIST).await.json,
        json!({"detail": "JWT must include a preferred_username or username claim!"})
    );
    let restricted = token(&school, |claims| claims.is_restricted = Some(true));
    assert_eq!(restricted.get(LIST).await.status, 403);
    let other = token(&school, |claims| claims.version = Some("1.9.9".into()));
    assert_eq!(other.get(LIST).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_counts_for_the_very_request_that_brings_the_address() {
    let school = School::start().await;
    let invitations = json!({"pending_memberships": [
        {"email": "Pat@School.example", "group": "writers"},
        {"email": "pat@school.example", "group": "neighbours"},
    ]});
    school.import(invitations.clone()).await.unwrap();
    let pat = school
        .app
        .caller(&Claims { email: Some("pat@SCHOOL.example".to_owned()), ..Lms::claims("pat") });

    assert_eq!(school.caller("pat").get(LIST).await.json, json!([]), "no address yet");
    let seen = pat.get(LIST).await;
    assert_eq!(seen.json.as_array().map(Vec::len), Some(5));
    assert_eq!(school.caller("pat").get(LIST).await.json, seen.json, "and it stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_for_an_address_that_somebody_has_needs_no_new_request() {
    let school = School::start().await;
    let address = Some("SÖPHIE@school.example".to_owned());
    let sophie = school.app.caller(&Claims { email: address, ..Lms::claims("sophie") });
    assert_eq!(sophie.get(LIST).await.json, json!([]));

    let invitation =
        json!({"pending_memberships": [{"email": "söphie@school.example", "group": "writers"}]});
    school.import(invitation).await.unwrap();

    let silent = school.caller("sophie").get(LIST).await;
    assert_eq!(silent.json.as_array().map(Vec::len), Some(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_is_told_so() {
    let school = School::start().await;

    let answer = school.caller("gone").get(LIST).await;
    assert_eq!((answer.status, answer.json), (401, json!({"detail": "User account is disabled."})));
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_who_call_at_once_become_one_user_each() {
    let school = School::start().await;

    let calls = (0..10).map(|n| {
        let client = school.caller(&format!("stranger{}", n % 2));
        async move { client.get(LIST).await.status }
    });
    let statuses = futures_util::future::join_all(calls).await;
    assert_eq!(statuses, [200; 10]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_or_address_that_no_column_takes_is_no_fault_of_ours() {
    let school = School::start().await;

    let odd = school.app.caller(&Claims { email: Some("a\0b".to_owned()), ..Lms::claims("odd") });
    assert_eq!(odd.get(LIST).await.status, 200, "the address is as if left out");
    let odder = school.caller("a\0b").get(LIST).await;
    assert_eq!((odder.status, odder.json), (401, json!({"detail": "Invalid token."})));
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_of_the_lms_serve_browsers_and_a_bad_one_counts_as_none() {
    let school = School::start().await;
    let anonymous = school.app.anonymous();
    let token = Lms::token(&Lms::claims("writer"));
    let with = |cookie: String| anonymous.request(Method::GET, LIST).header("Cookie", cookie);

    let (payload, signature) = token.rsplit_once('.').unwrap();
    let halves =
        format!("edx-jwt-cookie-header-payload={payload}; edx-jwt-cookie-signature={signature}");
    assert_eq!(anonymous.send(with(halves)).await.status, 200);
    assert_eq!(anonymous.send(with(format!("edx-jwt-cookie={token}"))).await.status, 200);
    let bad = anonymous.send(with("edx-jwt-cookie=a.b.c".to_owned())).await;
    assert_eq!(bad.status, 401);
    assert_eq!(bad.json, json!({"detail": "Authentication credentials were not provided."}));
}

#[tokio::test(flavor = "multi_thread")]
async fn writing_with_a_cookie_needs_the_token_against_forged_forms() {
    let school = School::start().await;
    let anonymous = school.app.anonymous();
    let token = Lms::token(&Lms::claims("writer"));
    let csrf = anonymous.get("/csrf/api/v1/token").await.json["csrfToken"].clone();
    let csrf = csrf.as_str().unwrap();
    let post = |cookie: Option<&str>, header: Option<&str>| {
        let mut cookies = format!("edx-jwt-cookie={token}");
        if let Some(value) = cookie {
            cookies.push_str(&format!("; registrar_csrftoken={value}"));
        }
        let path = "/api/v1/programs/masters-in-cs/enrollments";
        let request = anonymous.request(Method::POST, path).header("Cookie", cookies);
        let request = match header {
            Some(value) => request.header("X-CSRFToken", value),
            None => request,
        };
        anonymous.send(request.json(&Value::Array(Vec::new())))
    };

    assert_eq!(post(Some(csrf), Some(csrf)).await.status, 422);
    for (cookie, header) in
        [(Some(csrf), None), (None, Some(csrf)), (Some(csrf), Some("other")), (Some(""), Some(""))]
    {
        assert_eq!(post(cookie, header).await.status, 401, "{cookie:?} {header:?}");
    }
    let elsewhere = anonymous.request(Method::POST, "/api/v1/programs/masters-in-cs/enrollments");
    let cookies = format!("edx-jwt-cookie={token}; registrar_csrftoken={csrf}");
    let elsewhere = elsewhere.header("Cookie", cookies).header("X-CSRFToken", csrf);
    let elsewhere = elsewhere.header("Origin", "https://evil.example").json(&json!([]));
    let refused = anonymous.send(elsewhere).await;
    assert_eq!(refused.status, 401);
    assert!(refused.text().contains("Origin checking failed"), "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_neither_json_nor_html_is_told_so_before_anything_else() {
    let school = School::start().await;
    let anonymous = school.app.anonymous();
    let accepting = |accept: &str, path: &str| {
        anonymous.send(anonymous.request(Method::GET, path).header("Accept", accept))
    };

    let refused = accepting("text/csv", LIST).await;
    assert_eq!(refused.status, 406);
    assert_eq!(refused.json, json!({"detail": "Could not satisfy the request Accept header."}));
    for accept in ["application/json", "text/html", "*/*", "text/csv, application/*;q=0.1"] {
        assert_eq!(accepting(accept, LIST).await.status, 401, "{accept}");
    }
    assert_eq!(accepting("text/csv", "/api/v1/programs?format=json").await.status, 401);
    let writer = school.caller("writer");
    let stray = writer.request(Method::GET, LIST).header("Content-Type", "multipart/form-data ");
    assert_eq!(writer.send(stray).await.status, 200, "a stray content type on a GET");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_asks_beforehand_without_credentials() {
    let school = School::start_with("[http]\ncors_origins = [\"https://console.example\"]\n").await;
    let anonymous = school.app.anonymous();
    let ask = |origin: &str| {
        let request = anonymous
            .request(Method::OPTIONS, LIST)
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "GET")
            .header("Access-Control-Request-Headers", "use-jwt-cookie");
        anonymous.send(request)
    };

    let allowed = ask("https://console.example").await;
    assert_eq!(allowed.status, 200, "{}", allowed.text());
    assert_eq!(allowed.header("access-control-allow-origin"), "https://console.example");
    assert_eq!(allowed.header("access-control-allow-credentials"), "true");
    let other = ask("https://elsewhere.example").await;
    assert_eq!(other.header("access-control-allow-origin"), "");
}
