//! What the renderer is asked for: the body of its `POST /v1/renders`.
//!
//! Every text is cut and cleaned to the renderer's rules first, so that no job comes back because
//! of what somebody once typed into a catalog.

use serde_json::{Map, Value, json};

use super::{
    catalog::Organization,
    certificate::{Certificate, Kind},
    text::readable,
};

/// The template that certificates are made with.
const TEMPLATE: &str = "classic";

/// How many signatories a document has room for.
const MOST_SIGNATORIES: usize = 6;

/// The longest address that is printed.
const LONGEST_URL: usize = 512;

/// What is made of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Document,
    /// The document as well: it is there, unless something that it shows has changed since; then
    /// both show the same.
    DocumentAndPreview,
}

impl Wanted {
    /// As the renderer calls it.
    fn outputs(self) -> &'static [&'static str] {
        match self {
            Self::Document => &["pdf"],
            Self::DocumentAndPreview => &["pdf", "card"],
        }
    }
}

/// The request for what is wanted of this certificate; `None` while the learner's name is unknown.
///
/// `url` is the address of the certificate page, `language` the installation's.
pub fn request(
    certificate: &Certificate,
    wanted: Wanted,
    url: &str,
    language: &str,
) -> Option<Value> {
    let name = line(&certificate.learner_name()?, 255)?;
    let credential = &certificate.credential;
    let platform = line(certificate.site.platform_name(), 255);
    let data = json!({
        "recipient": { "name": name },
        "achievement": achievement(certificate),
        "issuer": issuer(certificate),
        "platform": platform.map(|name| json!({ "name": name, "url": platform_url(certificate) })),
        "issued_on": certificate.issued_at().utc().format("%Y-%m-%d").to_string(),
        "signatories": signatories(certificate),
        "verify": { "id": credential.uuid.hex(), "url": url },
    });
    Some(json!({
        "kind": "certificate",
        "template": TEMPLATE,
        "locale": locale(certificate.language(), language),
        "outputs": wanted.outputs(),
        "data": without_nulls(data),
    }))
}

fn achievement(certificate: &Certificate) -> Value {
    let (kind, code) = match &certificate.kind {
        Kind::Course { course_id, .. } => ("certificate-of-completion", course_number(course_id)),
        Kind::Program { .. } => ("program-certificate", None),
    };
    let title = line(&certificate.title, 400).unwrap_or_else(|| credential_code(certificate));
    json!({
        "title": title,
        "code": code.and_then(|code| line(code, 60)),
        "type": kind,
        "grade": grade(certificate),
        "hours": certificate.hours_of_effort().map(|hours| hours.min(100_000)),
    })
}

/// The middle of `course-v1:Org+Number+Run`, as schools call the course.
fn course_number(course_id: &str) -> Option<&str> {
    course_id.split(['+', '/']).nth(1)
}

/// The grade that came along with the award, if one did.
fn grade(certificate: &Certificate) -> Option<String> {
    let is_grade = |namespace: &str| namespace.is_empty() || namespace.starts_with("course");
    let grade = certificate
        .attributes
        .iter()
        .find(|each| each.name == "grade" && is_grade(&each.namespace))?;
    line(&grade.value, 60)
}

/// Whoever stands behind it: the first organization, else the site.
fn issuer(certificate: &Certificate) -> Value {
    let site = certificate.site.platform_name();
    let Some(first) = certificate.organizations.first() else {
        return json!({ "name": line(site, 255).unwrap_or_else(|| credential_code(certificate)) });
    };
    let name = line(&first.name, 255).or_else(|| line(&first.key, 255));
    json!({
        "name": name.unwrap_or_else(|| credential_code(certificate)),
        "short_name": line(&first.key, 255),
        "logo": logo(certificate, first),
    })
}

/// Only pictures that are kept here: the renderer fetches nothing.
fn logo(certificate: &Certificate, organization: &Organization) -> Option<String> {
    let path = organization.logo_url.as_ref()?;
    certificate.pictures.get(path).map(super::media::Picture::data_uri)
}

fn platform_url(certificate: &Certificate) -> Option<&str> {
    let look = &certificate.site.look;
    let url = look.homepage_url.as_deref().unwrap_or(&look.lms_url_root);
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_plain = url.len() <= LONGEST_URL && url.bytes().all(|b| b.is_ascii_graphic());
    (is_web && is_plain).then_some(url)
}

fn signatories(certificate: &Certificate) -> Vec<Value> {
    let organization = certificate.organizations.first().map(|first| first.name.as_str());
    let people = certificate.signatories.iter().filter_map(|person| {
        let name = line(&person.name, 255)?;
        let works_for = person.organization_name_override.as_deref().or(organization);
        let image = person.image_path.as_ref().and_then(|path| certificate.pictures.get(path));
        Some(json!({
            "name": name,
            "title": plain_line(&person.title),
            "organization": works_for.and_then(plain_line),
            "image": image.map(super::media::Picture::data_uri),
        }))
    });
    people.take(MOST_SIGNATORIES).collect()
}

/// What a certificate is called when nothing else is left of its texts.
fn credential_code(certificate: &Certificate) -> String {
    certificate.credential.uuid.hex()
}

/// A language tag that the renderer can read, in its spelling of the letters' case.
fn locale(configured: Option<&str>, default: &str) -> String {
    let tag = configured.unwrap_or(default).trim().replace('_', "-");
    let is_tag = tag.len() <= 35
        && tag.split('-').all(|part| {
            (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
        });
    let known = match tag.to_ascii_lowercase().as_str() {
        "zh-cn" | "zh-sg" | "zh" => "zh-Hans".to_owned(),
        _ => tag,
    };
    if is_tag { known } else { "en".to_owned() }
}

/// Text without the few tags that pages allow in titles.
fn plain_line(text: &str) -> Option<String> {
    line(&crate::pages::plain_text(text), 255)
}

/// One line of at most `most` characters without controls; `None` if nothing readable is left.
///
/// A character that only joins or directs is kept inside a text, since scripts need some of them.
pub fn line(text: &str, most: usize) -> Option<String> {
    // Normal form C is never longer in characters, and cutting keeps what comes first.
    let cut: String = readable(text).chars().take(most).collect();
    let cut = cut.trim_end().to_owned();
    cut.chars().any(|c| c.is_alphanumeric() || !is_blank(c)).then_some(cut)
}

/// Shows nothing by itself.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(u32::from(c),
            0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0
            | 0xE0000..=0xE0FFF)
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, inner)| !inner.is_null());
            Value::Object(
                kept.map(|(name, inner)| (name, without_nulls(inner))).collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{line, locale};

    #[test]
    fn a_line_keeps_what_can_be_read_and_nothing_else() {
        assert_eq!(line("  Nguyễn\tQuang\nKhải ", 255).as_deref(), Some("Nguyễn Quang Khải"));
        assert_eq!(line("a\u{202E}b\u{7}", 255).as_deref(), Some("ab"));
        assert_eq!(line("abc", 2).as_deref(), Some("ab"));
        assert_eq!(line("می\u{200C}خواهم", 255).as_deref(), Some("می\u{200C}خواهم"));
        for nothing in ["", "  ", "\u{200B}\u{FE0F}", "\u{0}"] {
            assert_eq!(line(nothing, 255), None, "{nothing:?}");
        }
    }

    #[test]
    fn languages_are_spelled_as_the_renderer_reads_them() {
        assert_eq!(locale(Some("es_419"), "en"), "es-419");
        assert_eq!(locale(None, "de"), "de");
        assert_eq!(locale(Some("zh-cn"), "en"), "zh-Hans");
        assert_eq!(locale(Some("not a tag"), "de"), "en");
    }
}
