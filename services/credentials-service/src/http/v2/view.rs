//! A credential as the v2 API shows it.

use serde::Serialize;
use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        site::Site,
        user_credential::{Attribute, Of, UserCredential},
    },
};

/// One credential.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct CredentialView {
    pub username: String,
    pub credential: ConfigurationView,
    /// `awarded` or `revoked`.
    pub status: &'static str,
    pub uuid: Uuid,
    /// In order of creation.
    pub attributes: Vec<AttributeView>,
    pub date_override: Option<DateOverrideView>,
    pub created: String,
    pub modified: String,
    /// The public page.
    pub certificate_url: String,
}

/// What was awarded.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(tag = "type")]
pub enum ConfigurationView {
    #[serde(rename = "program")]
    Program { credential_id: i64, program_uuid: Uuid },
    #[serde(rename = "course-run")]
    Course { course_run_key: String, mode: String },
}

/// A free fact about the award.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AttributeView {
    pub name: String,
    pub value: String,
}

/// The date that replaces the one a course certificate would show.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct DateOverrideView {
    pub date: String,
}

/// The view of a credential.
pub fn view(
    app: &App,
    site: &Site,
    credential: UserCredential,
    attributes: Vec<Attribute>,
) -> CredentialView {
    let attribute = |Attribute { name, value, .. }| AttributeView { name, value };
    CredentialView {
        certificate_url: app.page_url(site, credential.uuid),
        credential: match credential.of {
            Of::Course { course_id, mode, .. } => {
                ConfigurationView::Course { course_run_key: course_id, mode }
            }
            Of::Program { certificate_id, program_uuid, .. } => ConfigurationView::Program {
                credential_id: certificate_id,
                program_uuid: program_uuid.uuid(),
            },
        },
        status: credential.status.as_str(),
        uuid: credential.uuid.uuid(),
        attributes: attributes.into_iter().map(attribute).collect(),
        date_override: credential
            .date_override
            .map(|date| DateOverrideView { date: date.seconds() }),
        created: credential.created.seconds(),
        modified: credential.modified.seconds(),
        username: credential.username,
    }
}
