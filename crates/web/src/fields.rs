//! Reads the members of a body one by one, and collects everything that is wrong with them.
//!
//! Texts and leniency are those of the Django REST framework, since clients match on them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use model::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::Refusal;

const REQUIRED: &str = "This field is required.";
const NULL: &str = "This field may not be null.";
const BLANK: &str = "This field may not be blank.";
const DATETIME: &str = "Datetime has wrong format. Use one of these formats instead: \
     YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";

/// What is wrong with a body: field → messages; nested objects nest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Errors(Map<String, Value>);

impl Errors {
    /// One message about one field.
    pub fn of(field: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.push(field, message);
        errors
    }

    /// One more message about a field.
    pub fn push(&mut self, field: &str, message: impl Into<String>) {
        let entry = self.0.entry(field).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(messages) = entry {
            messages.push(Value::String(message.into()));
        }
    }

    /// What is wrong inside a field, in the field's own shape.
    pub fn set(&mut self, field: &str, inside: Value) {
        self.0.insert(field.to_owned(), inside);
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As the client reads it.
    pub fn body(&self) -> Value {
        Value::Object(self.0.clone())
    }
}

/// What a body says of an optional field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field<T> {
    Absent,
    Null,
    Value(T),
}

impl<T> Field<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// `None` when the field was left out, else the new value, which may be null.
    pub fn change(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }
}

/// The members of one object, being read.
///
/// A wrong field is noted and read as absent, so that everything wrong is told at once;
/// [`Fields::finish`] then refuses.
pub struct Fields<'a> {
    members: &'a Map<String, Value>,
    errors: Errors,
}

impl<'a> Fields<'a> {
    /// Begins to read `value`.
    ///
    /// # Errors
    ///
    /// If it is no object: `{"non_field_errors": [...]}`.
    pub fn of(value: &'a Value) -> Result<Self, Refusal> {
        match value {
            Value::Object(members) => Ok(Self { members, errors: Errors::default() }),
            other => Err(Errors::of("non_field_errors", expected_dictionary(other)).into()),
        }
    }

    /// The raw member; `None` when absent.
    pub fn raw(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name)
    }

    /// Notes something wrong.
    pub fn wrong(&mut self, name: &str, message: impl Into<String>) {
        self.errors.push(name, message);
    }

    /// Notes something wrong inside a member, in the member's own shape.
    pub fn wrong_inside(&mut self, name: &str, inside: Value) {
        self.errors.set(name, inside);
    }

    /// A text that must be there, trimmed, of 1 to `most` characters.
    pub fn text(&mut self, name: &str, most: usize) -> Option<String> {
        match self.optional_text(name, most) {
            Field::Value(text) if text.is_empty() => self.refuse(name, BLANK),
            Field::Value(text) => Some(text),
            Field::Null => self.refuse(name, NULL),
            // What was there and wrong has been told.
            Field::Absent if self.members.contains_key(name) => None,
            Field::Absent => self.missing(name),
        }
    }

    /// A text that may be absent, null or empty, trimmed, of at most `most` characters.
    pub fn optional_text(&mut self, name: &str, most: usize) -> Field<String> {
        let text = match self.members.get(name) {
            None => return Field::Absent,
            Some(Value::Null) => return Field::Null,
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => return self.refused(name, "Not a valid string."),
        };
        if text.chars().any(|c| c == '\0') {
            return self.refused(name, "Null characters are not allowed.");
        }
        if text.chars().count() > most {
            let message = format!("Ensure this field has no more than {most} characters.");
            return self.refused(name, message);
        }
        Field::Value(text)
    }

    /// One of `choices`, trimmed; absent is allowed.
    pub fn choice(&mut self, name: &str, choices: &[&str]) -> Option<String> {
        let text = match self.members.get(name)? {
            Value::Null => return self.refuse(name, NULL),
            Value::String(text) => text.trim().to_owned(),
            other => other.to_string(),
        };
        if choices.contains(&text.as_str()) {
            return Some(text);
        }
        self.refuse(name, format!("\"{text}\" is not a valid choice."))
    }

    /// One of `choices` that must be there.
    pub fn required_choice(&mut self, name: &str, choices: &[&str]) -> Option<String> {
        if self.members.contains_key(name) {
            self.choice(name, choices)
        } else {
            self.missing(name)
        }
    }

    /// A boolean in any of the spellings that Django takes.
    pub fn boolean(&mut self, name: &str) -> Field<bool> {
        let spelled = match self.members.get(name) {
            None => return Field::Absent,
            Some(Value::Null) => return self.refused(name, NULL),
            Some(Value::Bool(value)) => return Field::Value(*value),
            Some(Value::String(text)) => text.trim().to_lowercase(),
            Some(other) => other.to_string(),
        };
        match spelled.as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Field::Value(true),
            "false" | "f" | "no" | "n" | "off" | "0" => Field::Value(false),
            _ => self.refused(name, "Must be a valid boolean."),
        }
    }

    /// A whole number, also as text.
    pub fn integer(&mut self, name: &str) -> Field<i64> {
        let read = match self.members.get(name) {
            None => return Field::Absent,
            Some(Value::Null) => return Field::Null,
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        match read {
            Some(number) => Field::Value(number),
            None => self.refused(name, "A valid integer is required."),
        }
    }

    /// An instant; without an offset it is UTC, a bare date is midnight.
    pub fn timestamp(&mut self, name: &str) -> Field<Timestamp> {
        match self.members.get(name) {
            None => Field::Absent,
            Some(Value::Null) => Field::Null,
            Some(Value::String(text)) => match parse_timestamp(text.trim()) {
                Some(instant) => Field::Value(instant),
                None => self.refused(name, DATETIME),
            },
            Some(_) => self.refused(name, DATETIME),
        }
    }

    /// A UUID, with or without dashes.
    pub fn uuid(&mut self, name: &str) -> Field<Uuid> {
        match self.members.get(name) {
            None => Field::Absent,
            Some(Value::Null) => Field::Null,
            Some(Value::String(text)) => match text.trim().parse::<Uuid>() {
                Ok(uuid) => Field::Value(uuid),
                Err(_) => self.refused(name, format!("“{}” is not a valid UUID.", text.trim())),
            },
            Some(other) => self.refused(name, format!("“{other}” is not a valid UUID.")),
        }
    }

    /// A list; absent and null are told apart.
    pub fn list(&mut self, name: &str) -> Field<&'a Vec<Value>> {
        match self.members.get(name) {
            None => Field::Absent,
            Some(Value::Null) => Field::Null,
            Some(Value::Array(items)) => Field::Value(items),
            Some(other) => {
                let kind = python_type(other);
                self.errors.set(
                    name,
                    json!({ "non_field_errors": [
                    format!("Expected a list of items but got type \"{kind}\".")
                ] }),
                );
                Field::Absent
            }
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    ///
    /// Everything that was wrong. `value` is `None` only where something was.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Errors> {
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(self.errors),
        }
    }

    fn missing<T>(&mut self, name: &str) -> Option<T> {
        self.refuse(name, REQUIRED)
    }

    fn refuse<T>(&mut self, name: &str, message: impl Into<String>) -> Option<T> {
        self.errors.push(name, message);
        None
    }

    fn refused<T>(&mut self, name: &str, message: impl Into<String>) -> Field<T> {
        self.errors.push(name, message);
        Field::Absent
    }
}

/// What the predecessors say of a body that is no object.
pub(crate) fn expected_dictionary(value: &Value) -> String {
    format!("Invalid data. Expected a dictionary, but got {}.", python_type(value))
}

fn python_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// Reads what Django reads as a date-time: `T` or a space, seconds and offset optional.
pub(crate) fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let spaced = text.replacen(' ', "T", 1);
    let zoned = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z"];
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    let with_zone = zoned.iter().find_map(|format| DateTime::parse_from_str(&spaced, format).ok());
    let instant = with_zone.map(|instant| instant.to_utc()).or_else(|| {
        let naive = local.iter().find_map(|f| NaiveDateTime::parse_from_str(&spaced, f).ok());
        let midnight = || {
            let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            Some(date.and_time(NaiveTime::MIN))
        };
        naive.or_else(midnight).map(|naive| naive.and_utc())
    })?;
    in_range(instant).then(|| instant.into())
}

/// Years that both databases, and the clients, can hold.
fn in_range(instant: DateTime<Utc>) -> bool {
    use chrono::Datelike;
    (1..=9999).contains(&instant.year())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Field, Fields, parse_timestamp};

    #[test]
    fn instants_are_read_in_every_spelling_that_clients_use() {
        for (text, read) in [
            ("2030-01-02T03:04:05Z", "2030-01-02T03:04:05Z"),
            ("2030-01-02 03:04:05+00:00", "2030-01-02T03:04:05Z"),
            ("2030-01-02T03:04:05.678901+01:00", "2030-01-02T02:04:05.678901Z"),
            ("2030-01-02T03:04", "2030-01-02T03:04:00Z"),
            ("2030-01-02", "2030-01-02T00:00:00Z"),
        ] {
            assert_eq!(
                parse_timestamp(text).map(|at| at.precise()).as_deref(),
                Some(read),
                "{text}"
            );
        }
        for wrong in ["", "None", "yesterday", "2030-13-01", "2030-01-02T25:00:00Z"] {
            assert_eq!(parse_timestamp(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let body = json!({"username": " ", "status": "bogus", "flag": "maybe", "at": 3});
        let mut fields = Fields::of(&body).unwrap();
        let username = fields.text("username", 255);
        fields.choice("status", &["awarded", "revoked"]);
        fields.boolean("flag");
        fields.timestamp("at");
        fields.text("missing", 5);

        let errors = fields.finish(username).unwrap_err().body();

        assert_eq!(errors["username"], json!(["This field may not be blank."]));
        assert_eq!(errors["status"], json!(["\"bogus\" is not a valid choice."]));
        assert_eq!(errors["flag"], json!(["Must be a valid boolean."]));
        assert_eq!(errors["missing"], json!(["This field is required."]));
    }

    #[test]
    fn a_field_that_is_there_and_wrong_is_not_called_missing_too() {
        let long = "x".repeat(6);
        let body = json!({"a": true, "b": ["x"], "c": long, "d": "\0", "e": null, "f": " "});
        for (name, said) in [
            ("a", "Not a valid string."),
            ("b", "Not a valid string."),
            ("c", "Ensure this field has no more than 5 characters."),
            ("d", "Null characters are not allowed."),
            ("e", "This field may not be null."),
            ("f", "This field may not be blank."),
            ("g", "This field is required."),
        ] {
            let mut fields = Fields::of(&body).unwrap();
            assert_eq!(fields.text(name, 5), None);
            assert_eq!(fields.finish::<()>(None).unwrap_err().body(), json!({ name: [said] }));
        }
    }

    #[test]
    fn choices_are_trimmed_before_they_are_looked_at() {
        let body = json!({"status": " awarded ", "mode": " "});
        let mut fields = Fields::of(&body).unwrap();

        assert_eq!(fields.choice("status", &["awarded"]).as_deref(), Some("awarded"));
        assert_eq!(fields.required_choice("mode", &["honor"]), None);
        assert_eq!(
            fields.finish(Some(())).unwrap_err().body(),
            json!({"mode": ["\"\" is not a valid choice."]})
        );
    }

    #[test]
    fn numbers_serve_as_text_and_booleans_do_not() {
        let body = json!({"a": 5, "b": true});
        let mut fields = Fields::of(&body).unwrap();

        assert_eq!(fields.optional_text("a", 5), Field::Value("5".to_owned()));
        assert_eq!(fields.optional_text("b", 5), Field::Absent);
        assert_eq!(
            fields.finish(Some(())).unwrap_err().body(),
            json!({"b": ["Not a valid string."]})
        );
    }
}
