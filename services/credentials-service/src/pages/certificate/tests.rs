//! What the page must say and must never say, on views made by hand.

use super::*;
use crate::pages::{Facebook, Twitter};

const HEX: &str = "7d3f0c1a9b524e0f8a6be2c94d1175f3";
const URL: &str = "https://c.example.org/credentials/7d3f0c1a9b524e0f8a6be2c94d1175f3/";

fn given_certificate() -> CertificateView {
    let organization = |name: &str| Organization {
        display_name: name.to_owned(),
        name: name.to_owned(),
        logo_url: Some("https://cdn.example.org/logo.png".to_owned()),
    };
    CertificateView {
        site: Site {
            name: "Northfield Credentials".to_owned(),
            platform_name: "Northfield Online".to_owned(),
            help_url: Some("https://help.example.org/".to_owned()),
            ..Site::default()
        },
        language: None,
        default_language: "en".to_owned(),
        uuid: Uuid::parse_str(HEX).expect("an id"),
        url: URL.to_owned(),
        kind: Kind::Program {
            uuid: Uuid::from_u128(5),
            type_title: "Professional Certificate".to_owned(),
        },
        title: "Foundations of Data Science".to_owned(),
        learner_name: "Zoë Achterberg".to_owned(),
        organizations: vec![organization("Northfield"), organization("Statistics")],
        signatories: vec![Signatory {
            name: "Ingrid Solheim".to_owned(),
            title: "Dean".to_owned(),
            organization_override: None,
            image_url: Some("/media/signatories/1/solheim.png".to_owned()),
        }],
        issued_on: NaiveDate::from_ymd_opt(2025, 3, 14).expect("a date of the calendar"),
        hours_of_effort: Some(8),
        viewer: Viewer::Stranger,
        sharing: Sharing {
            linkedin: true,
            twitter: Some(Twitter::default()),
            facebook: Some(Facebook { app_id: "4711".to_owned() }),
        },
        pdf: Pdf::Ready { url: format!("/credentials/{HEX}/certificate.pdf") },
        preview_url: None,
        badge: Some(Badge {
            image_url: None,
            page_url: "https://b.example.org/badge/assertions/x".to_owned(),
            verify_url: "https://b.example.org/badge/assertions/x#verify".to_owned(),
        }),
        year: 2026,
    }
}

fn html(view: &CertificateView) -> String {
    render(view).expect("the template fits the view")
}

/// The text of the page as a reader without markup has it.
fn text(view: &CertificateView) -> String {
    let body = html(view);
    let body = body.split_once("<body>").expect("a body").1;
    let mut text = String::new();
    for part in body.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn json_ld(html: &str) -> serde_json::Value {
    let begin = "<script type=\"application/ld+json\">";
    let (_, rest) = html.split_once(begin).expect("JSON-LD");
    let (json, _) = rest.split_once("</script>").expect("an end");
    serde_json::from_str(json).expect("JSON")
}

#[test]
fn a_program_certificate_reads_as_one_text() {
    let text = text(&given_certificate());
    assert!(
        text.contains(
            "This is to certify that Zoë Achterberg has successfully completed the program \
             Foundations of Data Science offered by Northfield and Statistics through Northfield Online"
        ),
        "{text}"
    );
    assert!(text.contains("Professional Certificate Issued March 2025"), "{text}");
    assert!(text.contains("8 hours of effort"), "{text}");
    assert!(text.contains(&format!("Certificate ID {HEX}")), "{text}");
    assert!(text.contains("March 14, 2025"), "{text}");
}

#[test]
fn the_page_is_titled_by_type_and_site_and_kept_out_of_search_engines() {
    let html = html(&given_certificate());
    assert!(html.contains("<title>Professional Certificate | Northfield Credentials</title>"));
    assert!(html.contains("<meta name=\"robots\" content=\"noindex\">"));
    assert!(html.contains("<html lang=\"en\" dir=\"ltr\">"));
}

#[test]
fn a_course_is_named_after_its_mode() {
    let name = |mode: &str| {
        let kind = Kind::Course { mode: mode.to_owned() };
        let html = html(&CertificateView { kind, ..given_certificate() });
        html.split_once("<title>")
            .and_then(|(_, rest)| rest.split_once(" | "))
            .map(|(n, _)| n.to_owned())
    };
    assert_eq!(name("verified").as_deref(), Some("Verified certificate"));
    assert_eq!(name("no-id-professional").as_deref(), Some("Professional certificate"));
    assert_eq!(name("something-new").as_deref(), Some("Course certificate"));
}

#[test]
fn markup_in_any_text_stays_text() {
    let evil = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let mut view = given_certificate();
    view.site.name = evil.to_owned();
    view.site.platform_name = evil.to_owned();
    view.title = evil.to_owned();
    view.learner_name = evil.to_owned();
    view.kind = Kind::Program { uuid: Uuid::nil(), type_title: evil.to_owned() };
    view.organizations[0].name = evil.to_owned();
    view.organizations[0].display_name = evil.to_owned();
    view.signatories[0].name = evil.to_owned();
    view.signatories[0].title = evil.to_owned();
    view.signatories[0].organization_override = Some(evil.to_owned());
    view.viewer = Viewer::Owner { name: evil.to_owned() };
    view.language = Some(evil.to_owned());
    let html = html(&view);
    assert_eq!(html.matches("<script").count(), 2, "ours: JSON-LD and the print button");
    assert!(!html.contains("<img src=x"));
    assert_eq!(json_ld(&html)["name"], evil);
}

#[test]
fn nothing_on_the_page_needs_an_inline_style_or_script() {
    let mut view = given_certificate();
    view.viewer = Viewer::Owner { name: "Zoë".to_owned() };
    let html = html(&view);
    for inline in [" style=", "<style", " onclick=", " onload=", "javascript:"] {
        assert!(!html.contains(inline), "{inline}");
    }
}

#[test]
fn addresses_that_are_not_of_the_web_are_left_out() {
    let mut view = given_certificate();
    view.site.help_url = Some("javascript:alert(1)".to_owned());
    view.signatories[0].image_url = Some("javascript:alert(1)".to_owned());
    view.organizations[0].logo_url = Some("data:text/html,x".to_owned());
    view.pdf = Pdf::Ready { url: "javascript:alert(1)".to_owned() };
    view.badge = Some(Badge {
        image_url: None,
        page_url: "javascript:alert(1)".to_owned(),
        verify_url: URL.to_owned(),
    });
    let html = html(&view);
    assert!(!html.contains("javascript:"));
    assert!(!html.contains("data:text"));
}

#[test]
fn only_owner_and_staff_see_sharing_buttons() {
    let stranger = html(&given_certificate());
    assert!(!stranger.contains("linkedin.com") && !stranger.contains("class=\"banner\""));

    let viewer = Viewer::Owner { name: "Zoë".to_owned() };
    let owner = html(&CertificateView { viewer, ..given_certificate() });
    assert!(owner.contains("Congratulations, <bdi>Zoë</bdi>!"));
    let staff = html(&CertificateView { viewer: Viewer::Staff, ..given_certificate() });
    assert!(!staff.contains("Congratulations"));
    for page in [owner, staff] {
        for network in ["linkedin", "twitter", "facebook"] {
            let event = format!("edx.bi.credentials.{network}_share.attempted");
            assert!(page.contains(&event), "{network}");
        }
    }
}

#[test]
fn everybody_may_print_and_fetch_the_pdf_once_there_is_one() {
    let ready = html(&given_certificate());
    assert!(ready.contains("certificate.pdf") && ready.contains("data-print"));
    let preparing = html(&CertificateView { pdf: Pdf::Preparing, ..given_certificate() });
    assert!(!preparing.contains("certificate.pdf"));
    assert!(preparing.contains("The PDF is being prepared"));
    let absent = html(&CertificateView { pdf: Pdf::Absent, ..given_certificate() });
    assert!(!absent.contains("PDF"));
}

#[test]
fn the_seal_of_three_signatories_has_a_row_of_its_own() {
    let mut view = given_certificate();
    view.signatories = vec![view.signatories[0].clone(); 3];
    assert!(html(&view).contains("attestation--three"));
    view.signatories.pop();
    assert!(!html(&view).contains("attestation--three"));
}

#[test]
fn a_document_that_cannot_be_made_is_spoken_of() {
    let mut view = given_certificate();
    view.pdf = Pdf::Failed;
    assert!(text(&view).contains("There is no PDF of this certificate."));
    view.pdf = Pdf::Absent;
    assert!(!text(&view).contains("There is no PDF"));
}

#[test]
fn header_and_title_name_the_same_site() {
    let html = html(&given_certificate());
    assert!(html.contains("<bdi>Northfield Credentials</bdi></span>"));
    assert!(html.contains("| Northfield Credentials</title>"));
}

#[test]
fn a_page_without_organizations_logos_or_signatories_still_reads_well() {
    let view = CertificateView {
        organizations: Vec::new(),
        signatories: Vec::new(),
        hours_of_effort: Some(0),
        ..given_certificate()
    };
    let text = text(&view);
    assert!(
        text.contains("Foundations of Data Science offered through Northfield Online"),
        "{text}"
    );
    assert!(!text.contains("hours of effort"), "{text}");
    assert!(!html(&view).contains("class=\"logos\""));
}

#[test]
fn a_signatory_stands_for_the_first_organization_unless_told_otherwise() {
    let mut view = given_certificate();
    assert!(text(&view).contains("Ingrid Solheim Dean Northfield"));
    view.signatories[0].title = "<b>Dean</b><script>x</script>".to_owned();
    view.signatories[0].organization_override = Some("<i>Elsewhere</i>".to_owned());
    assert!(html(&view).contains("<bdi><b>Dean</b></bdi>"));
    assert!(html(&view).contains("<bdi><i>Elsewhere</i></bdi>"));
    assert!(html(&view).contains("alt=\"Signature of Ingrid Solheim\""));
}

#[test]
fn right_to_left_pages_set_direction_and_keep_names_apart() {
    let view = CertificateView { language: Some("ar".to_owned()), ..given_certificate() };
    let html = html(&view);
    assert!(html.contains("<html lang=\"ar\" dir=\"rtl\">"));
    assert!(html.contains("<bdi dir=\"auto\">Zoë Achterberg</bdi>"));
    assert!(html.contains("<bdi>Northfield Online</bdi>"));
    assert!(html.contains("صدرت في <bdi>مارس 2025</bdi>"));
}

#[test]
fn every_language_makes_a_page() {
    for tag in ["en", "es", "fr", "de", "pt-br", "ar", "he", "hi", "zh-cn", "vi", "es_419"] {
        let language = Some(tag.to_owned());
        let viewer = Viewer::Owner { name: "Zoë".to_owned() };
        let html = html(&CertificateView { language, viewer, ..given_certificate() });
        assert!(html.contains("Foundations of Data Science"), "{tag}");
        assert!(!html.contains("{platform}"), "{tag}");
    }
}

#[test]
fn social_networks_get_the_preview_or_else_the_first_logo() {
    let logo = html(&given_certificate());
    assert!(logo.contains("property=\"og:image\" content=\"https://cdn.example.org/logo.png\""));
    assert!(!logo.contains("og:image:width"));

    let preview_url = Some("https://r.example.org/card.png".to_owned());
    let preview = html(&CertificateView { preview_url, ..given_certificate() });
    for tag in [
        "property=\"og:type\" content=\"website\"",
        "property=\"og:title\" content=\"Professional Certificate: Foundations of Data Science\"",
        "property=\"og:image\" content=\"https://r.example.org/card.png\"",
        "property=\"og:image:width\" content=\"1200\"",
        "property=\"og:image:height\" content=\"630\"",
        "name=\"twitter:card\" content=\"summary_large_image\"",
        "property=\"og:site_name\" content=\"Northfield Credentials\"",
    ] {
        assert!(preview.contains(tag), "{tag}");
    }
    assert!(preview.contains(&format!("property=\"og:url\" content=\"{URL}\"")));
}

#[test]
fn json_ld_describes_the_achievement_and_not_the_learner() {
    let html = html(&given_certificate());
    let document = json_ld(&html);
    assert_eq!(document["@type"], "EducationalOccupationalCredential");
    assert_eq!(document["identifier"], HEX);
    assert_eq!(document["credentialCategory"], "Professional Certificate");
    assert_eq!(document["recognizedBy"][1]["name"], "Statistics");
    let head = html.split_once("<body>").expect("a body").0;
    assert!(!head.contains("Achterberg"));
}
