//! Reads one credential to be issued, and says everything that is wrong with it.

use serde_json::Value;
use web::Fields;

use crate::{
    domain::{
        award::{Award, DateOverride, Issuable, Named},
        user_credential::{Attribute, Status},
    },
    http::{
        attributes::{self, Namespaces},
        wrong::Wrong,
    },
};

/// The longest text of an award, in characters.
const LONGEST: usize = 255;

/// Reads an award. A status is not taken: what is issued counts.
///
/// # Errors
///
/// 400 with every field that is wrong, and what the item names all the same.
pub fn read(item: &Value) -> Result<Award<Issuable>, Wrong<Named>> {
    let mut fields = Fields::of(item).map_err(Wrong::unreadable)?;
    let username = fields.text("username", LONGEST);
    let named = named(&mut fields);
    let attributes = attributes::read(&mut fields, Namespaces::Given);
    if matches!(named, Some(Named::Whole(Issuable::Program { .. })))
        && attributes.iter().any(is_of_course)
    {
        let message = "Facts about a course are for course credentials only.";
        fields.wrong("attributes", message);
    }
    let what = match &named {
        Some(Named::Whole(what)) => Some(what.clone()),
        Some(Named::Course(_)) | None => None,
    };
    let award = username.zip(what).map(|(username, what)| Award {
        username,
        what,
        status: Status::Awarded,
        attributes,
        date_override: DateOverride::Keep,
        lms_user_id: None,
    });
    fields.finish(award).map_err(|errors| Wrong::of(errors, named))
}

fn named(fields: &mut Fields<'_>) -> Option<Named> {
    let is_given = |name| {
        fields.raw(name).is_some_and(|value: &Value| !value.is_null() && value.as_str() != Some(""))
    };
    let (by_id, by_uuid) = (is_given("program_id"), is_given("program_uuid"));
    match (is_given("course_id"), by_id || by_uuid) {
        (true, false) => course(fields),
        (false, true) => {
            let id = by_id.then(|| fields.integer("program_id").value());
            let uuid = by_uuid.then(|| fields.uuid("program_uuid").value());
            // What was given and could not be read has been told.
            let is_readable = id != Some(None) && uuid != Some(None);
            let (id, uuid) = (id.flatten(), uuid.flatten().map(Into::into));
            is_readable.then_some(Named::Whole(Issuable::Program { id, uuid }))
        }
        _ => {
            let message = "Exactly one of course_id and program_id is required.";
            fields.wrong("non_field_errors", message);
            None
        }
    }
}

fn course(fields: &mut Fields<'_>) -> Option<Named> {
    let certificate_type = fields.text("certificate_type", LONGEST);
    let course_id = fields.text("course_id", LONGEST)?;
    Some(match certificate_type {
        Some(certificate_type) => Named::Whole(Issuable::Course { course_id, certificate_type }),
        None => Named::Course(course_id),
    })
}

fn is_of_course(attribute: &Attribute) -> bool {
    attribute.namespace.split('.').next() == Some("course")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::read;

    fn refused(item: Value) -> Value {
        read(&item).unwrap_err().refusal.body()
    }

    fn with(member: &str, value: Value) -> Value {
        let mut item =
            json!({"username": "pat", "course_id": "a/b/c", "certificate_type": "honor"});
        item[member] = value;
        item
    }

    #[test]
    fn everything_wrong_is_said_field_by_field() {
        let attribute =
            |namespace: &str| json!([{"namespace": namespace, "name": "n", "value": "v"}]);
        let words = json!([{"namespace": ["Enter lower-case words joined by dots."]}]);
        for (member, value, said) in [
            ("username", json!(" "), json!(["This field may not be blank."])),
            ("certificate_type", json!(null), json!(["This field may not be null."])),
            ("attributes", json!(null), json!(["This field may not be null."])),
            ("attributes", attribute("Course"), words.clone()),
            ("attributes", attribute("course..grade"), words.clone()),
            ("attributes", attribute("course."), words),
            (
                "attributes",
                json!([{"name": "n", "value": "v"}]),
                json!([{"namespace": ["This field is required."]}]),
            ),
            (
                "attributes",
                json!([{"namespace": "a", "name": "n", "value": "1"},
                       {"namespace": "a", "name": "n", "value": "2"}]),
                json!(["Attributes cannot be duplicated."]),
            ),
        ] {
            assert_eq!(refused(with(member, value)), json!({ member: said }), "{member}");
        }
        let one = json!(["Exactly one of course_id and program_id is required."]);
        for (member, value) in [("course_id", json!(null)), ("program_id", json!(5))] {
            assert_eq!(refused(with(member, value)), json!({ "non_field_errors": one }));
        }
        assert_eq!(
            refused(json!("x")),
            json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]})
        );
    }

    #[test]
    fn facts_about_a_course_are_refused_on_a_program_and_the_same_name_is_no_duplicate_elsewhere() {
        let item = |namespace: &str| {
            json!({"username": "pat", "program_id": 5, "status": "revoked", "attributes": [
                {"namespace": namespace, "name": "n", "value": "v"},
                {"namespace": "whitelist", "name": "n", "value": "v"},
            ]})
        };
        let said = json!(["Facts about a course are for course credentials only."]);
        for namespace in ["course", "course.grade"] {
            assert_eq!(refused(item(namespace)), json!({ "attributes": said }));
        }
        assert!(read(&item("courses")).is_ok());
    }
}
