//! What the bodies of configurations have in common.

use serde_json::Value;
use web::{Field, Fields, Refusal};

use crate::{actions, app::App, domain::text::readable};

/// The most signatories of one configuration.
const MOST_SIGNATORIES: usize = 100;

const NULL: &str = "This field may not be null.";

/// A list of ids of signatories that the site has; absent means none.
///
/// # Errors
///
/// Only of the database: what is wrong with the list is noted in `fields`.
pub async fn signatories(
    app: &App,
    site_id: i64,
    fields: &mut Fields<'_>,
) -> Result<Vec<i64>, Refusal> {
    let ids = match pks(fields) {
        Ok(ids) => ids,
        Err(Some(message)) => {
            fields.wrong("signatories", message);
            return Ok(Vec::new());
        }
        Err(None) => return Ok(Vec::new()),
    };
    let asked = ids.clone();
    let unknown = app
        .db
        .read(move |conn| actions::unknown_signatory(conn, site_id, &asked))
        .await
        .map_err(|error: database::Error| Refusal::from(error))?;
    if let Some(id) = unknown {
        fields.wrong("signatories", no_such_pk(&id.to_string()));
    }
    Ok(ids)
}

/// The list as ids; else the first thing that is wrong, unless it was noted already.
fn pks(fields: &mut Fields<'_>) -> Result<Vec<i64>, Option<String>> {
    let items = match fields.list("signatories") {
        Field::Absent => return Err(None),
        Field::Null => return Err(Some(NULL.to_owned())),
        Field::Value(items) => items,
    };
    if items.len() > MOST_SIGNATORIES {
        let message = format!("Ensure this field has no more than {MOST_SIGNATORIES} elements.");
        return Err(Some(message));
    }
    let wrong = || Some("Incorrect type. Expected pk value.".to_owned());
    items.iter().map(|item| pk(item).ok_or_else(wrong)).collect()
}

fn pk(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn no_such_pk(id: &str) -> String {
    format!("Invalid pk \"{id}\" - object does not exist.")
}

/// Templates do not exist yet, so every id of one is unknown; null and absent mean "choose".
pub fn template(fields: &mut Fields<'_>) {
    match fields.raw("template") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) if text.is_empty() => {}
        Some(other) => {
            let id = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
            fields.wrong("template", no_such_pk(&id));
        }
    }
}

/// A text to be shown that must be there, without what could not be read.
pub fn text(fields: &mut Fields<'_>, name: &str, most: usize) -> Option<String> {
    let text = readable(&fields.text(name, most)?);
    if text.is_empty() {
        fields.wrong(name, "This field may not be blank.");
        return None;
    }
    Some(text)
}

/// A text to be shown that may be absent, null or empty, all of which mean that there is none.
pub fn text_or_none(fields: &mut Fields<'_>, name: &str, most: usize) -> Option<String> {
    let text = fields.optional_text(name, most).value().map(|text| readable(&text));
    text.filter(|text| !text.is_empty())
}

/// A switch that is off unless told otherwise.
pub fn switch(fields: &mut Fields<'_>, name: &str) -> bool {
    fields.boolean(name).value().unwrap_or(false)
}

/// The id of a body that names its object.
pub fn id(fields: &mut Fields<'_>) -> Option<i64> {
    fields.integer("id").value()
}
