//! A school to test with: its programs, its people, and one neighbour.

use std::time::{Duration, Instant};

use chassis::Service;
use registrar_service::RegistrarService;
use serde_json::{Value, json};
use testkit::{Answer, Client, Lms, TestApp, store_of_a_test::files_toml};

/// How long to wait for what happens beside requests.
const PATIENCE: Duration = Duration::from_secs(30);

/// The registrar of a school with a neighbour.
pub struct School {
    pub app: TestApp<RegistrarService>,
}

impl School {
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// With more TOML behind the configuration of all tests.
    pub async fn start_with(toml: &str) -> Self {
        Self::start_on(&format!("[storage]\n{}{toml}", files_toml())).await
    }

    /// The same with its files in the test's folder, whatever else there is to test on.
    pub async fn start_in_folder(toml: &str) -> Self {
        Self::start_on(&format!("[storage]\nfolder = \"{{folder}}/files\"\n{toml}")).await
    }

    async fn start_on(toml: &str) -> Self {
        let school = Self { app: TestApp::start_with(toml).await };
        school.import(document()).await.expect("the scene is right");
        school
    }

    pub async fn import(&self, document: Value) -> anyhow::Result<String> {
        self.app.service.import(&document.to_string()).await
    }

    /// Somebody of the scene, or a stranger, with a token of the LMS.
    pub fn caller(&self, username: &str) -> Client {
        self.app.caller(&Lms::claims(username))
    }

    /// The state of a job once it has ended.
    pub async fn ended_job(&self, client: &Client, id: &str) -> Value {
        until(|| async {
            let job = client.get(&format!("/api/v3/jobs/{id}")).await.json;
            let ended = job["state"] == "Succeeded" || job["state"] == "Failed";
            ended.then_some(job)
        })
        .await
    }

    /// Starts the job at `path`, waits for it, and downloads its result.
    pub async fn result_of(&self, client: &Client, path: &str) -> Answer {
        let started = client.get(path).await;
        assert_eq!(started.status, 202, "{}", started.text());
        let id = started.json["job_id"].as_str().expect("a job has an id").to_owned();
        let job = self.ended_job(client, &id).await;
        assert_eq!(job["state"], "Succeeded", "{job}");
        self.download(&job["result"]).await
    }

    /// Follows a link without any other credentials.
    pub async fn download(&self, link: &Value) -> Answer {
        let link = link.as_str().expect("the job has a result");
        let path = link.strip_prefix(self.app.url.as_str()).expect("the link is ours");
        self.app.anonymous().get(path).await
    }
}

/// Asks until there is an answer.
pub async fn until<T, F: Future<Output = Option<T>>>(mut ask: impl FnMut() -> F) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "it did not happen in time");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The import document of the scene.
pub fn document() -> Value {
    json!({
        "organizations": [
            {"key": "school", "name": "The School"},
            {"key": "neighbour", "name": "The Neighbour"},
        ],
        "programs": [
            {
                "key": "masters-in-cs", "organization": "school", "type": "Masters",
                "title": "Master's in CS", "url": "https://school.example/cs",
                "discovery_uuid": "11111111-1111-4111-8111-111111111111",
                "curricula": [
                    {"uuid": "21111111-1111-4111-8111-111111111111", "is_active": false,
                     "courses": [{"title": "Old", "course_runs": [
                        {"key": "course-v1:School+CS100+F18"}]}]},
                    {"uuid": "22222222-2222-4222-8222-222222222222", "is_active": true,
                     "courses": [
                        {"key": "School+CS111", "title": "Intro", "course_runs": [
                            {"key": "course-v1:School+CS111+F19", "external_key": "CS1_Fall",
                             "marketing_url": "https://school.example/cs111"},
                            {"key": "course-v1:School+CS111+S20", "title": "Intro, again"}]},
                        {"course_runs": [{"key": "School/CS112/F19"}]}]},
                    {"uuid": "23333333-3333-4333-8333-333333333333", "is_active": true,
                     "courses": [{"course_runs": [{"key": "course-v1:School+CS999+F19"}]}]},
                ],
            },
            {"key": "masters-in-math", "organization": "school", "type": "Masters",
             "title": "Ünïversal Math"},
            {"key": "micro", "organization": "school", "type": "MicroMasters", "title": "Micro"},
            {"key": "untitled_2", "organization": "school"},
            {"key": "neighbours-masters", "organization": "neighbour", "type": "Masters",
             "title": "Master's next door"},
        ],
        "groups": [
            {"name": "writers", "organization": "school",
             "role": "organization_read_write_enrollments"},
            {"name": "readers", "organization": "school", "role": "organization_read_enrollments"},
            {"name": "viewers", "organization": "school", "role": "organization_read_metadata"},
            {"name": "reporters", "organization": "school", "role": "organization_read_reports"},
            {"name": "math writers", "program": "masters-in-math",
             "granting_organization": "neighbour", "role": "program_read_write_enrollments"},
            {"name": "neighbours", "organization": "neighbour",
             "role": "organization_read_write_enrollments"},
            {"name": "staff", "global_permissions":
                ["core.organization_read_metadata", "core.job_global_read"]},
            {"name": "named", "flags": ["include_name_email_in_get_program_enrollment"]},
        ],
        "users": [
            {"username": "writer", "groups": ["writers"]},
            {"username": "reader", "groups": ["readers"]},
            {"username": "named_reader", "groups": ["readers", "named"]},
            {"username": "viewer", "groups": ["viewers"]},
            {"username": "reporter", "groups": ["reporters"]},
            {"username": "math_writer", "groups": ["math writers"]},
            {"username": "neighbour", "groups": ["neighbours"]},
            {"username": "staff", "groups": ["staff"]},
            {"username": "root", "is_superuser": true},
            {"username": "direct", "object_permissions": [
                {"permission": "core.program_read_metadata", "program": "micro"},
                {"permission": "core.organization_read_metadata", "organization": "neighbour"}]},
            {"username": "gone", "is_active": false, "groups": ["writers"]},
        ],
    })
}
