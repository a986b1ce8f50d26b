//! Long texts shrink, then wrap, then are refused by name; nothing is ever cut.

use renderer_service::domain::FaultCode;
use renderer_service::engine::fonts::FontSet;
use serde_json::{Value, json};
use typst::layout::{Abs, Em};
use typst::text::{FontVariant, FontVariations};

use crate::given::{pdf, rendered, rendered_by, request, text_of};

/// A request with one member of `data` changed.
fn with(pointer: &str, value: &str) -> Value {
    let mut request = request("Ada Lovelace");
    request["data"]["achievement"]["credits"] = json!("3");
    request["data"]["verify"] = json!({"id": "abcdefgh"});
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = request["data"].pointer_mut(parent).unwrap();
    parent[key] = json!(value);
    // Without logos the issuer's name stands over the heading as well.
    request["data"]["issuer"]["logo"] = json!(null);
    request["data"]["platform"]["logo"] = json!(null);
    request
}

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

/// Every text that is printed, with the most characters that it may have.
const TEXTS: [(&str, usize); 15] = [
    ("/recipient/designation", 60),
    ("/achievement/code", 60),
    ("/achievement/grade", 60),
    ("/achievement/credits", 60),
    ("/achievement/statement", 1000),
    ("/issuer/name", 255),
    ("/platform/name", 255),
    ("/issued_text", 60),
    ("/disclaimer", 1000),
    ("/verify/id", 64),
    ("/signatories/0/name", 255),
    ("/signatories/0/title", 255),
    ("/signatories/1/organization", 255),
    ("/recipient/name", 255),
    ("/achievement/title", 400),
];

#[test]
fn no_text_without_a_space_runs_off_the_sheet_or_the_card() {
    for (pointer, length) in TEXTS {
        for (page, letter) in [("a4-landscape", "W"), ("letter-portrait", "i")] {
            let mut request = with(pointer, &letter.repeat(length));
            request["page"] = json!(page);
            request["outputs"] = json!(["pdf", "card"]);
            match rendered(request) {
                Ok(artifacts) => assert_holds(&artifacts.files[0].1, letter, length),
                Err(fault) => {
                    assert_eq!(fault.code, FaultCode::TextOverflow, "{pointer} {page}: {fault}");
                    assert_eq!(fault.errors[0].pointer, format!("/data{pointer}"), "{page}");
                }
            }
        }
    }
}

/// What a PDF shows, over all its lines, is the whole text.
fn assert_holds(pdf: &[u8], letter: &str, length: usize) {
    let Some(text) = text_of(pdf) else {
        return eprintln!("skipped: pdftotext is not installed");
    };
    assert!(text.matches(letter).count() >= length, "{letter} {length}: {text}");
}

#[test]
fn short_texts_and_addresses_fit_whatever_their_letters() {
    let url = format!("https://example.org/{}", "W".repeat(492));
    for page in ["a4-landscape", "a4-portrait"] {
        for (pointer, text) in [
            ("/verify/url", url.as_str()),
            ("/verify/id", &"W".repeat(64)),
            ("/issued_text", &"W".repeat(60)),
            ("/recipient/designation", &"W".repeat(60)),
            ("/achievement/grade", &"W".repeat(60)),
            ("/disclaimer", &"W".repeat(1000)),
            ("/achievement/statement", &"W".repeat(1000)),
        ] {
            let mut request = with(pointer, text);
            request["page"] = json!(page);
            assert!(rendered(request).is_ok(), "{page} {pointer}");
        }
    }
}

#[test]
fn long_names_of_schools_wrap() {
    let long = "Interdisciplinary University of Applied Sciences and Humanities for the Northern \
                Region, Faculty of Computational Linguistics and Philosophy, Department of the \
                History of Ideas, Institute for Advanced Studies of Language and Thought, Office 1";
    for page in ["a4-landscape", "letter-landscape", "a4-portrait", "letter-portrait"] {
        let mut request = with("/issuer/name", long);
        request["data"]["platform"]["name"] = json!(long);
        request["page"] = json!(page);
        request["outputs"] = json!(["pdf", "card"]);
        assert!(rendered(request).is_ok(), "{page}");
        let mut request = with("/signatories/0/organization", long);
        request["page"] = json!(page);
        assert!(rendered(request).is_ok(), "{page} signatory");
    }
}

/// What the template takes for granted where it does not measure.
#[test]
fn no_letter_of_the_bundled_fonts_is_wider_than_the_template_believes() {
    const WIDE: &str = "%&@ADGHKMNOQRUWXmw";
    for font in FontSet::bundled().fonts() {
        let family = font.info().family.as_str();
        let (variant, axes) = (FontVariant::default(), FontVariations::default());
        let letters = font.clone().instantiate(variant, Abs::pt(11.0), &axes);
        for point in font.info().coverage.iter().filter_map(char::from_u32) {
            // Digits stand in the font of emoji to be joined with keys; text never takes them there.
            let is_other = point == '\u{FDFD}' || (family == "Noto Emoji" && point.is_ascii());
            let glyph = letters.ttf().glyph_index(point).filter(|_| !is_other);
            let width = glyph.and_then(|glyph| letters.x_advance(glyph.0)).map_or(0.0, Em::get);
            let is_narrow = matches!(point, ' '..='~') && !WIDE.contains(point);
            let believed = if is_narrow { 0.7 } else { 1.1 * point.len_utf8() as f64 };
            assert!(width <= believed, "{family} {point:?}: {width}");
        }
    }
}

#[test]
fn a_name_and_a_title_on_two_lines_are_there() {
    let (name, title) = ("Abcdefghi ".repeat(12), "Introduction to Something ".repeat(8));
    let mut request = request(name.trim());
    request["data"]["achievement"]["title"] = json!(title.trim());
    let Some(text) = text_of(&pdf(request)) else {
        return eprintln!("skipped: pdftotext is not installed");
    };
    assert_eq!(text.matches("Abcdefghi").count(), 12, "{text}");
    assert_eq!(text.matches("Something").count(), 8, "{text}");
}

#[test]
fn what_a_template_sets_beyond_the_sheet_is_refused_with_its_pointer() {
    let data = "#let data = json(\"/data.json\").data\n";
    for (source, pointer) in [
        ("#box(width: 5mm, data.issuer.name.replace(\" \", \"\\u{a0}\") * 9)", None),
        ("#place(dx: 100%, data.achievement.title)", Some("/data/achievement/title")),
        ("#rotate(90deg, place(dx: 90cm, data.achievement.code))", Some("/data/achievement/code")),
    ] {
        let fault = rendered_by(&format!("{data}{source}"), request("Ada")).unwrap_err();
        assert_eq!(fault.code, FaultCode::TextOverflow, "{source}: {fault}");
        let found = fault.errors.first().map(|error| error.pointer.as_str());
        assert_eq!(found, pointer, "{source}");
    }
}

#[test]
fn what_the_typesetter_leaves_out_is_an_error_of_the_template() {
    let fault = rendered_by("#par(block[Lost])", request("Ada")).unwrap_err();
    assert_eq!(fault.code, FaultCode::TemplateError);
    assert!(fault.detail.starts_with("main.typ:1: "), "{fault}");
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
