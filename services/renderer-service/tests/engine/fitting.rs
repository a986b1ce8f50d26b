//! Long texts shrink, then wrap, then are refused by name; nothing is ever cut.

use renderer_service::domain::FaultCode;
use serde_json::json;

use crate::given::{rendered, request};

#[test]
fn long_names_fit_or_are_refused_with_their_pointer() {
    for page in ["a4-landscape", "letter-landscape", "a4-portrait", "letter-portrait"] {
        for length in [60, 100] {
            let mut request = request(&"Abcdefghi ".repeat(length / 10));
            request["page"] = json!(page);
            assert!(rendered(request).is_ok(), "{page} {length}");
        }
        let mut request = request(&"W".repeat(255));
        request["page"] = json!(page);
        let fault = rendered(request).unwrap_err();
        assert_eq!(fault.code, FaultCode::TextOverflow, "{page}");
        assert_eq!(fault.errors[0].pointer, "/data/recipient/name");
    }
}

#[test]
fn a_word_longer_than_the_line_is_broken() {
    assert!(rendered(request(&"ab".repeat(75))).is_ok());
}

#[test]
fn a_title_that_cannot_fit_is_refused_with_its_pointer() {
    let mut request = request("Ada");
    request["data"]["achievement"]["title"] = json!("Wide Words ".repeat(36));
    let fault = rendered(request).unwrap_err();
    assert_eq!(fault.code, FaultCode::TextOverflow);
    assert_eq!(fault.errors[0].pointer, "/data/achievement/title");
}

#[test]
fn more_than_a_page_is_refused() {
    let mut request = request("Ada");
    request["data"]["achievement"]["statement"] = json!("line\n".repeat(100));
    assert_eq!(rendered(request).unwrap_err().code, FaultCode::PageOverflow);
}

#[test]
fn one_to_six_signatories_fit_on_every_page() {
    for page in ["a4-landscape", "letter-landscape", "a4-portrait", "letter-portrait"] {
        for count in 0..=6 {
            let mut request = request("Ada Lovelace");
            request["page"] = json!(page);
            let one =
                json!({"name": "Dr. Grace Hopper", "title": "Dean", "organization": "Example"});
            request["data"]["signatories"] = json!(vec![one; count]);
            assert!(rendered(request).is_ok(), "{page} {count}");
        }
    }
}

#[test]
fn a_character_without_a_font_is_refused_before_rendering() {
    let mut request = request("Ada \u{12000}\u{12001}");
    request["data"]["issuer"]["name"] = json!("\u{12000}");
    let fault = rendered(request).unwrap_err();
    assert_eq!(fault.code, FaultCode::MissingGlyph);
    let errors: Vec<_> =
        fault.errors.iter().map(|e| (e.pointer.as_str(), e.message.as_str())).collect();
    assert_eq!(
        errors,
        [("/data/recipient/name", "U+12000, U+12001"), ("/data/issuer/name", "U+12000")]
    );
    assert!(!fault.to_string().contains("Ada"));
}
