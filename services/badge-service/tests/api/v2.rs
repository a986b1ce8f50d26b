//! The assertions of a badge class, as those see them who manage badges.

use std::collections::BTreeSet;

use auth::Claims;
use badge_service::{
    domain::assertion::{Assertion, AssertionState},
    store::{self, assertions::KeptAssertion},
};
use serde_json::{Value, json};
use testkit::{Answer, Lms};
use uuid::Uuid;

use crate::given::{self, App, EMAIL, award, awarded, last_issued, learner, revocation};

/// The path of the list that all awards of the tests are in.
async fn list(app: &App) -> String {
    format!("/v2/badgeclasses/{}/assertions", last_issued(app).await.badge_class_id)
}

fn ids(answer: &Answer) -> Vec<String> {
    let objects = answer.json["result"].as_array().unwrap();
    objects.iter().map(|object| object["entityId"].as_str().unwrap().to_owned()).collect()
}

/// The address in the header `Link` with this relation.
fn link(app: &App, answer: &Answer, rel: &str) -> Option<String> {
    let header = answer.header("link").to_owned();
    let entry = header.split(", ").find(|entry| entry.ends_with(&format!("rel=\"{rel}\"")))?;
    let url = entry.strip_prefix('<')?.split('>').next()?;
    Some(given::path(app, url).to_owned())
}

fn error(description: &str) -> Value {
    json!({
        "status": {"success": false, "description": description},
        "result": [],
        "fieldErrors": {},
        "validationErrors": [],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assertion_is_listed_with_its_plain_recipient() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;

    let answer = app.administrator().get(&list(&app).await).await;

    assert_eq!((answer.status, answer.header("content-type")), (200, "application/ld+json"));
    assert_eq!(answer.json["status"], json!({"success": true, "description": "ok"}));
    let object = &answer.json["result"][0];
    let public = app.anonymous().get(given::path(&app, &issued.open_badge_id)).await.json;
    let created = object["createdAt"].as_str().unwrap();
    assert!(created.ends_with('Z'), "{created}");
    assert!(object["image"].as_str().unwrap().starts_with(&format!("{}/media/", app.url)));
    let issuer = object["issuer"].as_str().unwrap();
    assert_eq!(
        *object,
        json!({
            "entityType": "Assertion",
            "entityId": issued.assertion_id,
            "openBadgeId": issued.open_badge_id,
            "createdAt": created,
            "createdBy": null,
            "badgeclass": issued.badge_class_id,
            "badgeclassOpenBadgeId": public["badge"],
            "issuer": issuer,
            "issuerOpenBadgeId": format!("{}/public/issuers/{issuer}", app.url),
            "image": object["image"],
            "recipient": {
                "identity": public["recipient"]["identity"],
                "hashed": true,
                "type": "email",
                "plaintextIdentity": EMAIL.to_lowercase(),
                "salt": public["recipient"]["salt"],
            },
            "issuedOn": "2026-03-14T10:00:00Z",
            "narrative": null,
            "evidence": [{"url": "https://school.example/credentials/0123", "narrative": null}],
            "revoked": false,
            "revocationReason": null,
            "acceptance": "Unaccepted",
            "expires": null,
            "extensions": {},
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn revoked_ones_are_listed_on_request_and_recipients_can_be_picked() {
    let app = given::app().await;
    let (credential, first) = awarded(&app).await;
    app.hears(revocation(credential, 2)).await.unwrap();
    let other = events::credentials::CredentialAwarded {
        learner: learner(Some("other@learner.example")),
        ..award(Uuid::new_v4(), 1)
    };
    app.hears(other).await.unwrap();
    let (second, path) = (last_issued(&app).await.assertion_id, list(&app).await);
    let ask = |query: &str| {
        let (client, path) = (app.administrator(), format!("{path}?{query}"));
        async move { client.get(&path).await }
    };

    assert_eq!(ids(&ask("").await), std::slice::from_ref(&second));
    let all = ask("include_revoked=TRUE").await;
    assert_eq!(ids(&all), [second.clone(), first.assertion_id]);
    let revoked = &all.json["result"][1];
    assert_eq!(
        (&revoked["revoked"], &revoked["revocationReason"], &revoked["image"]),
        (&json!(true), &json!("Issued in error."), &Value::Null)
    );
    assert_eq!(ids(&ask("include_revoked=1&recipient=other@learner.example").await), [second]);
    assert_eq!(ids(&ask("recipient=a@b.example&recipient=c@d.example").await), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_lead_through_the_whole_list_and_back() {
    let app = given::app().await;
    for _ in 0..7 {
        awarded(&app).await;
    }
    let path = list(&app).await;
    let all = ids(&app.administrator().get(&path).await);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 7);

    let first = app.administrator().get(&format!("{path}?num=3")).await;
    let second = app.administrator().get(&link(&app, &first, "next").unwrap()).await;
    let third = app.administrator().get(&link(&app, &second, "next").unwrap()).await;
    let back = app.administrator().get(&link(&app, &third, "prev").unwrap()).await;
    let start = app.administrator().get(&link(&app, &back, "prev").unwrap()).await;

    assert_eq!([ids(&first), ids(&second), ids(&third)].concat(), all);
    assert_eq!((ids(&back), ids(&start)), (ids(&second), ids(&first)));
    assert_eq!(link(&app, &first, "prev"), None);
    assert_eq!(link(&app, &third, "next"), None);
    assert_eq!(link(&app, &start, "prev"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_any_length_is_sent_whole() {
    let app = given::app().await;
    let (_, issued) = awarded(&app).await;
    let id = issued.assertion_id.parse().unwrap();
    app.db()
        .write(move |conn| {
            let kept = store::assertions::find(conn, id)?.unwrap();
            for _ in 0..1_200 {
                let image = format!("{}.svg", Uuid::new_v4().simple()).try_into().unwrap();
                let assertion = Assertion {
                    id: Uuid::new_v4().into(),
                    state: AssertionState::Issued { image },
                    ..kept.assertion.clone()
                };
                let copy = KeptAssertion { assertion, credential: None, ..kept.clone() };
                store::assertions::insert(conn, &copy)?;
            }
            Ok::<_, database::Error>(())
        })
        .await
        .unwrap();

    let answer = app.administrator().get(&list(&app).await).await;

    assert_eq!(ids(&answer).into_iter().collect::<BTreeSet<_>>().len(), 1_201);
}

#[tokio::test(flavor = "multi_thread")]
async fn num_is_clamped_and_nonsense_means_no_paging() {
    let app = given::app().await;
    for _ in 0..3 {
        awarded(&app).await;
    }
    let path = list(&app).await;
    for (num, shown) in [("0", 1), ("-5", 1), ("99999", 3), ("x", 3), ("", 3)] {
        let answer = app.administrator().get(&format!("{path}?num={num}")).await;
        assert_eq!(ids(&answer).len(), shown, "{num}");
    }
    for cursor in ["", "x", "%ff", "ZmZm"] {
        let answer = app.administrator().get(&format!("{path}?num=1&cursor={cursor}")).await;
        assert_eq!(answer.status, 404, "{cursor}");
        assert_eq!(answer.json, error("entity not found or insufficient privileges"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_for_administrators_and_trusted_services() {
    let app = given::app().await;
    awarded(&app).await;
    let path = list(&app).await;
    let service = app.caller(&Claims {
        scope: Some("r:profile rw:serverAdmin".to_owned()),
        ..Lms::claims("a_service")
    });

    assert_eq!(service.get(&path).await.status, 200);
    let nobody = app.nobody().get(&path).await;
    assert_eq!(nobody.status, 404);
    assert_eq!(nobody.json, error("entity not found or insufficient privileges"));
    let anonymous = app.anonymous().get(&path).await;
    assert_eq!(anonymous.status, 401);
    assert_eq!(anonymous.json, error("no valid auth token found"));
    let unknown = "/v2/badgeclasses/AAAAAAAAAAAAAAAAAAAAAA/assertions";
    assert_eq!(app.administrator().get(unknown).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_json_is_for_those_who_ask_for_it() {
    let app = given::app().await;
    awarded(&app).await;
    let path = list(&app).await;
    for (accept, given) in [
        ("application/json", "application/json"),
        ("text/html", "application/ld+json"),
        ("image/png", "application/ld+json"),
    ] {
        let client = app.administrator();
        let request = client.request(reqwest::Method::GET, &path).header("Accept", accept);
        assert_eq!(client.send(request).await.header("content-type"), given, "{accept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_is_asked_before_whether_the_method_exists() {
    let app = given::app().await;
    let path = "/v2/badgeclasses/AAAAAAAAAAAAAAAAAAAAAA/assertions";

    let anonymous = app.anonymous().post(path, json!({})).await;
    let known = app.nobody().post(path, json!({})).await;
    let missing = app.anonymous().get("/v2/issuers/").await;

    assert_eq!(anonymous.status, 401);
    assert_eq!((known.status, known.header("allow")), (405, "GET, HEAD, OPTIONS"));
    assert_eq!(known.json["fieldErrors"], "Method \"POST\" not allowed.");
    assert_eq!(missing.status, 404);
    assert_eq!(missing.json, error("entity not found or insufficient privileges"));
}
