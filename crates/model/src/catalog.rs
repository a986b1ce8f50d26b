//! The import file: who teaches what to whom. One document fills the credentials and the registrar
//! service; each takes the parts it keeps.
//!
//! References are natural keys (organization `key`, program `key`, group `name`). Items are
//! created or updated in document order. Unknown members are errors, since they are typing errors.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{CourseKey, Email, Timestamp};

/// A whole import document. Every list may be left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Catalog {
    pub organizations: Vec<Organization>,
    pub programs: Vec<Program>,
    pub courses: Vec<Course>,
    pub groups: Vec<Group>,
    pub users: Vec<User>,
    pub pending_memberships: Vec<PendingMembership>,
    pub learner_links: Vec<LearnerLink>,
    pub program_enrollments: Vec<ProgramEnrollment>,
}

/// A school or another body that teaches and awards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// ASCII letters, digits, `-` and `_`; at most 255.
    pub key: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discovery_uuid: Option<Uuid>,
    /// URL, or `data:` URI of a PNG, JPEG or SVG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// A credential-bearing list of courses, run by one managing organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Program {
    pub key: String,
    /// Key of the managing organization.
    pub organization: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discovery_uuid: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Such as `Masters`; only that type is open for enrollments.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub program_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_slug: Option<String>,
    /// Keys, in the order in which certificates name them; the managing one if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authoring_organizations: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_hours_of_effort: Option<i32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curricula: Vec<Curriculum>,
}

/// A version of a program's list of courses. The first active one counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Curriculum {
    pub uuid: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub is_active: bool,
    #[serde(default)]
    pub courses: Vec<Course>,
}

/// A catalog course, with its scheduled runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Course {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Keys of the organizations that own the course; the program's if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<String>,
    #[serde(default)]
    pub course_runs: Vec<CourseRun>,
}

/// One scheduled offering of a course.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseRun {
    #[schemars(with = "String")]
    pub key: CourseKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
    /// The school's own id of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_key: Option<String>,
    /// Replaces the course's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketing_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Timestamp>,
    /// `self_paced` or `instructor_paced`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pacing_type: Option<String>,
}

/// A named set of people with one role on one organization or program, or with global permissions.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub name: String,
    #[serde(default)]
    pub organization: Option<String>,
    #[serde(default)]
    pub program: Option<String>,
    #[serde(default)]
    pub granting_organization: Option<String>,
    #[serde(default)]
    pub role: Option<String>,
    #[serde(default)]
    pub global_permissions: Vec<String>,
    #[serde(default)]
    pub flags: Vec<String>,
}

/// Somebody who calls the services, or a learner who is known before the first award.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    pub username: String,
    #[serde(default)]
    pub email: Option<Email>,
    /// As a certificate prints it.
    #[serde(default)]
    pub full_name: Option<String>,
    #[serde(default)]
    pub lms_user_id: Option<i64>,
    #[serde(default)]
    pub is_active: Option<bool>,
    #[serde(default)]
    pub is_staff: Option<bool>,
    #[serde(default)]
    pub is_superuser: Option<bool>,
    #[serde(default)]
    pub groups: Vec<String>,
    #[serde(default)]
    pub global_permissions: Vec<String>,
    #[serde(default)]
    pub object_permissions: Vec<ObjectPermission>,
}

/// One permission on one organization or one program.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectPermission {
    pub permission: String,
    #[serde(default)]
    pub organization: Option<String>,
    #[serde(default)]
    pub program: Option<String>,
}

/// A membership that waits for whoever signs in with this address.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PendingMembership {
    pub email: Email,
    pub group: String,
}

/// Ties a school's own key of a learner to the learner's account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearnerLink {
    pub organization: String,
    pub student_key: String,
    pub username: String,
    pub email: Email,
    /// The learner's name as a certificate prints it.
    #[serde(default)]
    pub full_name: Option<String>,
}

/// A learner's place in a program.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgramEnrollment {
    pub program: String,
    pub student_key: String,
    pub status: String,
}

impl Organization {
    /// The organization's UUID: the given one, else one that follows from the key, so that two
    /// services that import the same file agree.
    pub fn uuid(&self) -> Uuid {
        self.discovery_uuid.unwrap_or_else(|| named(&format!("organization/{}", self.key)))
    }
}

impl Program {
    /// The program's UUID, by the rule of [`Organization::uuid`].
    pub fn uuid(&self) -> Uuid {
        self.discovery_uuid.unwrap_or_else(|| named(&format!("program/{}", self.key)))
    }
}

impl CourseRun {
    /// The run's UUID, by the rule of [`Organization::uuid`].
    pub fn uuid(&self) -> Uuid {
        self.uuid.unwrap_or_else(|| named(&format!("course-run/{}", self.key)))
    }
}

impl Course {
    /// The course's key: the given one, else `Org+Number` of its first run.
    pub fn key(&self) -> Option<String> {
        let of_run = |run: &CourseRun| {
            let key = run.key.as_str().trim_start_matches("course-v1:").replace('/', "+");
            key.rsplit_once('+').map(|(course, _run)| course.to_owned())
        };
        self.key.clone().or_else(|| self.course_runs.first().and_then(of_run))
    }

    /// The course's UUID, by the rule of [`Organization::uuid`].
    pub fn uuid(&self) -> Uuid {
        let key = self.key().unwrap_or_default();
        self.uuid.unwrap_or_else(|| named(&format!("course/{key}")))
    }
}

fn named(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("urn:testamur:{name}").as_bytes())
}
