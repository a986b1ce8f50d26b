//! The promises in `proto-docs/events`: a schema and an example of everything the services say.

use std::path::{Path, PathBuf};

use events::{
    Envelope, Event,
    badges::*,
    credentials::*,
    registrar::*,
    renderer::{RenderJob, RenderingFailed, RenderingFinished},
};
use model::{
    Timestamp,
    catalog::{Organization, Program},
};
use schemars::{JsonSchema, schema_for};
use serde::Serialize;
use serde_json::{Value, json};
use testkit::documents::assert_current;
use uuid::Uuid;

const SOME_ID: Uuid = Uuid::from_u128(0x0199_c0de_0000_7000_8000_0000_0000_0001);
const EVENT_ID: Uuid = Uuid::from_u128(0x0199_c0de_0000_7000_8000_0000_0000_00ee);

fn at() -> Timestamp {
    serde_json::from_value(json!("2026-03-14T10:00:00Z")).unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto-docs/events")
}

fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

/// Holds schema and example of one event, and that the example can be read back.
fn document<E: Event + Clone + PartialEq + std::fmt::Debug>(example: E) {
    let schema = schema_for!(Envelope<E>);
    assert_current(&folder().join(format!("{}.schema.json", E::TYPE)), &pretty(&schema));
    let envelope = Envelope::new(EVENT_ID, at(), None, example);
    let text = pretty(&envelope);
    assert_current(&folder().join(format!("{}.example.json", E::TYPE)), &text);
    assert_eq!(serde_json::from_str::<Envelope<E>>(&text).unwrap(), envelope);
}

fn learner() -> Learner {
    Learner {
        username: "nguyen.phuong".into(),
        name: Some("Nguyễn Thị Phương".into()),
        email: Some("nguyen.phuong@example.org".into()),
    }
}

fn organization() -> Organization {
    Organization {
        key: "Northlake".into(),
        name: "Northlake University".into(),
        discovery_uuid: Some(SOME_ID),
        logo: None,
        url: Some("https://northlake.example.edu".into()),
        email: None,
    }
}

fn achievement() -> Achievement {
    Achievement {
        key: "course/7".into(),
        title: "Climate, Water and Health".into(),
        description: "Completed Climate, Water and Health at Northlake University.".into(),
        organizations: vec![organization()],
        of: Of::Course {
            course_key: "course-v1:Northlake+PH300+2026".into(),
            mode: "verified".into(),
        },
        url: None,
    }
}

#[test]
fn documents_of_what_credentials_says_are_current() {
    let public_url = "https://credentials.example.org/credentials/0199c0de/".to_owned();
    document(CredentialAwarded {
        credential_id: SOME_ID,
        sequence: 1,
        learner: learner(),
        achievement: achievement(),
        issued_at: at(),
        public_url: public_url.clone(),
    });
    document(CredentialRevoked {
        credential_id: SOME_ID,
        sequence: 2,
        learner: learner(),
        achievement: achievement(),
        revoked_at: at(),
        reason: Some("issued in error".into()),
        public_url,
    });
}

#[test]
fn documents_of_what_badges_says_are_current() {
    let credential = Some(CredentialRef { credential_id: SOME_ID, sequence: 1 });
    document(AssertionIssued {
        assertion_id: "AZnA3gAAcACAAAAAAAAAAQ".into(),
        sequence: 1,
        badge_class_id: "AZnA3gAAcACAAAAAAAAAAg".into(),
        badge_class_name: "Climate, Water and Health".into(),
        credential,
        open_badge_id: "https://badges.example.org/public/assertions/AZnA3gAAcACAAAAAAAAAAQ".into(),
        page_url: "https://badges.example.org/badge/assertions/AZnA3gAAcACAAAAAAAAAAQ".into(),
        image_url: "https://badges.example.org/public/assertions/AZnA3gAAcACAAAAAAAAAAQ/image"
            .into(),
        issued_at: at(),
    });
    document(AssertionRevoked {
        assertion_id: "AZnA3gAAcACAAAAAAAAAAQ".into(),
        sequence: 2,
        credential,
        revoked_at: at(),
        reason: None,
    });
}

#[test]
fn documents_of_what_registrar_says_are_current() {
    document(EnrollmentChanged {
        enrollment_id: SOME_ID,
        sequence: 1,
        program_key: "public-health".into(),
        program_uuid: Some(SOME_ID),
        organization_key: "Northlake".into(),
        student_key: "S-1004".into(),
        status: "enrolled".into(),
        account: Some(Account {
            username: "nguyen.phuong".into(),
            email: "nguyen.phuong@example.org".into(),
            full_name: Some("Nguyễn Thị Phương".into()),
        }),
        changed_at: at(),
    });
    document(ProgramChanged {
        sequence: 1,
        program: Program {
            key: "public-health".into(),
            organization: "Northlake".into(),
            discovery_uuid: Some(SOME_ID),
            title: Some("Public Health".into()),
            url: None,
            program_type: Some("Masters".into()),
            type_slug: Some("masters".into()),
            authoring_organizations: Vec::new(),
            total_hours_of_effort: Some(900),
            curricula: Vec::new(),
        },
        organizations: vec![organization()],
        changed_at: at(),
    });
}

#[test]
fn documents_of_what_renderer_says_and_is_asked_are_current() {
    document(RenderingFinished {
        job_id: "credential:0199c0de:1".into(),
        sequence: Some(1),
        record: json!({ "render_id": "9b0e0a3c5d5f4c6e8f7a6b5c4d3e2f10", "status": "done" }),
        attempt: 1,
    });
    document(RenderingFailed {
        job_id: Some("credential:0199c0de:1".into()),
        sequence: Some(1),
        code: "missing_glyph".into(),
        detail: "No font has U+13000.".into(),
        errors: Vec::new(),
        retryable: false,
        attempt: 1,
    });
    let job = RenderJob {
        job_id: "credential:0199c0de:1".into(),
        sequence: Some(1),
        bulk: false,
        request: json!({ "kind": "certificate", "template": "classic", "data": {} }),
    };
    schema_of_job::<RenderJob>("render.request");
    let path = folder().join("render.request.example.json");
    assert_current(&path, &pretty(&job));
    assert_eq!(serde_json::from_value::<RenderJob>(json!(job)).unwrap(), job);
}

fn schema_of_job<J: JsonSchema>(name: &str) {
    let schema: Value = schema_for!(J).into();
    assert_current(&folder().join(format!("{name}.schema.json")), &pretty(&schema));
}
