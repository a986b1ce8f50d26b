//! What programs and people get back out of a certificate.

use std::process::Command;

use renderer_service::domain::Output;
use serde_json::json;

use crate::given::{NAMES, pdf, rendered, request, text_of};

#[test]
fn the_text_of_every_name_can_be_taken_out_again() {
    for (script, name) in NAMES.iter().filter(|(script, _)| *script != "mixed") {
        let Some(text) = text_of(&pdf(request(name))) else {
            eprintln!("skipped: pdftotext is not installed");
            return;
        };
        assert!(text.contains(name), "{script}: {text}");
    }
}

#[test]
fn values_are_never_markup() {
    let name = "*Ada* _B_ $x^2$ #1 [y] <z> \\ // `c` @ref";
    let Some(text) = text_of(&pdf(request(name))) else {
        return;
    };
    assert!(text.contains(name), "{text}");
}

#[test]
fn hours_are_printed_as_people_write_them() {
    for (locale, hours, printed) in [
        ("en", json!(40.333_333_333_333_336), "40.33 hours of study"),
        ("en", json!(1.0), "1 hour of study"),
        ("de", json!(1.5), "1,5 Stunden Lernzeit"),
        ("ja", json!(12_000.0), "12,000 時間"),
        ("he", json!(0.5), "0.5"),
    ] {
        let mut request = request("Ada Lovelace");
        request["locale"] = json!(locale);
        request["data"]["achievement"]["hours"] = hours;
        let Some(text) = text_of(&pdf(request)) else {
            return;
        };
        assert!(text.contains(printed), "{locale}: {text}");
    }
}

/// One id, so one document: `40` and `40.0` are the same number in canonical JSON.
#[test]
fn two_spellings_of_one_number_are_one_document() {
    let of = |hours: serde_json::Value| {
        let mut request = request("Ada Lovelace");
        request["data"]["achievement"]["hours"] = hours.clone();
        request["data"]["achievement"]["credits"] = hours;
        pdf(request)
    };
    assert!(of(json!(40)) == of(json!(40.0)));
}

#[test]
fn the_qr_code_leads_to_the_verify_url() {
    let url = "https://certs.example.org/verify/abcdefgh-0123456789_ABCDEF";
    for page in ["a4-landscape", "letter-portrait"] {
        let mut request = request("Ada Lovelace");
        request["page"] = json!(page);
        request["outputs"] = json!(["png"]);
        request["options"] = json!({"png_width": 2000});
        request["data"]["verify"] = json!({"id": "abcdefgh-0123456789_ABCDEF"});
        let png = rendered(request).unwrap().files.remove(0).1;
        let picture = image::load_from_memory(&png).unwrap().to_luma8();
        let mut picture = rqrr::PreparedImage::prepare(picture);
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1, "{page}");
        let (meta, content) = grids[0].decode().unwrap();
        assert_eq!(content, url);
        // Error-correction level M is 0 in the format bits.
        assert_eq!(meta.ecc_level, 0);
    }
}

#[test]
fn pictures_have_the_sizes_that_were_asked_for_and_are_opaque() {
    let mut request = request("Ada Lovelace");
    request["outputs"] = json!(["png", "card", "svg"]);
    request["options"] = json!({"png_width": 777});
    let artifacts = rendered(request).unwrap();
    let size = |output: Output| {
        let file = &artifacts.files.iter().find(|(found, _)| *found == output).unwrap().1;
        let picture = image::load_from_memory(file).unwrap();
        assert!(!picture.color().has_alpha());
        (picture.width(), picture.height())
    };
    assert_eq!(size(Output::Png).0, 777);
    assert_eq!(size(Output::Card), (1200, 630));
    let svg = &artifacts.files.iter().find(|(found, _)| *found == Output::Svg).unwrap().1;
    let svg = std::str::from_utf8(svg).unwrap();
    for forbidden in ["<script", "<a ", "<text", "<foreignObject", "\"http"] {
        let allowed = svg.matches("\"http://www.w3.org/").count();
        let found = svg.matches(forbidden).count();
        let found = if forbidden == "\"http" { found - allowed } else { found };
        assert_eq!(found, 0, "{forbidden}");
    }
}

#[test]
fn the_title_bar_names_the_document_and_its_language_is_set() {
    let mut request = request("Ada");
    request["locale"] = json!("de");
    let pdf = pdf(request);
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.contains("/DisplayDocTitle true"));
    assert_eq!(text.matches("/S/H1").count(), 1, "one main heading");
    assert!(text.contains("/Lang(de)"), "no language");
    assert!(text.contains("Leistungszertifikat: Ada"), "no title");
}

#[test]
fn a_locale_without_wording_falls_back_with_a_warning() {
    let mut request = request("Ada");
    request["locale"] = json!("tlh");
    let artifacts = rendered(request).unwrap();
    assert_eq!(artifacts.warnings[0].code, "locale_fallback");
}

#[test]
fn a_reader_finds_the_credential_under_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let (json, jws) = (r#"{"a": "§"}"#, "eyJhbGciOiJFZERTQSJ9.e30.AA");
    for (credential, name) in [(json, "credential.json"), (jws, "credential.jwt")] {
        let mut request = request("Ada Lovelace");
        request["data"]["credential"] = json!(credential);
        let file = folder.path().join("Certificate.pdf");
        std::fs::write(&file, pdf(request)).unwrap();
        let detach = |args: &[&str]| Command::new("pdfdetach").args(args).arg(&file).output();
        let Ok(list) = detach(&["-list"]) else {
            return eprintln!("skipped: pdfdetach is not installed");
        };
        let list = String::from_utf8_lossy(&list.stdout).into_owned();
        assert!(
            list.contains("1 embedded files") && list.contains(&format!(": {name}\n")),
            "{list}"
        );
        let saved = folder.path().join(name);
        detach(&["-save", "1", "-o", saved.to_str().unwrap()]).unwrap();
        assert_eq!(std::fs::read_to_string(&saved).unwrap(), credential);
    }
}

#[test]
fn a_long_address_is_printed_and_encoded_whole() {
    let url = format!("https://certs.example.org/{}", "abcdefghij".repeat(40));
    let mut request = request("Ada Lovelace");
    request["outputs"] = json!(["pdf", "png"]);
    request["options"] = json!({"png_width": 3000});
    request["data"]["verify"] = json!({"url": url});
    let artifacts = rendered(request).unwrap();
    let picture = image::load_from_memory(&artifacts.files[1].1).unwrap().to_luma8();
    let mut picture = rqrr::PreparedImage::prepare(picture);
    assert_eq!(picture.detect_grids()[0].decode().unwrap().1, url);
    if let Some(text) = text_of(&artifacts.files[0].1) {
        let joined: String = text.split_whitespace().collect();
        assert!(joined.contains(url.trim_start_matches("https://")), "{text}");
    }
}
