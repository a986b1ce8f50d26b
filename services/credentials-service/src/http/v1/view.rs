//! A credential as the v1 API shows it.

use serde::Serialize;

use crate::{
    app::App,
    domain::{
        site::Site,
        user_credential::{Attribute, Of, UserCredential},
    },
};

/// One credential; a course's has a mode and a document, a program's has not.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(tag = "credential_type")]
pub enum UserCredentialView {
    #[serde(rename = "course-certificate")]
    Course {
        credential_id: i64,
        certificate_type: String,
        username: String,
        course_id: String,
        status: &'static str,
        /// 32 hexadecimal digits.
        uuid: String,
        /// Empty unless there is a PDF.
        download_url: String,
        attributes: Vec<UserCredentialAttribute>,
    },
    #[serde(rename = "program-certificate")]
    Program {
        credential_id: i64,
        username: String,
        program_id: Option<i64>,
        status: &'static str,
        /// 32 hexadecimal digits.
        uuid: String,
        attributes: Vec<UserCredentialAttribute>,
    },
}

/// A free fact about the award.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct UserCredentialAttribute {
    pub namespace: String,
    pub name: String,
    pub value: String,
}

/// The view of a credential; `is_documented` says whether it has a PDF.
pub fn view(
    app: &App,
    site: &Site,
    credential: UserCredential,
    attributes: Vec<Attribute>,
    is_documented: bool,
) -> UserCredentialView {
    let attribute =
        |Attribute { namespace, name, value }| UserCredentialAttribute { namespace, name, value };
    let attributes = attributes.into_iter().map(attribute).collect();
    let document = || format!("{}certificate.pdf", app.page_url(site, credential.uuid));
    let download_url = if is_documented { document() } else { String::new() };
    let (status, uuid) = (credential.status.as_str(), credential.uuid.hex());
    let (credential_id, username) = (credential.id, credential.username);
    match credential.of {
        Of::Course { course_id, mode, .. } => UserCredentialView::Course {
            credential_id,
            certificate_type: mode,
            username,
            course_id,
            status,
            uuid,
            download_url,
            attributes,
        },
        Of::Program { program_id, .. } => UserCredentialView::Program {
            credential_id,
            username,
            program_id,
            status,
            uuid,
            attributes,
        },
    }
}
