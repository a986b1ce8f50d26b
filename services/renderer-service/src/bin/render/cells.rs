//! Columns of a table become members of a certificate's data.

use anyhow::bail;
use renderer_service::domain::certificate::is_custom_key;
use serde_json::{Map, Number, Value};

/// Where a column's cells go.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    Member(Vec<String>),
    Locale,
}

/// Members of `data` that are not objects.
const SCALARS: [&str; 5] = ["issued_on", "issued_text", "expires_on", "disclaimer", "background"];

/// Members of `data` that have members.
const OBJECTS: [&str; 7] =
    ["recipient", "achievement", "issuer", "platform", "signatories", "verify", "custom"];

/// What a header means: a dotted path, an alias, or a custom field.
///
/// # Errors
///
/// A header that is none of these.
pub fn target(header: &str) -> anyhow::Result<Target> {
    let header = header.trim();
    let path = match header {
        "locale" => return Ok(Target::Locale),
        "name" => "recipient.name",
        "title" | "course" => "achievement.title",
        "code" => "achievement.code",
        "grade" => "achievement.grade",
        "hours" => "achievement.hours",
        "date" => "issued_on",
        "designation" => "recipient.designation",
        "verify_id" => "verify.id",
        other => other,
    };
    let segments: Vec<String> = path.split('.').map(str::to_owned).collect();
    let first = segments[0].as_str();
    let is_path = match segments.len() {
        1 => SCALARS.contains(&first) || first == "credential",
        2..=4 => OBJECTS.contains(&first) && segments.iter().all(|segment| !segment.is_empty()),
        _ => false,
    };
    if is_path {
        return Ok(Target::Member(segments));
    }
    if is_custom_key(header) {
        return Ok(Target::Member(vec!["custom".to_owned(), header.to_owned()]));
    }
    bail!("the column {header:?} is neither a member of data nor a custom field");
}

/// Puts a cell where its column says. An empty cell is absent.
pub fn put(data: &mut Value, path: &[String], cell: &str) {
    if cell.trim().is_empty() {
        return;
    }
    let mut place = data;
    for segment in path {
        place = step(place, segment);
    }
    let is_number = path.len() == 2 && path[0] == "achievement" && path[1] == "hours";
    let number = is_number.then(|| cell.trim().parse::<Number>().ok()).flatten();
    *place = number.map_or_else(|| Value::String(cell.to_owned()), Value::Number);
}

/// The member or the item of that name, made if it is not there.
fn step<'a>(place: &'a mut Value, segment: &str) -> &'a mut Value {
    // Six signatories are allowed; a larger index is left for the check to refuse.
    if let Ok(index @ 0..=9) = segment.parse::<usize>() {
        if !place.is_array() {
            *place = Value::Array(Vec::new());
        }
        if let Value::Array(items) = place {
            while items.len() <= index {
                items.push(Value::Object(Map::new()));
            }
            return &mut items[index];
        }
    }
    if !place.is_object() {
        *place = Value::Object(Map::new());
    }
    &mut place[segment]
}

/// Fills in what a row lacks.
pub fn fill(data: &mut Value, defaults: &Value) {
    match (data, defaults) {
        (Value::Object(data), Value::Object(defaults)) => {
            for (key, default) in defaults {
                match data.get_mut(key) {
                    Some(Value::Null) | None => {
                        data.insert(key.clone(), default.clone());
                    }
                    Some(value) => fill(value, default),
                }
            }
        }
        (Value::Array(data), Value::Array(defaults)) => {
            for (index, default) in defaults.iter().enumerate() {
                match data.get_mut(index) {
                    Some(value) => fill(value, default),
                    None => data.push(default.clone()),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn member(path: &str) -> Target {
        Target::Member(path.split('.').map(str::to_owned).collect())
    }

    #[test]
    fn headers_are_paths_aliases_or_custom_fields() {
        assert_eq!(target("signatories.0.name").unwrap(), member("signatories.0.name"));
        assert_eq!(target("course").unwrap(), member("achievement.title"));
        assert_eq!(target("cohort").unwrap(), member("custom.cohort"));
        assert_eq!(target("locale").unwrap(), Target::Locale);
        for bad in ["Cohort", "reci.pient", "a b", ""] {
            assert!(target(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn cells_build_the_data_and_empty_ones_are_absent() {
        let mut data = json!({});
        for (path, cell) in [
            ("recipient.name", "Ada"),
            ("recipient.designation", " "),
            ("signatories.1.name", "B"),
            ("achievement.hours", "40"),
        ] {
            if let Target::Member(path) = target(path).unwrap() {
                put(&mut data, &path, cell);
            }
        }
        let expected = json!({
            "recipient": {"name": "Ada"}, "signatories": [{}, {"name": "B"}],
            "achievement": {"hours": 40}
        });
        assert_eq!(data, expected);
    }

    #[test]
    fn defaults_fill_only_what_a_row_lacks() {
        let mut data = json!({"recipient": {"name": "Ada"}, "signatories": [{"name": "A"}]});
        let defaults = json!({
            "recipient": {"name": "X", "lang": "en"},
            "signatories": [{"name": "Y", "title": "Dean"}, {"name": "Z"}]
        });
        fill(&mut data, &defaults);
        let expected = json!({
            "recipient": {"name": "Ada", "lang": "en"},
            "signatories": [{"name": "A", "title": "Dean"}, {"name": "Z"}]
        });
        assert_eq!(data, expected);
    }
}
