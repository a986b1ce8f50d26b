//! What search engines and social networks read: Open Graph, and the achievement as JSON-LD.

use minijinja::Value;
use serde::Serialize;
use serde_json::json;

use super::{CertificateView, Kind};
use crate::pages::markup::plain;
use crate::pages::site::web_address;
use crate::pages::wording::Language;

/// The invisible part of the page. The learner's name is not in it: it should leave the page
/// only when somebody reads it there.
#[derive(Serialize)]
pub(super) struct Metadata {
    title: String,
    og_title: String,
    description: String,
    image: Option<Image>,
    locale: String,
    json_ld: Value,
}

#[derive(Serialize)]
struct Image {
    url: String,
    /// Whether this is the rendered preview, whose size is known.
    is_preview: bool,
}

impl Metadata {
    pub(super) fn of(view: &CertificateView, language: &Language, credential_name: &str) -> Self {
        let blanks = [("platform", view.site.platform()), ("title", view.title.as_str())];
        let description = language.words().frame.description.text(&blanks);
        Self {
            title: format!("{credential_name} | {}", view.site.title()),
            og_title: format!("{credential_name}: {}", view.title),
            image: Image::of(view),
            locale: language.open_graph_tag(),
            json_ld: json_ld(view, language, credential_name, &description),
            description,
        }
    }
}

impl Image {
    fn of(view: &CertificateView) -> Option<Self> {
        let preview = view.preview_url.as_deref().and_then(web_address);
        let logo = || view.organizations.first()?.logo_url.as_deref().and_then(web_address);
        let url = preview.or_else(logo)?.to_owned();
        Some(Self { url, is_preview: preview.is_some() })
    }
}

/// The achievement in the words of schema.org.
fn json_ld(view: &CertificateView, language: &Language, name: &str, description: &str) -> Value {
    let organization = |one: &super::Organization| {
        let mut object = json!({"@type": "EducationalOrganization", "name": plain(&one.name)});
        if let Some(logo) = one.logo_url.as_deref().and_then(web_address) {
            object["logo"] = json!(logo);
        }
        object
    };
    let kind = match view.kind {
        Kind::Course { .. } => "Course",
        Kind::Program { .. } => "EducationalOccupationalProgram",
    };
    let mut document = json!({
        "@context": "https://schema.org",
        "@type": "EducationalOccupationalCredential",
        "@id": view.url,
        "url": view.url,
        "identifier": view.uuid.simple().to_string(),
        "name": view.title,
        "description": description,
        "credentialCategory": name,
        "inLanguage": language.tag(),
        "dateCreated": view.issued_on.to_string(),
        "about": {"@type": kind, "name": view.title},
        "recognizedBy": view.organizations.iter().map(organization).collect::<Vec<_>>(),
        "publisher": {"@type": "Organization", "name": view.site.platform()},
    });
    if let Some(preview) = view.preview_url.as_deref().and_then(web_address) {
        document["image"] = json!(preview);
    }
    Value::from_safe_string(script_safe(&document.to_string()))
}

/// JSON that cannot end the `script` element it stands in: what HTML could take for markup is
/// written as JSON escapes.
fn script_safe(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            other => safe.push(other),
        }
    }
    safe
}
