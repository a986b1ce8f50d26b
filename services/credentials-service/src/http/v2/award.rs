//! Reads the body of an award, and says everything that is wrong with it.

use model::Timestamp;
use serde_json::{Value, json};
use web::{Body, Errors, Field, Fields, Refusal};

use crate::{
    domain::{
        award::{Award, Awardable, DateOverride},
        user_credential::Status,
    },
    http::{
        attributes::{self, Namespaces},
        wrong::Wrong,
    },
};

/// The longest text of an award, in characters.
const LONGEST: usize = 255;

const NULL: &str = "This field may not be null.";

/// Reads an award.
///
/// # Errors
///
/// 400 with every field that is wrong, and what the body names all the same: whether that can be
/// awarded belongs into the same answer.
pub fn read(body: &Body) -> Result<Award<Awardable>, Wrong<Awardable>> {
    let mut fields = Fields::of(&body.value).map_err(Wrong::unreadable)?;
    let username = fields.text("username", LONGEST);
    let what = awardable(&mut fields);
    let status = fields.choice("status", &["awarded", "revoked"]);
    let attributes = attributes::read(&mut fields, Namespaces::Empty);
    let date_override = date_override(&mut fields);
    let lms_user_id = lms_user_id(&mut fields);
    let award = username.zip(what.clone()).map(|(username, what)| Award {
        username,
        what,
        status: status.as_deref().and_then(Status::named).unwrap_or(Status::Awarded),
        attributes,
        date_override: DateOverride::Be(date_override),
        lms_user_id,
    });
    fields.finish(award).map_err(|errors| Wrong::of(errors, what))
}

/// Reads the status that a change asks for; every other field is ignored.
///
/// # Errors
///
/// 400 if it is no status.
pub fn read_status(body: &Body) -> Result<Option<Status>, Refusal> {
    let mut fields = Fields::of(&body.value)?;
    let status = fields.choice("status", &["awarded", "revoked"]);
    Ok(fields.finish(Some(status.as_deref().and_then(Status::named)))?)
}

fn awardable(fields: &mut Fields<'_>) -> Option<Awardable> {
    let value = match fields.raw("credential") {
        None => {
            fields.wrong("credential", "This field is required.");
            return None;
        }
        Some(Value::Null) => {
            fields.wrong("credential", NULL);
            return None;
        }
        Some(value) => value,
    };
    match awardable_in(value) {
        Ok(what) => Some(what),
        Err(inside) => {
            fields.wrong_inside("credential", inside);
            None
        }
    }
}

/// What the member `credential` names; else what is wrong with it, in the member's own shape.
fn awardable_in(value: &Value) -> Result<Awardable, Value> {
    let mut fields = Fields::of(value).map_err(|refusal| messages(&refusal))?;
    if is_given(value.get("program_uuid")) {
        return match fields.uuid("program_uuid") {
            Field::Value(uuid) => Ok(Awardable::Program(uuid.into())),
            Field::Absent | Field::Null => Err(fields
                .finish::<()>(None)
                .map_or_else(|e| e.body()["program_uuid"].clone(), |()| json!([]))),
        };
    }
    if !is_given(value.get("course_run_key")) {
        return Err(json!(["Credential identifier is missing."]));
    }
    let key = fields.optional_text("course_run_key", LONGEST).value();
    let mode = fields.optional_text("mode", LONGEST).value().filter(|mode| !mode.is_empty());
    fields.finish(key.map(|key| Awardable::CourseRun { key, mode })).map_err(|errors| errors.body())
}

/// Whether a member names something: empty and null are as good as absent.
fn is_given(value: Option<&Value>) -> bool {
    !matches!(value, None | Some(Value::Null)) && value != Some(&json!(""))
}

/// The messages of "not an object", without the name that they have at the top of a body.
fn messages(refusal: &Refusal) -> Value {
    refusal.body()["non_field_errors"].clone()
}

fn date_override(fields: &mut Fields<'_>) -> Option<Timestamp> {
    let value = fields.raw("date_override").filter(|value| !value.is_null())?;
    match date_in(value) {
        Ok(date) => Some(date),
        Err(inside) => {
            fields.wrong_inside("date_override", inside);
            None
        }
    }
}

fn date_in(value: &Value) -> Result<Timestamp, Value> {
    let mut fields = Fields::of(value).map_err(|refusal| refusal.body())?;
    let date = fields.timestamp("date");
    match date {
        Field::Null => fields.wrong("date", NULL),
        Field::Absent if fields.raw("date").is_none() => {
            fields.wrong("date", "This field is required.");
        }
        Field::Absent | Field::Value(_) => {}
    }
    fields.finish(date.value()).map_err(|errors: Errors| errors.body())
}

/// A number, or a text that may hold one.
fn lms_user_id(fields: &mut Fields<'_>) -> Option<i64> {
    match fields.optional_text("lms_user_id", LONGEST) {
        Field::Value(text) => text.parse().ok(),
        Field::Absent => None,
        Field::Null => {
            fields.wrong("lms_user_id", NULL);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};
    use web::Body;

    use super::read;

    fn refused(value: Value) -> Value {
        read(&Body { value, form: false, files: BTreeMap::new() }).unwrap_err().refusal.body()
    }

    fn with(member: &str, value: Value) -> Value {
        let mut body = json!({"username": "pat", "credential": {"course_run_key": "a/b/c"}});
        body[member] = value;
        body
    }

    #[test]
    fn everything_wrong_is_said_in_the_predecessors_words() {
        for (member, value, said) in [
            (
                "credential",
                json!("x"),
                json!(["Invalid data. Expected a dictionary, but got str."]),
            ),
            ("credential", json!({}), json!(["Credential identifier is missing."])),
            ("credential", json!(null), json!(["This field may not be null."])),
            ("credential", json!({"program_uuid": "abc"}), json!(["“abc” is not a valid UUID."])),
            ("status", json!("bogus"), json!(["\"bogus\" is not a valid choice."])),
            ("status", json!(null), json!(["This field may not be null."])),
            ("attributes", json!(null), json!(["This field may not be null."])),
            ("attributes", json!([{"name": "a"}]), json!([{"value": ["This field is required."]}])),
            (
                "attributes",
                json!([{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]),
                json!(["Attribute names cannot be duplicated."]),
            ),
            ("date_override", json!({}), json!({"date": ["This field is required."]})),
            (
                "date_override",
                json!({"date": null}),
                json!({"date": ["This field may not be null."]}),
            ),
            (
                "date_override",
                json!("x"),
                json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}),
            ),
            ("lms_user_id", json!(true), json!(["Not a valid string."])),
            ("username", json!(" "), json!(["This field may not be blank."])),
        ] {
            assert_eq!(refused(with(member, value)), json!({ member: said }), "{member}");
        }
    }
}
