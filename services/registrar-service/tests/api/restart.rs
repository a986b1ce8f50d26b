//! A process dies in the middle of a job, and another finishes it.

use std::collections::BTreeSet;

use chassis::{Assembly, Service, configuration::Configuration};
use registrar_service::RegistrarService;
use serde_json::json;
use testkit::{Client, Lms, TestDatabase};
use tokio::runtime::Runtime;

use crate::scene::{document, until};

/// Learners whose export is cut off.
const LEARNERS: usize = 2000;

/// A process: it ends when its runtime is shut down, with whatever it was doing.
struct Process {
    runtime: Runtime,
    service: RegistrarService,
    url: String,
}

impl Process {
    fn start(database: &TestDatabase, jobs: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let folder = database.folder().display();
        let keys = serde_json::to_string(&Lms::public_keys()).unwrap();
        let toml = format!(
            "[http]\nlisten = \"127.0.0.1:0\"\npublic_base_url = \"http://registrar\"\nthreads = 1\n\
             [database]\nurl = \"{}\"\nthreads = 2\n\
             [auth]\nkeys_dir = \"{folder}/keys\"\n\
             trusted_issuers = [{{ issuer = \"{}\", jwks = '''{keys}''' }}]\n\
             [storage]\nfolder = \"{folder}/files\"\n[jobs]\n{jobs}",
            database.url(),
            Lms::ISSUER,
        );
        let (service, url) = runtime.block_on(async {
            let configuration =
                Configuration::defaults(RegistrarService::ENV_PREFIX, RegistrarService::DEFAULTS)
                    .unwrap()
                    .with_text(&toml, "test")
                    .unwrap();
            let mut assembly = Assembly::apart();
            let started = assembly.add::<RegistrarService>(&configuration).await.unwrap();
            tokio::spawn(assembly.run());
            (started.service, format!("http://{}", started.address))
        });
        Self { runtime, service, url }
    }

    fn caller(&self) -> Client {
        Client::anonymous(&self.url).with_token(Lms::token(&Lms::claims("reader")))
    }

    fn die(self) {
        self.runtime.shutdown_background();
    }
}

#[test]
fn a_job_outlives_the_process_that_did_it() {
    let database = TestDatabase::create();
    let slow = Process::start(&database, "page_rows = 1\nlease_s = 1\n");
    let runtime = Runtime::new().unwrap();
    let enrollments: Vec<_> = (0..LEARNERS)
        .map(|n| {
            json!({"program": "masters-in-cs", "student_key": format!("key{n}"),
                   "status": "enrolled"})
        })
        .collect();
    let mut scene = document();
    scene["program_enrollments"] = json!(enrollments);
    runtime.block_on(slow.service.import(&scene.to_string())).unwrap();
    let reader = slow.caller();
    let id = runtime.block_on(async {
        let started = reader.get("/api/v1/programs/masters-in-cs/enrollments?fmt=csv").await;
        let id = started.json["job_id"].as_str().unwrap().to_owned();
        until(|| async {
            let job = reader.get(&format!("/api/v1/jobs/{id}")).await.json;
            assert_ne!(job["state"], "Succeeded", "the job was too fast to be cut off");
            (job["state"] == "In Progress").then_some(())
        })
        .await;
        id
    });
    slow.die();

    let next = Process::start(&database, "lease_s = 1\n");
    let reader = next.caller();
    runtime.block_on(async {
        let link = until(|| async {
            let job = reader.get(&format!("/api/v1/jobs/{id}")).await.json;
            assert_ne!(job["state"], "Failed");
            job["result"].as_str().map(str::to_owned)
        })
        .await;
        let path = link.strip_prefix("http://registrar").unwrap();
        let text = Client::anonymous(&next.url).get(path).await.text();
        let rows: BTreeSet<&str> = text.lines().skip(1).collect();
        assert_eq!((text.lines().count(), rows.len()), (LEARNERS + 1, LEARNERS));
    });
    next.die();
}
