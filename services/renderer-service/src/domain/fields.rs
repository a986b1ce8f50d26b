//! Reads a JSON object member by member and notices what nobody asked for.

use serde_json::{Map, Value};

use super::text::{TextRule, normalise};
use super::violation::{Code, Report};

/// The members of one object that have not been read yet. `null` equals absent.
pub struct Fields {
    pointer: String,
    members: Map<String, Value>,
}

impl Fields {
    /// The object at `pointer`, or a `wrong_type` in the report.
    pub fn of(value: Value, pointer: &str, report: &mut Report) -> Option<Self> {
        match value {
            Value::Object(members) => Some(Self { pointer: pointer.to_owned(), members }),
            _ => {
                report.add(pointer, Code::WrongType, "must be an object");
                None
            }
        }
    }

    /// Where the member `key` is, as a JSON Pointer.
    pub fn pointer(&self, key: &str) -> String {
        format!("{}/{}", self.pointer, key.replace('~', "~0").replace('/', "~1"))
    }

    pub fn take(&mut self, key: &str) -> Option<Value> {
        self.members.remove(key).filter(|value| !value.is_null())
    }

    /// An object. Where there is none, an empty one stands in, so that each member that it must
    /// hold is reported as missing.
    pub fn object(&mut self, key: &str, report: &mut Report) -> Option<Self> {
        let pointer = self.pointer(key);
        match self.take(key) {
            Some(value) => Self::of(value, &pointer, report),
            None => Some(Self { pointer, members: Map::new() }),
        }
    }

    /// An object that must itself be there.
    pub fn required_object(&mut self, key: &str, report: &mut Report) -> Option<Self> {
        let pointer = self.pointer(key);
        match self.take(key) {
            Some(value) => Self::of(value, &pointer, report),
            None => {
                report.add(pointer, Code::Required, "is required");
                None
            }
        }
    }

    /// An object that may be missing.
    pub fn optional_object(&mut self, key: &str, report: &mut Report) -> Option<Self> {
        let pointer = self.pointer(key);
        self.take(key).and_then(|value| Self::of(value, &pointer, report))
    }

    /// A string as it was sent.
    pub fn string(&mut self, key: &str, report: &mut Report) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            _ => {
                report.add(self.pointer(key), Code::WrongType, "must be a string");
                None
            }
        }
    }

    /// Text that people read, normalised; nothing if nothing of it can be seen.
    pub fn text(&mut self, key: &str, rule: TextRule, report: &mut Report) -> Option<String> {
        let text = self.string(key, report)?;
        match normalise(&text, rule) {
            Ok(text) => Some(text).filter(|text| !text.is_empty()),
            Err(faults) => {
                report.add_all(&self.pointer(key), faults);
                None
            }
        }
    }

    /// Text that must be there; the empty string only stands in where the report is not empty.
    pub fn required_text(&mut self, key: &str, rule: TextRule, report: &mut Report) -> String {
        let before = report.len();
        let text = self.text(key, rule, report);
        if text.is_none() && report.len() == before {
            report.add(self.pointer(key), Code::Required, "is required");
        }
        text.unwrap_or_default()
    }

    /// Reports each member that nobody took.
    pub fn finish(self, report: &mut Report) {
        let mut left: Vec<_> =
            self.members.iter().filter(|(_, value)| !value.is_null()).map(|(key, _)| key).collect();
        left.sort();
        for key in left {
            report.add(self.pointer(key), Code::UnknownField, "is not a member of the contract");
        }
    }

    /// The keys of what is left, for objects with free keys.
    pub fn keys(&self) -> Vec<String> {
        let there = self.members.iter().filter(|(_, value)| !value.is_null());
        there.map(|(key, _)| key.clone()).collect()
    }
}
