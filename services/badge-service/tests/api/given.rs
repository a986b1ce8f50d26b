//! Running services and the news that they hear.

use badge_service::BadgeService;
use events::{
    badges::AssertionIssued,
    credentials::{Achievement, CredentialAwarded, CredentialRevoked, Learner, Of},
};
use model::{Timestamp, catalog::Organization};
use testkit::{Answer, TestApp, store_of_a_test::files_toml};
use uuid::Uuid;

pub type App = TestApp<BadgeService>;

pub const EMAIL: &str = "Pat.Doe@Learner.Example";

/// A service with its pictures in the test's folder, or on the store of `TEST_S3_URL`.
pub async fn app() -> App {
    app_with("").await
}

/// The same with more configuration.
pub async fn app_with(toml: &str) -> App {
    TestApp::start_with(&format!("[storage]\n{}{toml}", files_toml())).await
}

pub fn at(text: &str) -> Timestamp {
    let instant: chrono::DateTime<chrono::Utc> = text.parse().unwrap();
    instant.into()
}

/// An award of a course's credential to [`EMAIL`].
pub fn award(credential_id: Uuid, sequence: i64) -> CredentialAwarded {
    CredentialAwarded {
        credential_id,
        sequence,
        learner: learner(Some(EMAIL)),
        achievement: achievement(),
        issued_at: at("2026-03-14T10:00:00Z"),
        public_url: "https://school.example/credentials/0123".to_owned(),
    }
}

/// The end of the same credential.
pub fn revocation(credential_id: Uuid, sequence: i64) -> CredentialRevoked {
    CredentialRevoked {
        credential_id,
        sequence,
        learner: learner(Some(EMAIL)),
        achievement: achievement(),
        revoked_at: at("2026-04-01T00:00:00Z"),
        reason: Some("Issued in error.".to_owned()),
        public_url: "https://school.example/credentials/0123".to_owned(),
    }
}

pub fn learner(email: Option<&str>) -> Learner {
    Learner {
        username: "pat".to_owned(),
        name: Some("Pat Doe".to_owned()),
        email: email.map(str::to_owned),
    }
}

fn achievement() -> Achievement {
    Achievement {
        key: "course/7".to_owned(),
        title: "Tide Tables <for> Sailors".to_owned(),
        description: "Completed “Tide Tables”, offered by Hanseatic University.".to_owned(),
        organizations: vec![Organization {
            key: "HanseU".to_owned(),
            name: "Hanseatic University".to_owned(),
            discovery_uuid: None,
            logo: None,
            url: Some("https://hanse.example".to_owned()),
            email: None,
        }],
        of: Of::Course {
            course_key: "course-v1:HanseU+T1+2026".to_owned(),
            mode: "verified".to_owned(),
        },
        url: None,
    }
}

/// A fresh credential, awarded; and what the service said of its badge.
pub async fn awarded(app: &App) -> (Uuid, AssertionIssued) {
    let credential = Uuid::new_v4();
    app.hears(award(credential, 1)).await.unwrap();
    (credential, last_issued(app).await)
}

/// What was issued last.
pub async fn last_issued(app: &App) -> AssertionIssued {
    app.said::<AssertionIssued>().await.pop().expect("an assertion was issued")
}

/// The path of an address of this service.
pub fn path<'a>(app: &App, url: &'a str) -> &'a str {
    url.strip_prefix(&app.url).unwrap_or_else(|| panic!("{url} is an address of this service"))
}

/// GET with headers.
pub async fn get(app: &App, path: &str, headers: &[(&str, &str)]) -> Answer {
    let client = app.anonymous();
    let request = client.request(reqwest::Method::GET, path);
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    client.send(request).await
}

/// GET, following one redirect within the service.
pub async fn follow(app: &App, from: &str) -> Answer {
    let redirect = app.anonymous().get(from).await;
    assert_eq!(redirect.status, 302, "{from}: {}", redirect.text());
    app.anonymous().get(path(app, redirect.header("location"))).await
}
