//! One issuer, badge class and assertion for the tests of this crate.

use model::Email;
use serde_json::Map;
use uuid::Uuid;

use crate::domain::{
    assertion::{Acceptance, Assertion, AssertionState, IssuedOn},
    badge_class::{BadgeClass, Criteria},
    entity_id::EntityId,
    issuer::{ImageName, Issuer, WebUrl},
    origin::Origin,
    recipient::{Recipient, RecipientType, Salt},
    text::{Description, Name},
    time::parse,
};

pub fn origin() -> Origin {
    Origin::try_from("https://badges.example".to_owned()).unwrap()
}

pub fn id(number: u128) -> EntityId {
    Uuid::from_u128(number).into()
}

pub fn url(text: &str) -> WebUrl {
    WebUrl::try_from(text.to_owned()).unwrap()
}

pub fn issuer() -> Issuer {
    Issuer {
        id: id(1),
        name: Name::try_from("Hanseatic University".to_owned()).unwrap(),
        url: url("https://school.example"),
        email: Email::try_from("badges@school.example".to_owned()).unwrap(),
        description: Description::try_from("Teaches by the harbour.".to_owned()).unwrap(),
        image: None,
        extensions: Map::new(),
        created_at: parse("2024-01-01T00:00:00Z").unwrap(),
    }
}

pub fn badge_class() -> BadgeClass {
    BadgeClass {
        id: id(2),
        issuer_id: id(1),
        name: Name::try_from("Tide Tables".to_owned()).unwrap(),
        description: Description::try_from("Reads any tide table.".to_owned()).unwrap(),
        image: ImageName::try_from("class.svg".to_owned()).unwrap(),
        criteria: Criteria::default(),
        alignments: Vec::new(),
        tags: Vec::new(),
        expires: None,
        extensions: Map::new(),
        created_at: parse("2024-01-01T00:00:00Z").unwrap(),
    }
}

pub fn assertion() -> Assertion {
    Assertion {
        id: id(3),
        badge_class_id: id(2),
        issuer_id: id(1),
        recipient: Recipient::new(RecipientType::Email, "learner@example.org").unwrap(),
        hashed: true,
        salt: Salt::stored("d34db33f".to_owned()),
        issued_on: IssuedOn::stored(parse("2019-05-21T13:37:37.123456Z").unwrap()).unwrap(),
        expires: None,
        narrative: None,
        evidence: Vec::new(),
        extensions: Map::new(),
        state: AssertionState::Issued {
            image: ImageName::try_from("baked.png".to_owned()).unwrap(),
        },
        acceptance: Acceptance::Unaccepted,
    }
}
