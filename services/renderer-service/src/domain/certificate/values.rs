//! The single values of a certificate that have rules of their own.

use serde_json::{Map, Number, Value};

use super::reading::{Reading, SHORT};
use crate::domain::address::{self, PlainHttp};
use crate::domain::dates::Day;
use crate::domain::fields::Fields;
use crate::domain::locale;
use crate::domain::text::{TextRule, normalise};
use crate::domain::violation::Code;

/// The largest credential that is attached to a PDF.
const MAX_CREDENTIAL_BYTES: usize = 256 * 1024;

/// The longest address, in bytes.
const MAX_URL_BYTES: usize = 512;

impl Reading<'_> {
    pub(super) fn language(&mut self, fields: &mut Fields, key: &str) -> Option<String> {
        let tag = locale::parse_tag(&fields.string(key, self.report)?);
        if tag.is_none() {
            self.report.add(fields.pointer(key), Code::BadLocale, "is not a language tag");
        }
        tag
    }

    /// A key of the template's wording; without one, the template's first.
    pub(super) fn kind(&mut self, fields: &mut Fields) -> String {
        let Some(kind) = fields.string("type", self.report) else {
            return self.types.first().cloned().unwrap_or_default();
        };
        if !self.types.is_empty() && !self.types.contains(&kind) {
            let message = format!("the template words {}", self.types.join(", "));
            self.report.add(fields.pointer("type"), Code::OutOfRange, message);
        }
        kind
    }

    pub(super) fn number(&mut self, fields: &mut Fields, key: &str) -> Option<Number> {
        match fields.take(key)? {
            Value::Number(number) => self.in_range(number, fields, key),
            _ => {
                self.report.add(fields.pointer(key), Code::WrongType, "must be a number");
                None
            }
        }
    }

    /// Credits are a number, or words such as `7.5 ECTS`.
    pub(super) fn credits(&mut self, fields: &mut Fields) -> Option<Value> {
        const KEY: &str = "credits";
        match fields.take(KEY)? {
            Value::String(text) => self.line(text, fields, KEY, SHORT),
            Value::Number(number) => self.in_range(number, fields, KEY).map(Value::Number),
            _ => {
                let message = "must be a number or a string";
                self.report.add(fields.pointer(KEY), Code::WrongType, message);
                None
            }
        }
    }

    pub(super) fn day(&mut self, fields: &mut Fields, key: &str) -> Option<Day> {
        let text = fields.string(key, self.report)?;
        let day = Day::parse(&text);
        if day.is_none() {
            let message = "must be YYYY-MM-DD, year 1900 to 2200";
            self.report.add(fields.pointer(key), Code::BadDate, message);
        }
        day
    }

    pub(super) fn verify_id(&mut self, fields: &mut Fields) -> Option<String> {
        let id = fields.string("id", self.report)?;
        if is_verify_id(&id) {
            return Some(id);
        }
        let (code, message) = if id.len() > 64 {
            (Code::TooLong, "at most 64 characters")
        } else {
            (Code::BadCharacter, "must be 8 to 64 of A-Z a-z 0-9 _ -")
        };
        self.report.add(fields.pointer("id"), code, message);
        None
    }

    pub(super) fn url(&mut self, fields: &mut Fields, plain_http: &PlainHttp) -> Option<String> {
        let text = fields.string("url", self.report)?;
        let text = text.trim();
        let verdict = if text.len() > MAX_URL_BYTES {
            Err((Code::TooLong, "at most 512 characters"))
        } else {
            address::check(text, plain_http).map_err(|message| (Code::BadUrl, message))
        };
        match verdict {
            Ok(()) => Some(text.to_owned()),
            Err((code, message)) => {
                self.report.add(fields.pointer("url"), code, message);
                None
            }
        }
    }

    pub(super) fn credential(&mut self, fields: &mut Fields) -> Option<String> {
        const KEY: &str = "credential";
        let text = fields.string(KEY, self.report)?;
        let (code, message) = if text.len() > MAX_CREDENTIAL_BYTES {
            (Code::TooLong, "at most 256 KiB")
        } else if !is_object(&text) && !is_compact_jws(&text) {
            (Code::WrongType, "must be a JSON object or a compact JWS")
        } else {
            return Some(text);
        };
        self.report.add(fields.pointer(KEY), code, message);
        None
    }

    /// A scalar that a template may print.
    pub(super) fn printed(
        &mut self,
        fields: &mut Fields,
        key: &str,
        rule: TextRule,
    ) -> Option<Value> {
        match fields.take(key)? {
            Value::String(text) => self.line(text, fields, key, rule),
            value @ (Value::Number(_) | Value::Bool(_)) => Some(value),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                let message = "must be a string, a number or a boolean";
                self.report.add(fields.pointer(key), Code::WrongType, message);
                None
            }
        }
    }

    fn line(&mut self, text: String, fields: &Fields, key: &str, rule: TextRule) -> Option<Value> {
        match normalise(&text, rule) {
            Ok(text) => Some(Value::String(text)),
            Err(faults) => {
                self.report.add_all(&fields.pointer(key), faults);
                None
            }
        }
    }

    fn in_range(&mut self, number: Number, fields: &Fields, key: &str) -> Option<Number> {
        if number.as_f64().is_some_and(|value| (0.0..=100_000.0).contains(&value)) {
            return Some(number);
        }
        self.report.add(fields.pointer(key), Code::OutOfRange, "must be 0 to 100000");
        None
    }
}

/// 8 to 64 of `[A-Za-z0-9_-]`.
pub fn is_verify_id(text: &str) -> bool {
    (8..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

fn is_object(text: &str) -> bool {
    serde_json::from_str::<Map<String, Value>>(text).is_ok()
}

fn is_compact_jws(text: &str) -> bool {
    let is_base64url = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    text.split('.').count() == 3
        && text.split('.').all(|part| !part.is_empty() && part.bytes().all(is_base64url))
}
