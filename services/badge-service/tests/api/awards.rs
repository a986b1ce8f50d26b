//! What becomes of a badge as its credential is awarded, changed and revoked.

use badge_service::{
    domain::{
        assertion::AssertionState,
        entity_id::EntityId,
        recipient::{Recipient, RecipientType, Salt},
    },
    store,
};
use events::badges::{AssertionIssued, AssertionRevoked};
use messaging::HandlerError;
use uuid::Uuid;

use crate::given::{self, App, EMAIL, at, award, awarded, last_issued, learner, revocation};

async fn status(app: &App, issued: &AssertionIssued) -> u16 {
    app.anonymous().get(given::path(app, &issued.open_badge_id)).await.status
}

/// Whether the published recipient is this address.
async fn is_for(app: &App, issued: &AssertionIssued, email: &str) -> bool {
    let answer = app.anonymous().get(given::path(app, &issued.open_badge_id)).await;
    let recipient = &answer.json["recipient"];
    let salt = Salt::stored(recipient["salt"].as_str().unwrap().to_owned());
    let expected = Recipient::new(RecipientType::Email, email).unwrap().hashed_with(&salt);
    recipient["identity"] == expected
}

#[tokio::test(flavor = "multi_thread")]
async fn an_award_issues_an_assertion_and_tells_it() {
    let app = given::app().await;

    let (credential, issued) = awarded(&app).await;

    assert!(issued.assertion_id.parse::<EntityId>().is_ok());
    assert_eq!(issued.sequence, 1);
    assert_eq!(issued.credential.unwrap().credential_id, credential);
    assert_eq!(issued.credential.unwrap().sequence, 1);
    assert_eq!(issued.badge_class_name, "Tide Tables  Sailors");
    assert_eq!(issued.issued_at, at("2026-03-14T10:00:00Z"));
    let id = &issued.assertion_id;
    assert_eq!(issued.open_badge_id, format!("{}/public/assertions/{id}", app.url));
    assert_eq!(issued.page_url, format!("{}/badge/assertions/{id}", app.url));
    assert_eq!(issued.image_url, format!("{}/public/assertions/{id}/image", app.url));
    assert!(is_for(&app, &issued, EMAIL).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_twice_issues_once() {
    let app = given::app().await;
    let message = app.message(award(Uuid::new_v4(), 1));

    app.receives(&message).await.unwrap();
    let again = app.receives(&message).await;

    assert!(matches!(again, Err(HandlerError::AlreadyHandled)), "{again:?}");
    assert_eq!(app.said::<AssertionIssued>().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_news_in_another_message_issues_once() {
    let app = given::app().await;
    let (credential, _) = awarded(&app).await;

    app.hears(award(credential, 1)).await.unwrap();

    assert_eq!(app.said::<AssertionIssued>().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_ends_the_assertion_and_tells_it() {
    let app = given::app().await;
    let (credential, issued) = awarded(&app).await;

    app.hears(revocation(credential, 2)).await.unwrap();

    assert_eq!(status(&app, &issued).await, 410);
    let told = app.said::<AssertionRevoked>().await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].assertion_id, issued.assertion_id);
    assert_eq!(told[0].sequence, 2);
    assert_eq!(told[0].credential, issued.credential);
    assert_eq!(told[0].reason.as_deref(), Some("Issued in error."));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_award_after_a_revocation_is_another_assertion() {
    let app = given::app().await;
    let (credential, first) = awarded(&app).await;
    app.hears(revocation(credential, 2)).await.unwrap();

    app.hears(award(credential, 3)).await.unwrap();

    let second = last_issued(&app).await;
    assert_ne!(second.assertion_id, first.assertion_id);
    assert_eq!(second.credential.unwrap().sequence, 3);
    assert_eq!(second.badge_class_id, first.badge_class_id);
    assert_eq!((status(&app, &first).await, status(&app, &second).await), (410, 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_that_comes_before_its_award_ends_revoked() {
    let app = given::app().await;
    let credential = Uuid::new_v4();

    app.hears(revocation(credential, 2)).await.unwrap();
    app.hears(award(credential, 1)).await.unwrap();

    assert_eq!(app.said::<AssertionIssued>().await, []);
    assert_eq!(app.said::<AssertionRevoked>().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_revocation_does_not_end_what_was_awarded_again() {
    let app = given::app().await;
    let credential = Uuid::new_v4();
    app.hears(award(credential, 3)).await.unwrap();

    app.hears(revocation(credential, 2)).await.unwrap();

    assert_eq!(status(&app, &last_issued(&app).await).await, 200);
    assert_eq!(app.said::<AssertionRevoked>().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_badge_waits_until_an_address_is_known() {
    let app = given::app().await;
    let credential = Uuid::new_v4();
    for (sequence, email) in [(1, None), (2, Some("no address"))] {
        let event = events::credentials::CredentialAwarded {
            learner: learner(email),
            ..award(credential, sequence)
        };
        app.hears(event).await.unwrap();
    }
    assert_eq!(app.said::<AssertionIssued>().await, []);

    app.hears(award(credential, 3)).await.unwrap();

    let issued = last_issued(&app).await;
    assert_eq!(issued.credential.unwrap().sequence, 3);
    assert!(is_for(&app, &issued, EMAIL).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_award_again_keeps_the_assertion_and_tells_its_new_sequence() {
    let app = given::app().await;
    let (credential, first) = awarded(&app).await;
    let event = events::credentials::CredentialAwarded {
        learner: learner(Some("pat.doe@LEARNER.example")),
        ..award(credential, 5)
    };

    app.hears(event).await.unwrap();

    let second = last_issued(&app).await;
    assert_eq!(second.assertion_id, first.assertion_id);
    assert_eq!((second.sequence, second.credential.unwrap().sequence), (2, 5));
    assert_eq!(app.said::<AssertionRevoked>().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_award_without_an_address_takes_no_badge_away() {
    let app = given::app().await;
    let (credential, first) = awarded(&app).await;
    let event =
        events::credentials::CredentialAwarded { learner: learner(None), ..award(credential, 2) };

    app.hears(event).await.unwrap();

    assert_eq!(last_issued(&app).await.assertion_id, first.assertion_id);
    assert_eq!(status(&app, &first).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_keeps_the_assertion_and_every_link_to_it() {
    let app = given::app().await;
    let (credential, first) = awarded(&app).await;
    let shown = app.anonymous().get(given::path(&app, &first.open_badge_id)).await;
    let picture = app.anonymous().get(given::path(&app, &first.image_url)).await;
    let event = events::credentials::CredentialAwarded {
        learner: learner(Some("new@learner.example")),
        ..award(credential, 2)
    };

    app.hears(event).await.unwrap();

    let second = last_issued(&app).await;
    assert_eq!(second.open_badge_id, first.open_badge_id);
    assert_eq!((second.sequence, second.credential.unwrap().sequence), (2, 2));
    assert_eq!(app.said::<AssertionRevoked>().await, []);
    assert!(is_for(&app, &first, "new@learner.example").await);
    let shown_after = app.anonymous().get(given::path(&app, &first.open_badge_id)).await;
    assert_ne!(shown_after.json["recipient"]["salt"], shown.json["recipient"]["salt"]);
    let picture_after = app.anonymous().get(given::path(&app, &first.image_url)).await;
    assert_ne!(picture_after.header("location"), picture.header("location"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_badge_class_gets_another_assertion_and_the_old_one_ends() {
    let app = given::app().await;
    let (credential, first) = awarded(&app).await;
    let mut event = award(credential, 2);
    event.achievement.key = "another-achievement".to_owned();

    app.hears(event).await.unwrap();

    let second = last_issued(&app).await;
    assert_ne!(second.badge_class_id, first.badge_class_id);
    assert_eq!((status(&app, &first).await, status(&app, &second).await), (410, 200));
    assert_eq!(app.said::<AssertionRevoked>().await[0].assertion_id, first.assertion_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_date_of_the_certificate_changes_the_assertion_and_its_picture() {
    let app = given::app().await;
    let (credential, first) = awarded(&app).await;
    let before = app.anonymous().get(given::path(&app, &first.image_url)).await;
    let event = events::credentials::CredentialAwarded {
        issued_at: at("2025-12-24T00:00:00Z"),
        ..award(credential, 2)
    };

    app.hears(event).await.unwrap();

    let answer = app.anonymous().get(given::path(&app, &first.open_badge_id)).await;
    assert_eq!(answer.json["issuedOn"], "2025-12-24T00:00:00+00:00");
    let after = app.anonymous().get(given::path(&app, &first.image_url)).await;
    assert_ne!(before.header("location"), after.header("location"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_in_the_future_is_not_published() {
    let app = given::app().await;
    let event = events::credentials::CredentialAwarded {
        issued_at: at("2999-01-01T00:00:00Z"),
        ..award(Uuid::new_v4(), 1)
    };

    app.hears(event).await.unwrap();

    assert!(last_issued(&app).await.issued_at <= model::Timestamp::now());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_first_awards_at_once_share_one_badge_class() {
    let app = given::app().await;
    let awards: Vec<_> = (0..12).map(|_| app.hears(award(Uuid::new_v4(), 1))).collect();

    for outcome in futures_util::future::join_all(awards).await {
        outcome.unwrap();
    }

    let issued = app.said::<AssertionIssued>().await;
    let classes: std::collections::BTreeSet<_> =
        issued.iter().map(|issued| &issued.badge_class_id).collect();
    assert_eq!((issued.len(), classes.len()), (12, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn news_of_one_credential_told_all_at_once_end_as_the_newest() {
    let app = given::app().await;
    let credential = Uuid::new_v4();
    let news = (1..=9_i64).map(|sequence| {
        let app = &app;
        async move {
            if sequence % 2 == 1 {
                app.hears(award(credential, sequence)).await
            } else {
                app.hears(revocation(credential, sequence)).await
            }
        }
    });

    for outcome in futures_util::future::join_all(news).await {
        outcome.unwrap();
    }

    let last = last_issued(&app).await;
    assert_eq!(last.credential.unwrap().sequence, 9);
    assert_eq!(status(&app, &last).await, 200);
    let revoked = app.said::<AssertionRevoked>().await.len();
    let distinct: std::collections::BTreeSet<_> =
        app.said::<AssertionIssued>().await.into_iter().map(|issued| issued.assertion_id).collect();
    assert_eq!(distinct.len(), revoked + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_itself_allows_one_valid_badge_for_a_credential() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let id = issued.assertion_id.parse().unwrap();
    let outcome = app.db().write(move |conn| {
        let mut kept = store::assertions::find(conn, id)?.unwrap();
        kept.assertion.id = Uuid::new_v4().into();
        kept.assertion.state = AssertionState::Issued {
            image: format!("{}.svg", Uuid::new_v4().simple()).try_into().unwrap(),
        };
        kept.credential.as_mut().unwrap().sequence = 2;
        store::assertions::insert(conn, &kept)
    });

    let error: database::Error = outcome.await.unwrap_err();
    assert!(error.is_unique_violation(), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_names_nothing_usable_is_rejected_for_good() {
    let app = given::app().await;
    let mut event = award(Uuid::new_v4(), 1);
    event.achievement.key = "\0".to_owned();

    let outcome = app.hears(event).await;

    assert!(matches!(outcome, Err(HandlerError::Reject(_))), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_of_no_organization_is_issued_by_the_service() {
    let app = given::app().await;
    let mut event = award(Uuid::new_v4(), 1);
    event.achievement.organizations.clear();

    app.hears(event).await.unwrap();

    let id = last_issued(&app).await.assertion_id;
    let path = format!("/public/assertions/{id}.json?expand=badge&expand=badge.issuer");
    let issuer = app.anonymous().get(&path).await.json["badge"]["issuer"].clone();
    assert_eq!(
        (issuer["name"].as_str(), issuer["url"].as_str()),
        (Some("Testamur"), Some(&*app.url))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_follows_what_its_organization_says_of_itself() {
    let app = given::app().await;
    awarded(&app).await;
    let mut event = award(Uuid::new_v4(), 1);
    event.achievement.organizations[0].name = "Hanse University of the Sea".to_owned();
    event.achievement.organizations[0].url = None;

    app.hears(event).await.unwrap();

    let id = last_issued(&app).await.assertion_id;
    let path = format!("/public/assertions/{id}.json?expand=badge&expand=badge.issuer");
    let issuer = app.anonymous().get(&path).await.json["badge"]["issuer"].clone();
    assert_eq!(issuer["name"], "Hanse University of the Sea");
    assert_eq!(issuer["url"], "https://hanse.example");
    assert_eq!(issuer["email"], "badges@127.0.0.1");
}
