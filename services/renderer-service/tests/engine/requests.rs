//! What a request may say: every rule, and all broken rules together.

use renderer_service::domain::FaultCode;
use renderer_service::engine::Templates;
use serde_json::{Value, json};

use crate::given::{parse, parse_at, request};

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
        ("/data/recipient", json!("Ada"), "wrong_type"),
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
        ("/data/issuer/name", json!(null), "required"),
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
        ("custom", json!({"Bad Key": 1}), "/data/custom/Bad Key unknown_field"),
        ("custom", json!({"a/b~c": 1}), "/data/custom/a~1b~0c unknown_field"),
        ("recipient", json!(null), "/data/recipient/name required"),
        ("achievement", json!(null), "/data/achievement/title required"),
        ("issuer", json!({}), "/data/issuer/name required"),
        ("platform", json!({}), "/data/platform/name required"),
        ("verify", json!({"url": "https://user:pw@example.org/"}), "/data/verify/url bad_url"),
        (
            "platform",
            json!({"name": "A", "url": "http://user@example.org/"}),
            "/data/platform/url bad_url",
        ),
        ("verify", json!({"id": "short"}), "/data/verify/id bad_character"),
        ("verify", json!({"id": "x".repeat(65)}), "/data/verify/id too_long"),
        ("verify", json!({"url": "http://example.org/1"}), "/data/verify/url bad_url"),
        ("verify", json!({"url": "/relative"}), "/data/verify/url bad_url"),
        ("verify", json!({"url": "https://example.org/a b"}), "/data/verify/url bad_url"),
        ("verify", json!({"url": "https://example.org/{a}"}), "/data/verify/url bad_url"),
        ("verify", json!({"url": "https://example.org/ä"}), "/data/verify/url bad_url"),
        ("verify", json!({"url": "https://example.org/%zz"}), "/data/verify/url bad_url"),
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
fn too_many_of_something_hides_nothing_else() {
    let person = |number| json!({"name": format!("Person {number}")});
    let mut people: Vec<Value> = (0..7).map(person).collect();
    people[2] = json!({"title": "Dean\u{7}"});
    people[5]["image"] = json!("https://example.org/a.png");
    let keys = (0..50).map(|number| format!("k{number}"));
    let custom: serde_json::Map<String, Value> =
        ["A".to_owned()].into_iter().chain(keys).map(|key| (key, json!(1))).collect();
    let mut outputs = vec![json!("pdf"); 33];
    outputs[1] = json!("gif");
    let mut request = request("Ada");
    request["outputs"] = json!(outputs);
    request["data"]["signatories"] = json!(people);
    request["data"]["custom"] = json!(custom);
    let said = complaints(request);
    let expected = "/outputs too_long; /outputs/1 unknown_output; \
                    /data/signatories out_of_range; /data/signatories/2/name required; \
                    /data/signatories/2/title bad_character; \
                    /data/signatories/5/image bad_image_ref; \
                    /data/custom out_of_range; /data/custom/A unknown_field";
    assert_eq!(said, expected);
}

#[test]
fn one_text_may_break_several_rules() {
    let said = complaints(request(&format!("a\u{202E}b\u{7}{}", "c".repeat(255))));
    let name = "/data/recipient/name";
    assert_eq!(said, format!("{name} bidi_control; {name} bad_character; {name} too_long"));
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
    let accepts = |base: &str, url: &str| {
        let mut request = request("Ada");
        request["data"]["verify"] = json!({"url": url});
        parse_at(base, request, &templates).is_ok()
    };
    for own in ["http://127.0.0.1:18150/credentials/abc/", "http://renderer.test/credentials/1"] {
        assert!(accepts("http://renderer.test:8084", own), "{own}");
        assert!(!accepts("https://renderer.test", own), "{own}");
    }
    assert!(!accepts("http://renderer.test:8084", "http://elsewhere.example/verify/1"));
    assert!(!accepts("http://renderer.test:8084", "http://user:pw@renderer.test/verify/1"));
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
    assert_eq!(fault.summary(), "/outputs/1 no_signing_key");
}

#[test]
fn an_address_of_our_own_pages_is_that_of_this_certificate() {
    let refused = |verify: Value| complaints(changed("/data/verify", verify));
    let page = |number: &str| format!("https://certs.example.org/verify/{number}");
    let own = json!({"id": "number-1", "url": page("number-1")});
    assert_eq!(refused(own), "accepted");
    let other = json!({"id": "number-1", "url": page("number-2")});
    assert_eq!(refused(other), "/data/verify/url bad_url");
    // Without an id, the one that follows from the data.
    assert_eq!(refused(json!({"url": page("number-2")})), "/data/verify/url bad_url");
    let derived = parse(request("Ada Lovelace"), &Templates::bundled()).unwrap();
    let derived = derived.request.data.verify.unwrap().id.unwrap();
    assert_eq!(refused(json!({"url": page(&derived)})), "accepted");
    // It is told together with the rest, as far as it can be.
    let mut wrong = changed("/data/verify", json!({"id": "number-1", "url": page("number-2")}));
    wrong["page"] = json!("a5");
    assert_eq!(complaints(wrong), "/page bad_page; /data/verify/url bad_url");
}
