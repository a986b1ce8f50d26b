//! PDF/UA-1 and PDF/A-2a together, for every name and on every page.

use std::process::Command;

use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};
use serde_json::json;

use crate::given::{NAMES, pdf, request};

const PAGES: [&str; 4] = ["a4-landscape", "letter-landscape", "a4-portrait", "letter-portrait"];
const LOCALES: [&str; 12] =
    ["en", "es", "fr", "de", "pt-BR", "ar", "he", "hi", "ja", "ru", "zh-Hans", "vi"];

/// The rules that a file breaks in a profile.
fn failures(pdf: &[u8], profile: ValidationProfile) -> Vec<String> {
    let options = ValidationOptions::default().profile(profile);
    let report = validate_pdf_bytes(pdf, &options).unwrap();
    report.failures.iter().map(|failure| format!("{failure}")).collect()
}

fn assert_conforms(pdf: &[u8], what: &str) {
    for profile in [ValidationProfile::PdfA2a, ValidationProfile::PdfUa1] {
        assert_eq!(failures(pdf, profile), Vec::<String>::new(), "{what} {profile}");
    }
}

#[test]
fn every_name_conforms_on_every_page() {
    for (script, name) in NAMES {
        for page in PAGES {
            let mut request = request(name);
            request["page"] = json!(page);
            assert_conforms(&pdf(request), &format!("{script} {page}"));
        }
    }
}

#[test]
fn every_locale_conforms_for_every_type() {
    for locale in LOCALES {
        for kind in
            ["certificate-of-completion", "certificate-of-achievement", "program-certificate"]
        {
            let mut request = request("Nguyễn Quang Khải");
            request["locale"] = json!(locale);
            request["data"]["achievement"]["type"] = json!(kind);
            assert_conforms(&pdf(request), &format!("{locale} {kind}"));
        }
    }
}

#[test]
fn a_bare_certificate_conforms() {
    let request = json!({
        "kind": "certificate", "template": "classic",
        "data": {
            "recipient": {"name": "Ada"}, "achievement": {"title": "Logic"},
            "issuer": {"name": "Example"}, "issued_text": "Spring 2026"
        }
    });
    assert_conforms(&pdf(request), "bare");
}

#[test]
fn a_full_certificate_conforms() {
    let mut request = request("Ada Lovelace");
    let data = &mut request["data"];
    data["recipient"]["lang"] = json!("en-GB");
    data["recipient"]["designation"] = json!("PhD");
    data["achievement"]["statement"] =
        json!("With honours & <distinction>.\n*Not bold*, $not$ maths.");
    data["achievement"]["credits"] = json!(7.5);
    data["expires_on"] = json!("2031-03-14");
    data["background"] = json!(crate::given::signature(3));
    data["disclaimer"] = json!("This is not a degree.\nIt confers no credit.");
    data["signatories"] = json!([{"name": "A"}, {"name": "B"}, {"name": "C"}, {"name": "D"}]);
    assert_conforms(&pdf(request), "full");
}

#[test]
fn a_certificate_with_broken_words_conforms() {
    for page in PAGES {
        let mut request = request(&"W".repeat(40));
        request["page"] = json!(page);
        let data = &mut request["data"];
        data["issuer"]["name"] = json!("Example".repeat(20));
        data["disclaimer"] = json!("x".repeat(400));
        data["signatories"][0]["organization"] = json!("y".repeat(70));
        let url = format!("https://example.org/{}", "z".repeat(300));
        data["verify"] = json!({ "url": url });
        assert_conforms(&pdf(request), page);
    }
}

#[test]
fn a_credential_travels_as_the_attachment_of_a_pdf_a_3() {
    let mut request = request("Ada Lovelace");
    let credential = r#"{"@context": ["https://www.w3.org/ns/credentials/v2"]}"#;
    request["data"]["credential"] = json!(credential);
    let pdf = pdf(request);
    for profile in [ValidationProfile::PdfA3a, ValidationProfile::PdfUa1] {
        assert_eq!(failures(&pdf, profile), Vec::<String>::new(), "{profile}");
    }
}

/// About two of a hundred documents have a stream whose data ends in a carriage return.
#[test]
fn no_document_of_many_has_a_stream_that_runs_into_its_end() {
    let mut mended = 0;
    for number in 0..150 {
        let pdf = pdf(request(&format!("Learner {number}")));
        assert_conforms(&pdf, &format!("document {number}"));
        mended += usize::from(pdf.windows(12).any(|bytes| bytes == b"\r\nendstream\n"));
    }
    // Otherwise the test has looked at nothing.
    assert!(mended > 0);
}

#[test]
fn qpdf_has_no_complaint() {
    let folder = tempfile::tempdir().unwrap();
    for (script, name) in NAMES {
        let file = folder.path().join(format!("{script}.pdf"));
        std::fs::write(&file, pdf(request(name))).unwrap();
        let Ok(output) = Command::new("qpdf").arg("--check").arg(&file).output() else {
            eprintln!("skipped: qpdf is not installed");
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{script}: {said}");
    }
}
