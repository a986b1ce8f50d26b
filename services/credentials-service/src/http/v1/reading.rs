//! What the bodies of configurations have in common.

use serde_json::Value;
use web::{Field, Fields};

/// The most signatories of one configuration.
const MOST_SIGNATORIES: usize = 100;

const NULL: &str = "This field may not be null.";

/// A list of ids of signatories; absent means none.
pub fn signatories(fields: &mut Fields<'_>) -> Vec<i64> {
    let items = match fields.list("signatories") {
        Field::Absent => return Vec::new(),
        Field::Null => {
            fields.wrong("signatories", NULL);
            return Vec::new();
        }
        Field::Value(items) => items,
    };
    if items.len() > MOST_SIGNATORIES {
        let message = format!("Ensure this field has no more than {MOST_SIGNATORIES} elements.");
        fields.wrong("signatories", message);
        return Vec::new();
    }
    let mut ids = Vec::new();
    for item in items {
        match pk(item) {
            Some(id) => ids.push(id),
            None => fields.wrong("signatories", "Incorrect type. Expected pk value."),
        }
    }
    ids
}

fn pk(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Templates do not exist yet, so every id of one is unknown; null and absent mean "choose".
pub fn template(fields: &mut Fields<'_>) {
    match fields.raw("template") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) if text.is_empty() => {}
        Some(other) => {
            let id = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
            fields.wrong("template", format!("Invalid pk \"{id}\" - object does not exist."));
        }
    }
}

/// A text that may be absent, null or empty, all of which mean that there is none.
pub fn text_or_none(fields: &mut Fields<'_>, name: &str, most: usize) -> Option<String> {
    fields.optional_text(name, most).value().filter(|text| !text.is_empty())
}

/// A switch that is off unless told otherwise.
pub fn switch(fields: &mut Fields<'_>, name: &str) -> bool {
    fields.boolean(name).value().unwrap_or(false)
}

/// The id of a body that names its object.
pub fn id(fields: &mut Fields<'_>) -> Option<i64> {
    fields.integer("id").value()
}
