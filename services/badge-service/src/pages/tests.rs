//! What the pages must say and must never say, on views made by hand.

use chrono::NaiveDate;

use super::assertion::{AssertionState, AssertionView, Evidence, Recipient};
use super::badge_class::{Alignment, BadgeClassView};
use super::issuer::{BadgeLink, IssuerView};
use super::*;

const EVIL: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>";

fn site() -> Site {
    Site { name: "Northfield Badges".to_owned(), home_url: Some("/".to_owned()) }
}

fn address(path: &str) -> Address {
    Address {
        page_url: format!("https://b.example.org/badge/{path}"),
        public_url: format!("https://b.example.org/public/{path}"),
        json_url: format!("https://b.example.org/public/{path}.json"),
    }
}

fn issuer() -> IssuerLink {
    IssuerLink { name: "Northfield".to_owned(), page_url: "/badge/issuers/i".to_owned() }
}

fn given_assertion(state: AssertionState) -> AssertionView {
    let day = |year| NaiveDate::from_ymd_opt(year, 3, 4).expect("a date of the calendar");
    AssertionView {
        site: site(),
        address: address("assertions/a"),
        state,
        badge_name: "Data Science".to_owned(),
        badge_page_url: "/badge/badges/b".to_owned(),
        description: "Knows data.".to_owned(),
        issuer: issuer(),
        image_url: Some("https://b.example.org/public/assertions/a/image".to_owned()),
        issued_on: day(2025),
        expires_on: Some(day(2027)),
        recipient: Recipient {
            kind: "email".to_owned(),
            identity: "sha256$abc".to_owned(),
            is_hashed: true,
        },
        criteria_url: None,
        criteria_narrative: Some("Pass *all* exams.".to_owned()),
        narrative: None,
        evidence: vec![Evidence { url: Some("https://e.org/w".to_owned()), narrative: None }],
        verify_url: None,
        baked_png_url: Some("/public/assertions/a/baked".to_owned()),
        baked_svg_url: None,
    }
}

fn assertion_page(view: &AssertionView) -> String {
    assertion::render(view).expect("the template fits the view")
}

#[test]
fn a_valid_badge_says_so_before_its_name() {
    let html = assertion_page(&given_assertion(AssertionState::Valid));
    let state = html.find("<strong>Valid</strong>").expect("the state");
    let name = html.find("<h1><bdi>Data Science</bdi></h1>").expect("the name");
    assert!(state < name);
    assert!(html.contains("4 March 2025") && html.contains("4 March 2027"));
    assert!(html.contains("Pass <em>all</em> exams."));
    assert!(html.contains("published only as a hash"));
}

#[test]
fn a_card_has_a_png_and_the_address_that_everybody_shares() {
    let html = assertion_page(&given_assertion(AssertionState::Valid));
    let public = "https://b.example.org/public/assertions/a";
    assert!(html.contains(&format!("og:url\" content=\"{public}\"")));
    assert!(html.contains(&format!("og:image\" content=\"{public}/image?type=png\"")));
    assert!(html.contains("rel=\"canonical\" href=\"https://b.example.org/badge/assertions/a\""));
}

#[test]
fn an_expired_badge_keeps_its_facts() {
    let html = assertion_page(&given_assertion(AssertionState::Expired));
    assert!(html.contains("<strong>Expired</strong>") && html.contains("4 March 2027"));
}

#[test]
fn a_revoked_badge_shows_the_reason_and_nothing_of_the_recipient() {
    let reason = Some("issued in error".to_owned());
    let html = assertion_page(&given_assertion(AssertionState::Revoked { reason }));
    assert!(html.contains("<strong>Revoked</strong>"));
    assert!(html.contains("Reason: <bdi>issued in error</bdi>"));
    assert!(html.contains("<title>Revoked: Data Science | Northfield Badges</title>"));
    for hidden in ["sha256$abc", "https://e.org/w", "4 March 2025", "/baked", "og:image"] {
        assert!(!html.contains(hidden), "{hidden}");
    }
}

#[test]
fn markup_and_foreign_schemes_stay_text() {
    let mut view = given_assertion(AssertionState::Valid);
    view.site.name = EVIL.to_owned();
    view.badge_name = EVIL.to_owned();
    view.description = EVIL.to_owned();
    view.issuer.name = EVIL.to_owned();
    view.recipient.identity = EVIL.to_owned();
    view.criteria_narrative = Some(EVIL.to_owned());
    view.image_url = Some("javascript:alert(1)".to_owned());
    let evil_url = Some("javascript:alert(1)".to_owned());
    view.evidence = vec![Evidence { url: evil_url, narrative: Some(EVIL.to_owned()) }];
    let html = assertion_page(&view);
    for never in ["<script", "<img src=x", "javascript:", " style=", " onclick="] {
        assert!(!html.contains(never), "{never}");
    }
}

#[test]
fn a_badge_class_shows_how_it_is_earned() {
    let view = BadgeClassView {
        site: site(),
        address: address("badges/b"),
        name: "علم البيانات".to_owned(),
        description: EVIL.to_owned(),
        issuer: issuer(),
        image_url: None,
        criteria_url: Some("https://e.org/criteria".to_owned()),
        criteria_narrative: None,
        tags: vec![EVIL.to_owned()],
        alignments: vec![Alignment {
            name: "Bad".to_owned(),
            url: "javascript:alert(1)".to_owned(),
            framework: None,
            description: None,
        }],
    };
    let html = badge_class::render(&view).expect("the template fits the view");
    assert!(html.contains("<h1><bdi>علم البيانات</bdi></h1>"));
    assert!(html.contains("href=\"https://e.org/criteria\""));
    assert!(!html.contains("<script") && !html.contains("javascript:"));
}

#[test]
fn an_issuer_lists_its_badges() {
    let view = IssuerView {
        site: site(),
        address: address("issuers/i"),
        name: "Northfield & Sons".to_owned(),
        description: String::new(),
        home_url: "javascript:alert(1)".to_owned(),
        email: "badges@example.org".to_owned(),
        image_url: None,
        badges: vec![BadgeLink {
            name: "Data Science".to_owned(),
            page_url: "/badge/badges/b".to_owned(),
            image_url: None,
        }],
    };
    let html = issuer::render(&view).expect("the template fits the view");
    assert!(html.contains("Northfield &amp; Sons") && html.contains("/badge/badges/b"));
    assert!(!html.contains("javascript:"));
}

#[test]
fn an_empty_address_is_answered_with_the_name_of_the_site() {
    let html = missing::render(&site()).expect("the template fits the view");
    assert!(html.contains("<title>There is no badge here | Northfield Badges</title>"));
}
