//! What a request may say: every rule, and all broken rules together.

use std::collections::HashMap;

use renderer_service::domain::ids::IdSecret;
use renderer_service::domain::{FaultCode, RenderRequest, Surroundings};
use renderer_service::engine::Templates;
use serde_json::{Value, json};

use crate::given::{parse, request};

/// A request with one place changed; `null` takes the member away.
fn changed(pointer: &str, value: Value) -> Value {
    let mut request = request("Ada Lovelace");
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = request.pointer_mut(parent).unwrap();
    parent[key] = value;
    request
}

/// The `pointer code` pairs of a request that is refused.
fn complaints(request: Value) -> String {
    match parse(request, &Templates::bundled()) {
        Ok(_) => "accepted".to_owned(),
        Err(fault) => {
            assert_eq!(fault.code, FaultCode::Invalid);
            fault.summary()
        }
    }
}

#[test]
fn each_broken_rule_has_its_pointer_and_code() {
    let png_head = "data:image/png;base64,iVBORw0KGgo=";
    let asset = format!("asset:sha256-{}", "0".repeat(64));
    let many: serde_json::Map<String, Value> =
        (0..51).map(|number| (format!("k{number}"), json!(1))).collect();
    let table = [
        ("/kind", json!("diploma"), "out_of_range"),
        ("/kind", json!(null), "required"),
        ("/kind", json!(3), "wrong_type"),
        ("/template", json!("nonsense"), "unknown_template"),
        ("/template", json!("classic@99"), "unknown_template"),
        ("/template", json!(null), "required"),
        ("/locale", json!("en_US"), "bad_locale"),
        ("/page", json!("a5"), "bad_page"),
        ("/outputs", json!([]), "required"),
        ("/outputs", json!("pdf"), "wrong_type"),
        ("/outputs", json!(vec!["pdf"; 33]), "too_long"),
        ("/colour", json!(1), "unknown_field"),
        ("/options", json!(7), "wrong_type"),
        ("/data", json!(null), "required"),
        ("/data", json!([]), "wrong_type"),
        ("/data/recipient", json!(null), "required"),
        ("/data/recipient/name", json!(null), "required"),
        ("/data/recipient/name", json!("  "), "required"),
        ("/data/recipient/name", json!("\u{200F}"), "required"),
        ("/data/recipient/name", json!(["Ada"]), "wrong_type"),
        ("/data/recipient/name", json!("A".repeat(256)), "too_long"),
        ("/data/recipient/name", json!("Ada\nLovelace"), "bad_character"),
        ("/data/recipient/name", json!("Ada\u{202E}ecalevoL"), "bidi_control"),
        ("/data/recipient/lang", json!("english language"), "bad_locale"),
        ("/data/recipient/email", json!("a@example.org"), "unknown_field"),
        ("/data/achievement/title", json!("T".repeat(401)), "too_long"),
        ("/data/achievement/type", json!("diploma"), "out_of_range"),
        ("/data/achievement/hours", json!(-1), "out_of_range"),
        ("/data/achievement/hours", json!("40"), "wrong_type"),
        ("/data/achievement/credits", json!([1]), "wrong_type"),
        ("/data/achievement/statement", json!("x".repeat(1001)), "too_long"),
        ("/data/issuer", json!(null), "required"),
        ("/data/issuer/logo", json!("https://example.org/logo.png"), "bad_image_ref"),
        ("/data/issuer/logo", json!("file:///etc/passwd"), "bad_image_ref"),
        ("/data/issuer/logo", json!(asset), "unknown_asset"),
        ("/data/issuer/logo", json!(png_head), "bad_image"),
        ("/data/platform/url", json!("javascript:alert(1)"), "bad_url"),
        ("/data/issued_on", json!("14.03.2026"), "bad_date"),
        ("/data/issued_on", json!("2026-02-30"), "bad_date"),
        ("/data/issued_on", json!(null), "required"),
        ("/data/expires_on", json!("2026-03-13"), "bad_date"),
        ("/data/signatories", json!({}), "wrong_type"),
        ("/data/signatories", json!(vec![json!({"name": "A"}); 7]), "out_of_range"),
        ("/data/background", json!("data:application/pdf;base64,AA"), "bad_image_ref"),
        ("/data/credential", json!("neither JSON nor JWS"), "wrong_type"),
        ("/data/credential", json!("x".repeat(262_145)), "too_long"),
        ("/data/custom", json!(many), "out_of_range"),
        ("/data/custom", json!({"Bad Key": 1}), "unknown_field"),
        ("/data/verify", json!("id"), "wrong_type"),
        ("/data/hidden", json!(true), "unknown_field"),
    ];
    for (pointer, value, code) in table {
        assert_eq!(
            complaints(changed(pointer, value.clone())),
            format!("{pointer} {code}"),
            "{}",
            value.to_string().chars().take(60).collect::<String>()
        );
    }
}

#[test]
fn inner_members_are_checked_too() {
    for (member, value, expected) in [
        ("options", json!({"png_width": 199}), "/options/png_width out_of_range"),
        ("options", json!({"png_width": 1200.5}), "/options/png_width out_of_range"),
        ("options", json!({"size": 400}), "/options/size unknown_field"),
        ("outputs", json!(["pdf", "gif", 3]), "/outputs/1 unknown_output; /outputs/2 wrong_type"),
    ] {
        assert_eq!(complaints(changed(&format!("/{member}"), value)), expected);
    }
    for (member, value, expected) in [
        ("custom", json!({"a": [1]}), "/data/custom/a wrong_type"),
        ("verify", json!({"id": "short"}), "/data/verify/id bad_character"),
        ("verify", json!({"id": "x".repeat(65)}), "/data/verify/id too_long"),
        ("verify", json!({"url": "http://example.org/1"}), "/data/verify/url bad_url"),
        ("verify", json!({"url": "/relative"}), "/data/verify/url bad_url"),
        (
            "verify",
            json!({"url": format!("https://e.org/{}", "x".repeat(512))}),
            "/data/verify/url too_long",
        ),
        (
            "signatories",
            json!([{"title": "Dean"}, 4]),
            "/data/signatories/0/name required; /data/signatories/1 wrong_type",
        ),
    ] {
        assert_eq!(complaints(changed(&format!("/data/{member}"), value)), expected);
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let mut request = request("");
    request["page"] = json!("a5");
    request["data"]["issued_on"] = json!("soon");
    request["data"]["achievement"]["title"] = json!("a\u{202A}b");
    request["data"]["extra"] = json!(1);
    let said = complaints(request);
    let expected = "/page bad_page; /data/recipient/name required; \
                    /data/achievement/title bidi_control; /data/issued_on bad_date; \
                    /data/extra unknown_field";
    assert_eq!(said, expected);
}

#[test]
fn what_is_no_object_is_refused_and_never_panics() {
    for value in [json!(null), json!([]), json!("x"), json!(1.5), json!({}), json!({"data": {}})] {
        assert!(parse(value, &Templates::bundled()).is_err());
    }
}

#[test]
fn a_message_never_repeats_the_value() {
    let fault =
        parse(changed("/data/recipient/name", json!("Secret\u{7}Name")), &Templates::bundled());
    assert!(!format!("{:?}", fault.unwrap_err()).contains("Secret"));
}

#[test]
fn null_equals_absent_and_spelling_does_not_change_the_id() {
    let templates = Templates::bundled();
    let id = |request: Value| parse(request, &templates).unwrap().render_id;
    let plain = id(request("Nguyễn"));
    let mut spelled = request("  Nguye\u{302}\u{303}n ");
    spelled["data"]["disclaimer"] = json!(null);
    spelled["locale"] = json!("EN");
    spelled["page"] = json!("a4-landscape");
    spelled["outputs"] = json!(["png", "pdf", "png"]);
    spelled["template"] = json!("classic@1");
    assert_eq!(id(spelled), plain);
    assert_ne!(id(request("Nguyên")), plain);
    let mut wider = request("Nguyễn");
    wider["options"] = json!({"png_width": 1201});
    assert_ne!(id(wider), plain);
}

#[test]
fn the_verify_id_is_derived_and_its_url_follows() {
    let parsed = parse(request("Ada"), &Templates::bundled()).unwrap();
    let verify = parsed.request.data.verify.unwrap();
    let id = verify.id.unwrap();
    assert_eq!(id.len(), 32);
    assert_eq!(verify.url.unwrap(), format!("https://certs.example.org/verify/{id}"));
    // Another page is another render, but the same certificate to verify.
    let mut portrait = request("Ada");
    portrait["page"] = json!("a4-portrait");
    let portrait = parse(portrait, &Templates::bundled()).unwrap();
    assert_ne!(portrait.render_id, parsed.render_id);
    assert_eq!(portrait.request.data.verify.unwrap().id.unwrap(), id);
}

#[test]
fn plain_http_is_allowed_only_where_the_service_itself_is() {
    let templates = Templates::bundled();
    let mut request = request("Ada");
    request["data"]["verify"] = json!({"url": "http://127.0.0.1:18150/credentials/abc/"});
    let around = Surroundings {
        templates: &templates,
        assets: &HashMap::new(),
        secret: &IdSecret::zero(),
        default_locale: "en",
        public_base_url: None,
        allow_http: true,
        can_sign: false,
    };
    assert!(RenderRequest::parse(request.clone(), &around).is_ok());
    assert!(parse(request, &templates).is_err());
}

#[test]
fn badges_and_signatures_are_not_to_be_had() {
    let badge = json!({"kind": "badge", "data": {"image": "x"}});
    let fault = parse(badge, &Templates::bundled()).unwrap_err();
    assert_eq!(fault.code, FaultCode::NotSupported);
    let mut signed = request("Ada");
    signed["outputs"] = json!(["pdf", "sig"]);
    let fault = parse(signed, &Templates::bundled()).unwrap_err();
    assert_eq!(fault.code, FaultCode::NoSigningKey);
}
