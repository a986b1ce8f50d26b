//! Bad input of every kind to every route: an answer, and never our fault.

use testkit::{
    Forgery, Lms, forgeries,
    sweep::{Body, Sweep, status},
};

use crate::{documents::promised, scene::School};

const QUERIES: [&str; 8] = [
    "",
    "?fmt=%00&org=%00&program_title=%ff%fe&user_has_perm=%00",
    "?page=99999999999999999999&page_size=99999999999999999999",
    "?page=-1&page_size=1e9",
    "?expires=99999999999999999999&signature=%00",
    "?org=a%27%3B--&program_title=%25%5F%5C",
    "?=&&&a=b=c&%",
    "?format=xml",
];

const JSON: [&str; 3] = [
    "[{\"student_key\": {}, \"status\": []}]",
    "[{\"student_key\": \"\\u0000\", \"status\": \"enrolled\"}]",
    "[{\"student_key\": \"\\ud800\", \"status\": \"enrolled\"}]",
];

/// Rows in other forms than JSON.
fn rows() -> Vec<Body> {
    let json_lines = b"\xff\n{\n[1e999]\n{\"student_key\": \"\\u0000\"}".to_vec();
    let csv = b"\xEF\xBB\xBFstudent_key,status,course_staff\n\xff,\0,\n\"\n,,,,\"x".to_vec();
    vec![
        ("application/x-ndjson", json_lines),
        ("application/jsonl", "[".repeat(100_000).into_bytes()),
        ("text/csv", csv),
        ("text/csv", b"\"student_key\",status\r\r\"a\"b,\"".to_vec()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_input_is_a_fault_of_ours() {
    let school = School::start_with("[jobs]\nworkers = 0\n").await;
    let clients = [school.caller("root"), school.app.anonymous()];
    let mut paths: Vec<String> = promised().into_iter().map(|(_, path)| path).collect();
    paths.dedup();
    paths.extend(["/nowhere".to_owned(), "/api/v1/programs/%00".to_owned(), "/%ff".to_owned()]);

    let sweep = Sweep { queries: &QUERIES, json: &JSON, others: rows() };
    sweep.over(&clients, &paths).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_forged_token_opens_any_route() {
    let school = School::start().await;
    let anonymous = school.app.anonymous();
    let claims = Lms::claims("root");
    let mut forged = forgeries(&claims);
    forged.push(Forgery { what: "endless", token: "x".repeat(100_000) });

    for (method, path) in promised() {
        if include_str!("open_routes.txt").lines().any(|line| line == format!("{method} {path}")) {
            continue;
        }
        for Forgery { what, token } in &forged {
            let client = anonymous.with_token(token.clone());
            let status = status(client.request(method.clone(), &path)).await;
            // A header that is too long is refused by the server itself.
            let is_refused = matches!(status, Some(401 | 431 | 400) | None);
            assert!(is_refused, "{method} {path}: {what}: {status:?}");
        }
    }
}
