use super::*;
use crate::domain::{
    assertion::AssertionState,
    badge_class::Criteria,
    issuer::ImageName,
    open_badges::samples::{self, origin, url},
    recipient::{Recipient, RecipientType},
    text::Narrative,
    time::parse,
};

fn narrative(text: &str) -> Narrative {
    Narrative::try_from(text.to_owned()).unwrap()
}

/// The document of `of` in one line, as it is baked.
fn line(of: &Assertion, version: Version, expand: Expand) -> String {
    let (class, issuer) = (samples::badge_class(), samples::issuer());
    let context = AssertionContext { badge_class: &class, issuer: &issuer };
    assertion(&origin(), version, of, context, expand).to_string()
}

#[test]
fn an_issuer_is_written_in_the_published_order() {
    let mut profile = samples::issuer();
    profile.image = Some(ImageName::try_from("logo.png".to_owned()).unwrap());

    insta::assert_snapshot!(issuer(&origin(), Version::V2_0, &profile), @r#"{"@context":"https://w3id.org/openbadges/v2","type":"Issuer","id":"https://badges.example/public/issuers/AAAAAAAAAAAAAAAAAAAAAQ","name":"Hanseatic University","url":"https://school.example","email":"badges@school.example","description":"Teaches by the harbour.","image":"https://badges.example/public/issuers/AAAAAAAAAAAAAAAAAAAAAQ/image"}"#);
    assert!(issuer(&origin(), Version::V2_0, &samples::issuer()).get("image").is_none());
}

#[test]
fn a_badge_class_is_written_in_the_published_order() {
    let mut class = samples::badge_class();
    class.criteria = Criteria {
        url: Some(url("https://school.example/tides")),
        narrative: Some(narrative("Read one.")),
    };
    class.tags = vec!["sea".to_owned()];
    class.alignments = vec![Alignment {
        target_name: "Navigation".to_owned(),
        target_url: url("https://skills.example/1"),
        target_description: None,
        target_framework: Some("Skills".to_owned()),
        target_code: None,
    }];
    class.extensions.insert("extensions:Depth".to_owned(), json!({"metres": 3}));

    insta::assert_snapshot!(badge_class(&origin(), Version::V2_0, &class, None), @r#"{"@context":"https://w3id.org/openbadges/v2","type":"BadgeClass","id":"https://badges.example/public/badges/AAAAAAAAAAAAAAAAAAAAAg","name":"Tide Tables","description":"Reads any tide table.","issuer":"https://badges.example/public/issuers/AAAAAAAAAAAAAAAAAAAAAQ","image":"https://badges.example/public/badges/AAAAAAAAAAAAAAAAAAAAAg/image","criteria":{"id":"https://school.example/tides","narrative":"Read one."},"alignment":[{"targetName":"Navigation","targetUrl":"https://skills.example/1","targetFramework":"Skills"}],"tags":["sea"],"extensions:Depth":{"metres":3}}"#);
}

#[test]
fn a_badge_class_without_criteria_publishes_its_description_or_name() {
    let mut class = samples::badge_class();
    let published =
        |class: &BadgeClass| badge_class(&origin(), Version::V2_0, class, None)["criteria"].clone();

    assert_eq!(published(&class), json!({"narrative": "Reads any tide table."}));
    class.description = Default::default();
    assert_eq!(published(&class), json!({"narrative": "Tide Tables"}));
    class.criteria.url = Some(url("https://school.example/tides"));
    assert_eq!(published(&class), json!({"id": "https://school.example/tides"}));
}

#[test]
fn an_assertion_is_written_in_the_published_order() {
    let mut award = samples::assertion();
    award.narrative = Some(narrative("In a storm."));
    award.evidence =
        vec![Evidence::new(Some(url("https://a.example/log")), Some(narrative("A log."))).unwrap()];
    award.expires = parse("2021-05-21T13:37:37Z");

    insta::assert_snapshot!(line(&award, Version::V2_0, Expand::default()), @r#"{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"https://badges.example/public/assertions/AAAAAAAAAAAAAAAAAAAAAw","badge":"https://badges.example/public/badges/AAAAAAAAAAAAAAAAAAAAAg","image":"https://badges.example/public/assertions/AAAAAAAAAAAAAAAAAAAAAw/image","verification":{"type":"HostedBadge"},"evidence":[{"type":"Evidence","id":"https://a.example/log","narrative":"A log."}],"narrative":"In a storm.","issuedOn":"2019-05-21T13:37:37.123456+00:00","expires":"2021-05-21T13:37:37+00:00","recipient":{"hashed":true,"type":"email","identity":"sha256$049299a38cba17643aba48a3bb7b7921c7e587ffe11fb49a4c2ee0e3e4e845a5","salt":"d34db33f"}}"#);
}

#[test]
fn what_is_empty_is_left_out() {
    insta::assert_snapshot!(line(&samples::assertion(), Version::V2_0, Expand::default()), @r#"{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"https://badges.example/public/assertions/AAAAAAAAAAAAAAAAAAAAAw","badge":"https://badges.example/public/badges/AAAAAAAAAAAAAAAAAAAAAg","image":"https://badges.example/public/assertions/AAAAAAAAAAAAAAAAAAAAAw/image","verification":{"type":"HostedBadge"},"issuedOn":"2019-05-21T13:37:37.123456+00:00","recipient":{"hashed":true,"type":"email","identity":"sha256$049299a38cba17643aba48a3bb7b7921c7e587ffe11fb49a4c2ee0e3e4e845a5","salt":"d34db33f"}}"#);
}

#[test]
fn version_1_1_has_its_own_context_references_and_members() {
    let mut award = samples::assertion();
    award.narrative = Some(narrative("In a storm."));
    award.evidence = vec![
        Evidence::new(None, Some(narrative("Told."))).unwrap(),
        Evidence::new(Some(url("https://a.example/log")), None).unwrap(),
    ];

    insta::assert_snapshot!(line(&award, Version::V1_1, Expand { badge: true, issuer: true }), @r#"{"@context":"https://w3id.org/openbadges/v1","type":"Assertion","id":"https://badges.example/public/assertions/AAAAAAAAAAAAAAAAAAAAAw?v=1_1","badge":{"@context":"https://w3id.org/openbadges/v1","type":"BadgeClass","id":"https://badges.example/public/badges/AAAAAAAAAAAAAAAAAAAAAg?v=1_1","name":"Tide Tables","description":"Reads any tide table.","issuer":{"@context":"https://w3id.org/openbadges/v1","type":"Issuer","id":"https://badges.example/public/issuers/AAAAAAAAAAAAAAAAAAAAAQ?v=1_1","name":"Hanseatic University","url":"https://school.example","email":"badges@school.example","description":"Teaches by the harbour."},"image":"https://badges.example/public/badges/AAAAAAAAAAAAAAAAAAAAAg/image","criteria":"https://badges.example/public/badges/AAAAAAAAAAAAAAAAAAAAAg/criteria"},"image":"https://badges.example/public/assertions/AAAAAAAAAAAAAAAAAAAAAw/image","uid":"AAAAAAAAAAAAAAAAAAAAAw","verify":{"url":"https://badges.example/public/assertions/AAAAAAAAAAAAAAAAAAAAAw?v=1_1","type":"hosted"},"evidence":"https://a.example/log","issuedOn":"2019-05-21T13:37:37.123456+00:00","recipient":{"hashed":true,"type":"email","identity":"sha256$049299a38cba17643aba48a3bb7b7921c7e587ffe11fb49a4c2ee0e3e4e845a5","salt":"d34db33f"}}"#);
}

#[test]
fn an_unhashed_recipient_is_published_without_salt_and_a_profile_as_id() {
    let mut award = samples::assertion();
    award.recipient = Recipient::new(RecipientType::OpenBadgeId, "https://pat.example/me").unwrap();
    award.hashed = false;

    let published = recipient(&award);

    assert_eq!(
        published,
        json!({"hashed": false, "type": "id", "identity": "https://pat.example/me"})
    );
}

#[test]
fn a_revoked_assertion_is_a_stub_and_nothing_else() {
    let mut award = samples::assertion();
    let reason = RevocationReason::try_from("Issued in error".to_owned()).unwrap();
    award.state = AssertionState::Revoked { at: parse("2024-01-01T00:00:00Z").unwrap(), reason };

    insta::assert_snapshot!(line(&award, Version::V2_0, Expand { badge: true, issuer: true }), @r#"{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"https://badges.example/public/assertions/AAAAAAAAAAAAAAAAAAAAAw","revoked":true,"revocationReason":"Issued in error"}"#);
}

#[test]
fn an_extension_cannot_replace_a_member() {
    let mut award = samples::assertion();
    award.extensions.insert("recipient".to_owned(), json!("somebody else"));

    assert_eq!(
        line(&award, Version::V2_0, Expand::default()),
        line(&samples::assertion(), Version::V2_0, Expand::default())
    );
}

#[test]
fn the_badges_of_an_issuer_are_a_bare_array() {
    let list = badge_list(&origin(), Version::V2_0, [&samples::badge_class()]);

    assert_eq!(list[0]["name"], "Tide Tables");
    assert_eq!(badge_list(&origin(), Version::V2_0, []), json!([]));
}
