//! Reads the attributes of an award, which both APIs take.

use std::collections::HashSet;

use serde_json::{Value, json};
use web::{Field, Fields};

use crate::domain::user_credential::Attribute;

/// The longest text of an attribute, in characters.
const LONGEST: usize = 255;

/// The most attributes of one award.
const MOST: usize = 1000;

/// Whether attributes have namespaces of their own; else the empty one is theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Namespaces {
    Given,
    Empty,
}

/// Reads `attributes`; absent means none. What is wrong with them is noted in `fields`.
pub fn read(fields: &mut Fields<'_>, namespaces: Namespaces) -> Vec<Attribute> {
    let items = match fields.list("attributes") {
        Field::Absent => return Vec::new(),
        Field::Null => {
            fields.wrong("attributes", "This field may not be null.");
            return Vec::new();
        }
        Field::Value(items) => items,
    };
    if items.len() > MOST {
        let message = format!("Ensure this field has no more than {MOST} elements.");
        fields.wrong("attributes", message);
        return Vec::new();
    }
    let read: Vec<Result<Attribute, Value>> =
        items.iter().map(|item| attribute(item, namespaces)).collect();
    if read.iter().any(Result::is_err) {
        let each = |item: &Result<Attribute, Value>| {
            item.as_ref().map_or_else(Value::clone, |_| json!({}))
        };
        fields.wrong_inside("attributes", read.iter().map(each).collect());
        return Vec::new();
    }
    let attributes: Vec<Attribute> = read.into_iter().filter_map(Result::ok).collect();
    let names: HashSet<_> = attributes.iter().map(|each| (&each.namespace, &each.name)).collect();
    if names.len() < attributes.len() {
        fields.wrong(
            "attributes",
            match namespaces {
                Namespaces::Given => "Attributes cannot be duplicated.",
                Namespaces::Empty => "Attribute names cannot be duplicated.",
            },
        );
    }
    attributes
}

fn attribute(item: &Value, namespaces: Namespaces) -> Result<Attribute, Value> {
    let mut fields = Fields::of(item).map_err(|refusal| refusal.body())?;
    let namespace = match namespaces {
        Namespaces::Given => namespace(&mut fields),
        Namespaces::Empty => Some(String::new()),
    };
    let (name, value) = (fields.text("name", LONGEST), fields.text("value", LONGEST));
    let attribute = namespace.zip(name.zip(value)).map(|(namespace, (name, value))| Attribute {
        namespace,
        name,
        value,
    });
    fields.finish(attribute).map_err(|errors| errors.body())
}

fn namespace(fields: &mut Fields<'_>) -> Option<String> {
    let text = fields.text("namespace", LONGEST)?;
    if !text.split('.').all(is_word) {
        fields.wrong("namespace", "Enter lower-case words joined by dots.");
        return None;
    }
    Some(text)
}

fn is_word(word: &str) -> bool {
    let belongs = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(belongs)
}
