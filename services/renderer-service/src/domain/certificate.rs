//! The `data` of a certificate, read from JSON by the rules of the contract.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::dates::Day;
use super::fields::Fields;
use super::image::{Assets, Picture, resolve};
use super::locale;
use super::text::{TextRule, normalise};
use super::violation::{Code, Report};

/// The largest credential that is attached to a PDF.
pub const MAX_CREDENTIAL_BYTES: usize = 256 * 1024;

/// What a certificate says, normalised. Members that are absent are not serialised, so that the
/// JSON of this type is what ids are derived from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    pub recipient: Recipient,
    pub achievement: Achievement,
    pub issuer: Organization,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Organization>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Day>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatories: Vec<Signatory>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<VerifyData>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclaimer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// Byte for byte as it was sent: a signature may cover it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub custom: Map<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipient {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub designation: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Achievement {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Key of the template's wording.
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<Value>,
}

/// The issuer or the platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Organization {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_alt: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signatory {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_alt: Option<String>,
}

/// What is printed for whoever wants to check. `url` is absent only in offline use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VerifyData {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What reading a certificate needs beside the JSON.
pub struct Reading<'a> {
    pub assets: &'a Assets,
    pub allow_http: bool,
    /// Wording keys of the template; nothing is known where the template itself is unknown.
    pub types: &'a [String],
    pub report: &'a mut Report,
    pub pictures: Vec<Picture>,
}

const NAME: TextRule = TextRule::line(255);
const SHORT: TextRule = TextRule::line(60);
const LONG: TextRule = TextRule::lines(1000);

impl Reading<'_> {
    /// The certificate, whose values only mean something while the report stays empty.
    pub fn certificate(&mut self, mut fields: Fields) -> Certificate {
        let recipient = self.recipient(&mut fields);
        let achievement = self.achievement(&mut fields);
        let issuer = fields.object("issuer", self.report);
        let issuer = self.organization(issuer, "issuer-logo");
        let platform = fields.optional_object("platform", self.report);
        let platform = platform.map(|found| self.organization(Some(found), "platform-logo"));
        let (issued_on, issued_text, expires_on) = self.dates(&mut fields);
        let signatories = self.signatories(&mut fields);
        let verify = self.verify(&mut fields);
        let disclaimer = fields.text("disclaimer", LONG, self.report);
        let background = self.image(&mut fields, "background", "background");
        let credential = self.credential(&mut fields);
        let custom = self.custom(&mut fields);
        fields.finish(self.report);
        Certificate {
            recipient,
            achievement,
            issuer,
            platform,
            issued_on,
            issued_text,
            expires_on,
            signatories,
            verify,
            disclaimer,
            background,
            credential,
            custom,
        }
    }

    fn recipient(&mut self, fields: &mut Fields) -> Recipient {
        let Some(mut fields) = fields.object("recipient", self.report) else {
            return Recipient { name: String::new(), lang: None, designation: None };
        };
        let name = fields.required_text("name", NAME, self.report);
        let lang = fields.string("lang", self.report).and_then(|lang| {
            let tag = locale::parse_tag(&lang);
            if tag.is_none() {
                self.report.add(fields.pointer("lang"), Code::BadLocale, "is not a language tag");
            }
            tag
        });
        let designation = fields.text("designation", SHORT, self.report);
        fields.finish(self.report);
        Recipient { name, lang, designation }
    }

    fn achievement(&mut self, fields: &mut Fields) -> Achievement {
        let mut found = fields.object("achievement", self.report);
        let Some(fields) = found.as_mut() else {
            let (title, kind) = (String::new(), String::new());
            return Achievement {
                title,
                code: None,
                kind,
                grade: None,
                statement: None,
                hours: None,
                credits: None,
            };
        };
        let achievement = Achievement {
            title: fields.required_text("title", TextRule::line(400), self.report),
            code: fields.text("code", SHORT, self.report),
            kind: self.kind(fields),
            grade: fields.text("grade", SHORT, self.report),
            statement: fields.text("statement", LONG, self.report),
            hours: self.number(fields, "hours"),
            credits: self.credits(fields),
        };
        if let Some(fields) = found {
            fields.finish(self.report);
        }
        achievement
    }

    fn kind(&mut self, fields: &mut Fields) -> String {
        let Some(kind) = fields.string("type", self.report) else {
            return self.types.first().cloned().unwrap_or_default();
        };
        if !self.types.is_empty() && !self.types.contains(&kind) {
            let message = format!("the template words {}", self.types.join(", "));
            self.report.add(fields.pointer("type"), Code::OutOfRange, message);
        }
        kind
    }

    fn number(&mut self, fields: &mut Fields, key: &str) -> Option<Number> {
        let (code, message) = match fields.take(key)? {
            Value::Number(number) => match number.as_f64() {
                Some(value) if (0.0..=100_000.0).contains(&value) => return Some(number),
                _ => (Code::OutOfRange, "must be 0 to 100000"),
            },
            _ => (Code::WrongType, "must be a number"),
        };
        self.report.add(fields.pointer(key), code, message);
        None
    }

    /// Credits are a number, or words such as `7.5 ECTS`.
    fn credits(&mut self, fields: &mut Fields) -> Option<Value> {
        match fields.take("credits")? {
            text @ Value::String(_) => {
                let pointer = fields.pointer("credits");
                self.printed(text, SHORT, &pointer)
            }
            Value::Number(number) if number.as_f64().is_some_and(|n| (0.0..=1e5).contains(&n)) => {
                Some(Value::Number(number))
            }
            Value::Number(_) => {
                self.report.add(fields.pointer("credits"), Code::OutOfRange, "must be 0 to 100000");
                None
            }
            _ => {
                let message = "must be a number or a string";
                self.report.add(fields.pointer("credits"), Code::WrongType, message);
                None
            }
        }
    }

    fn organization(&mut self, fields: Option<Fields>, slot: &str) -> Organization {
        let Some(mut fields) = fields else {
            let name = String::new();
            return Organization { name, short_name: None, url: None, logo: None, logo_alt: None };
        };
        let organization = Organization {
            name: fields.required_text("name", NAME, self.report),
            short_name: fields.text("short_name", NAME, self.report),
            url: self.url(&mut fields, true),
            logo: self.image(&mut fields, "logo", slot),
            logo_alt: fields.text("logo_alt", NAME, self.report),
        };
        fields.finish(self.report);
        organization
    }

    fn dates(&mut self, fields: &mut Fields) -> (Option<Day>, Option<String>, Option<Day>) {
        let issued_text = fields.text("issued_text", SHORT, self.report);
        let before = self.report.len();
        let issued_on = self.day(fields, "issued_on");
        if issued_on.is_none() && issued_text.is_none() && self.report.len() == before {
            self.report.add(fields.pointer("issued_on"), Code::Required, "is required");
        }
        let expires_on = self.day(fields, "expires_on");
        if let (Some(issued), Some(expires)) = (issued_on, expires_on)
            && expires < issued
        {
            let message = "is before issued_on";
            self.report.add(fields.pointer("expires_on"), Code::BadDate, message);
        }
        (issued_on, issued_text, expires_on)
    }

    fn day(&mut self, fields: &mut Fields, key: &str) -> Option<Day> {
        let text = fields.string(key, self.report)?;
        let day = Day::parse(&text);
        if day.is_none() {
            let message = "must be YYYY-MM-DD, year 1900 to 2200";
            self.report.add(fields.pointer(key), Code::BadDate, message);
        }
        day
    }

    fn signatories(&mut self, fields: &mut Fields) -> Vec<Signatory> {
        let pointer = fields.pointer("signatories");
        let items = match fields.take("signatories") {
            None => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.report.add(pointer, Code::WrongType, "must be a list");
                return Vec::new();
            }
        };
        if items.len() > 6 {
            self.report.add(pointer, Code::OutOfRange, "at most 6 signatories");
            return Vec::new();
        }
        let mut signatories = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let Some(mut fields) = Fields::of(item, &format!("{pointer}/{index}"), self.report)
            else {
                continue;
            };
            signatories.push(Signatory {
                name: fields.required_text("name", NAME, self.report),
                title: fields.text("title", NAME, self.report),
                organization: fields.text("organization", NAME, self.report),
                image: self.image(&mut fields, "image", &format!("signature-{index}")),
                image_alt: fields.text("image_alt", NAME, self.report),
            });
            fields.finish(self.report);
        }
        signatories
    }

    fn verify(&mut self, fields: &mut Fields) -> Option<VerifyData> {
        let mut fields = fields.optional_object("verify", self.report)?;
        let id = fields.string("id", self.report).filter(|id| {
            let is_id = (8..=64).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
            if !is_id {
                let (code, message) = if id.len() > 64 {
                    (Code::TooLong, "at most 64 characters")
                } else {
                    (Code::BadCharacter, "must be 8 to 64 of A-Z a-z 0-9 _ -")
                };
                self.report.add(fields.pointer("id"), code, message);
            }
            is_id
        });
        let url = self.url(&mut fields, self.allow_http);
        fields.finish(self.report);
        Some(VerifyData { id, url })
    }

    fn url(&mut self, fields: &mut Fields, allow_http: bool) -> Option<String> {
        let text = fields.string("url", self.report)?;
        let text = text.trim().to_owned();
        let pointer = fields.pointer("url");
        if text.len() > 512 {
            self.report.add(pointer, Code::TooLong, "at most 512 characters");
            return None;
        }
        let scheme_is_right = |url: &url::Url| {
            url.has_host() && (url.scheme() == "https" || (allow_http && url.scheme() == "http"))
        };
        // Printed and encoded exactly as given, so it must already be in ASCII form.
        let is_url = text.bytes().all(|byte| byte.is_ascii_graphic())
            && url::Url::parse(&text).is_ok_and(|url| scheme_is_right(&url));
        if !is_url {
            self.report.add(pointer, Code::BadUrl, "must be an absolute https URL");
            return None;
        }
        Some(text)
    }

    fn image(&mut self, fields: &mut Fields, key: &str, slot: &str) -> Option<String> {
        let text = fields.string(key, self.report)?;
        let picture = resolve(slot, &text, &fields.pointer(key), self.assets, self.report)?;
        self.pictures.push(picture);
        Some(text)
    }

    fn credential(&mut self, fields: &mut Fields) -> Option<String> {
        let text = fields.string("credential", self.report)?;
        let pointer = fields.pointer("credential");
        if text.len() > MAX_CREDENTIAL_BYTES {
            self.report.add(pointer, Code::TooLong, "at most 256 KiB");
            return None;
        }
        let is_object = serde_json::from_str::<Map<String, Value>>(&text).is_ok();
        let is_jws = text.split('.').count() == 3
            && text.split('.').all(|part| {
                let base64url = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
                !part.is_empty() && part.bytes().all(base64url)
            });
        if !is_object && !is_jws {
            let message = "must be a JSON object or a compact JWS";
            self.report.add(pointer, Code::WrongType, message);
            return None;
        }
        Some(text)
    }

    fn custom(&mut self, fields: &mut Fields) -> Map<String, Value> {
        let pointer = fields.pointer("custom");
        let Some(custom) = fields.optional_object("custom", self.report) else {
            return Map::new();
        };
        let members: Vec<_> = custom.into_members().collect();
        if members.len() > 50 {
            self.report.add(pointer, Code::OutOfRange, "at most 50 entries");
            return Map::new();
        }
        let mut kept = Map::new();
        for (key, value) in members {
            if !is_custom_key(&key) {
                let message = "keys have the form [a-z][a-z0-9_]{0,39}";
                self.report.add(pointer.clone(), Code::UnknownField, message);
            } else if let Some(value) = self.printed(value, LONG, &format!("{pointer}/{key}")) {
                kept.insert(key, value);
            }
        }
        kept
    }

    /// A scalar a template may print.
    fn printed(&mut self, value: Value, rule: TextRule, pointer: &str) -> Option<Value> {
        match value {
            Value::String(text) => match normalise(&text, rule) {
                Ok(text) => Some(Value::String(text)),
                Err((code, message)) => {
                    self.report.add(pointer, code, message);
                    None
                }
            },
            Value::Number(_) | Value::Bool(_) => Some(value),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                let message = "must be a string, a number or a boolean";
                self.report.add(pointer, Code::WrongType, message);
                None
            }
        }
    }
}

/// Whether a key may stand in `custom`: `[a-z][a-z0-9_]{0,39}`.
pub fn is_custom_key(key: &str) -> bool {
    (1..=40).contains(&key.len())
        && key.starts_with(|first: char| first.is_ascii_lowercase())
        && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
