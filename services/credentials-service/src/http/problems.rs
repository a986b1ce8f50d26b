//! The one place where this service's errors meet HTTP.

use actix_web::http::StatusCode;
use serde_json::json;
use web::{Errors, Refusal};

use crate::error::Error;

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::NoSuchCredential => Self::no_such("UserCredential"),
            Error::NoActiveProgramCertificate(uuid) => in_credential(
                "program_uuid",
                &format!("No active ProgramCertificate exists for program [{uuid}]"),
            ),
            Error::NoActiveCourseCertificate(key) => in_credential(
                "course_run_key",
                &format!("No active CourseCertificate exists for course run [{key}]"),
            ),
            Error::NoSuchCourseRun(key) => in_credential(
                "course_run_key",
                &format!(
                    "CourseCertificate failed to create because the CourseRun {key} doesn't \
                     exist in the catalog"
                ),
            ),
            Error::NoMode => in_credential("mode", "This field is required."),
            Error::NothingToIssue { field, .. } => Errors::of(field, capitalized(&error)).into(),
            Error::NoSuch(kind) => Self::no_such(kind),
            Error::NoSuchReference { field, id } => {
                Errors::of(field, format!("Invalid pk \"{id}\" - object does not exist.")).into()
            }
            Error::NoSuchFile(field) => Errors::of(field, "The file does not exist.").into(),
            Error::Fixed(field) => {
                let message = "This field may not change once credentials were awarded.";
                Errors::of(field, message).into()
            }
            Error::InUse(kind) => Self::Conflict(format!("The {kind} is in use.")),
            Error::NotAllowed => Self::forbidden(),
            Error::Picture(error) => Errors::of("image", error.to_string()).into(),
            Error::Import { item, reason } => {
                Self::Custom(StatusCode::BAD_REQUEST, json!({ item: reason }))
            }
            Error::Database(error) => error.into(),
        }
    }
}

fn capitalized(error: &Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A text where other messages are lists: the predecessor's shape, which the LMS logs.
fn in_credential(member: &str, message: &str) -> Refusal {
    Refusal::Custom(StatusCode::BAD_REQUEST, json!({ "credential": { member: message } }))
}
