//! What the pages must say and must never say, on views made by hand.

use super::verification::VerificationView;
use super::*;
use crate::domain::dates::Day;
use crate::domain::record::Artifact;
use crate::domain::verified::Facts;
use crate::domain::{Output, VerificationStatus};

const EVIL: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>";

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn given(status: VerificationStatus, language: &str) -> VerificationView {
    let url = "https://certs.example.org/v1/renders/ab/artifacts/Certificate.pdf".to_owned();
    VerificationView {
        language: Language::choose([language]),
        verify_id: "0199c0de000070008000000000000001".to_owned(),
        status,
        facts: Some(Facts {
            name: "Nguyễn Quang Khải".to_owned(),
            title: "Introduction to Logic".to_owned(),
            code: Some("CS101x".to_owned()),
            issuer: "Université Example".to_owned(),
            issued_on: Some(day("2026-03-14")),
            issued_text: None,
            expires_on: Some(day("2031-03-14")),
        }),
        elsewhere_url: None,
        current_url: None,
        revoked_on: None,
        reason: None,
        artifacts: vec![Artifact::of(
            Output::Pdf,
            "00".repeat(32),
            3,
            "Certificate.pdf".to_owned(),
            url,
        )],
        today: day("2026-05-01"),
    }
}

fn html(view: &VerificationView) -> String {
    verification::render(view).unwrap()
}

#[test]
fn the_state_comes_first_and_in_words() {
    for (status, word) in [
        (VerificationStatus::Valid, "Valid"),
        (VerificationStatus::Expired, "Expired"),
        (VerificationStatus::Revoked, "Revoked"),
        (VerificationStatus::Superseded, "Superseded"),
    ] {
        let html = html(&given(status, "en"));
        let state = html.find(&format!("<strong>{word}</strong>")).unwrap();
        assert!(state < html.find("Nguyễn").unwrap(), "{word}");
        assert!(html.contains(&format!("<title>{word}: Introduction to Logic")), "{word}");
    }
}

#[test]
fn a_page_speaks_one_language_in_its_direction() {
    for (tag, begin, date) in [
        ("de", "<html lang=\"de\" dir=\"ltr\">", "14. März 2026"),
        ("ar", "<html lang=\"ar\" dir=\"rtl\">", "14 مارس 2026"),
        ("zh-CN", "<html lang=\"zh-CN\" dir=\"ltr\">", "2026年3月14日"),
        ("tlh", "<html lang=\"en\" dir=\"ltr\">", "March 14, 2026"),
    ] {
        let html = html(&given(VerificationStatus::Valid, tag));
        assert!(html.contains(begin), "{tag}");
        assert!(html.contains(&format!("<time datetime=\"2026-03-14\">{date}</time>")), "{tag}");
    }
}

#[test]
fn nothing_that_somebody_wrote_becomes_markup() {
    let mut view = given(VerificationStatus::Revoked, "en");
    view.verify_id = EVIL.to_owned();
    view.reason = Some(EVIL.to_owned());
    view.elsewhere_url = Some(EVIL.to_owned());
    view.current_url = Some(EVIL.to_owned());
    let facts = view.facts.as_mut().unwrap();
    for text in [&mut facts.name, &mut facts.title, &mut facts.issuer] {
        *text = EVIL.to_owned();
    }
    (facts.code, facts.issued_text) = (Some(EVIL.to_owned()), Some(EVIL.to_owned()));
    let html = html(&view);
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("\"'>"));
    assert_eq!(html.matches("&lt;script&gt;").count(), 11);
}

#[test]
fn a_page_that_may_not_name_anybody_leads_to_the_one_that_may_and_claims_nothing() {
    for tag in ["ar", "de", "en", "es", "fr", "he", "hi", "ja", "pt-BR", "ru", "vi", "zh-Hans"] {
        let mut view = given(VerificationStatus::Elsewhere, tag);
        (view.facts, view.artifacts) = (None, Vec::new());
        view.elsewhere_url = Some("https://school.example/credentials/1/".to_owned());
        let words = view.language.words();
        let html = html(&view);
        assert!(html.contains("href=\"https://school.example/credentials/1/\""), "{tag}");
        assert!(html.contains(&format!("<title>{} | ", words.shown_elsewhere)), "{tag}");
        assert!(
            html.contains(&format!(
                "<h1 class=\"state-sentence\">{}</h1>",
                words.shown_elsewhere_sentence
            )),
            "{tag}"
        );
        assert_eq!(html.matches("<h1").count(), 1);
        for claim in [&words.valid_sentence, &words.checked] {
            assert!(!html.contains(claim.as_str()), "{tag}: {claim}");
        }
    }
}

#[test]
fn a_revocation_has_its_day_and_its_reason() {
    let mut view = given(VerificationStatus::Revoked, "en");
    view.revoked_on = Some(day("2026-04-01"));
    view.reason = Some("issued in error".to_owned());
    let html = html(&view);
    assert!(html.contains("<time datetime=\"2026-04-01\">April 1, 2026</time>"));
    assert!(html.contains("issued in error"));
}

#[test]
fn a_number_that_is_not_known_may_be_mistyped_or_forged() {
    let html = missing::render(&Language::choose(["en"])).unwrap();
    assert!(html.contains("mistyped") && html.contains("forged"));
    let html = missing::render(&Language::choose(["he"])).unwrap();
    assert!(html.contains("dir=\"rtl\""));
}

#[test]
fn no_page_runs_or_loads_anything_but_its_style() {
    let pages = [
        html(&given(VerificationStatus::Valid, "en")),
        missing::render(&Language::choose(["en"])).unwrap(),
    ];
    for page in pages {
        assert!(!page.contains("<script") && !page.contains("style=") && !page.contains("<img"));
        assert_eq!(page.matches("<link ").count(), 1);
        assert_eq!(page.matches("<h1").count(), 1);
    }
}
