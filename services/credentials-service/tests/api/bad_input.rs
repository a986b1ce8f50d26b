//! Bad input of every kind to every route: an answer, and never our fault.

use auth::Claims;
use testkit::{
    Forgery, Lms, forgeries,
    sweep::{Sweep, status},
};

use crate::{
    given::{self, app_with, award, course_award, hex, item},
    open_routes::{concrete, promised},
};

const QUERIES: [&str; 7] = [
    "",
    "?username=%00&status=%00&type=%00&program_uuid=%00&only_visible=%00",
    "?username=%ff%fe&course_id=%00&certificate_type=%00&program_id=%00",
    "?page=99999999999999999999&page_size=99999999999999999999",
    "?page=9223372036854775807&page_size=1000&only_visible=True",
    "?page=last&only_visible=True",
    "?=&&&a=b=c&%",
];

const JSON: [&str; 9] = [
    "{\"username\": \"\\u0000\", \"credential\": {\"course_run_key\": \"\\u0000\"}}",
    "{\"username\": \"\\ud800\"}",
    "{\"username\": \"a\", \"credential\": {\"course_run_key\": \"x\", \"mode\": []}}",
    "{\"username\": \"a\", \"credential\": {\"course_run_key\": {\"a\": 1}}}",
    "{\"username\": \"a\", \"credential\": {\"program_uuid\": 5}}",
    "{\"username\": [], \"credential\": 5, \"status\": {}, \"attributes\": {}, \"date_override\": [], \"lms_user_id\": []}",
    "{\"id\": 9223372036854775808, \"course_id\": [], \"certificate_type\": {}, \"signatories\": [[]], \"template\": []}",
    "{\"id\": 1, \"name\": \"\\u0000\", \"title\": \"x\", \"image\": \"data:image/png;base64,@@@@\"}",
    "{\"program_id\": 9223372036854775807, \"program_uuid\": {}}",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_input_is_a_fault_of_ours() {
    let app = app_with("[throttles]\ncredential_view = 0\n").await;
    let made = award(&app, "pat").await;
    let clients = [app.administrator(), app.anonymous()];
    let mut paths: Vec<String> = promised().iter().map(|(_, path)| concrete(path)).collect();
    paths.extend([
        item(&made),
        given::page(&made),
        format!("{}certificate.pdf", given::page(&made)),
        format!("/api/v1/credentials/{}", hex(&made)),
        "/api/v2/credentials/%00/".to_owned(),
        "/api/v1/signatories/99999999999999999999".to_owned(),
        "/api/v1/course-certificates/-1".to_owned(),
        "/media/%00".to_owned(),
        "/media/../../x".to_owned(),
        "/nowhere".to_owned(),
        "//elsewhere".to_owned(),
        "/%ff".to_owned(),
    ]);
    paths.sort();
    paths.dedup();

    let sweep = Sweep { queries: &QUERIES, json: &JSON, others: Vec::new() };
    sweep.over(&clients, &paths).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_forged_token_opens_any_route() {
    let app = given::app().await;
    let claims = Claims { administrator: Some(true), ..Lms::claims("eve") };
    let nameless = Lms::token(&Claims { preferred_username: None, ..claims.clone() });
    let mut forged = forgeries(&claims);
    forged.push(Forgery { what: "about nobody", token: nameless });

    let open = include_str!("open_routes.txt");
    for (method, path) in promised() {
        if open.lines().any(|line| line == format!("{method} {path}")) {
            continue;
        }
        for Forgery { what, token } in &forged {
            let client = app.anonymous().with_token(token.clone());
            let request = client.request(method.clone(), &concrete(&path));
            let status = status(request.json(&course_award("eve"))).await;
            assert_eq!(status, Some(401), "{method} {path}: {what}");
        }
    }
}
