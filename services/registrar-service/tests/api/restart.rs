//! A process dies in the middle of a job, and another finishes it.

use std::collections::BTreeSet;

use chassis::{Assembly, Service, configuration::Configuration};
use database::Db;
use registrar_service::RegistrarService;
use serde_json::{Value, json};
use testkit::{Client, Lms, TestDatabase};
use tokio::{runtime::Runtime, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::scene::{document, until};

/// Learners whose export is cut off.
const LEARNERS: usize = 2000;

/// A process: it ends when its runtime is shut down, with whatever it was doing.
struct Process {
    runtime: Runtime,
    service: RegistrarService,
    db: Db,
    url: String,
    stop: CancellationToken,
    run: JoinHandle<()>,
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
        let configuration =
            Configuration::defaults(RegistrarService::ENV_PREFIX, RegistrarService::DEFAULTS)
                .unwrap()
                .with_text(&toml, "test")
                .unwrap();
        let (started, stop, run) = runtime.block_on(async {
            let mut assembly = Assembly::apart();
            let started = assembly.add::<RegistrarService>(&configuration).await.unwrap();
            let stop = assembly.stop();
            (started, stop, tokio::spawn(async { assembly.run().await.unwrap() }))
        });
        let url = format!("http://{}", started.address);
        Self { runtime, service: started.service, db: started.parts.db, url, stop, run }
    }

    fn caller(&self) -> Client {
        Client::anonymous(&self.url).with_token(Lms::token(&Lms::claims("reader")))
    }

    /// As `kill -9`.
    fn die(self) {
        self.runtime.shutdown_background();
    }

    /// As an operator stops it.
    fn end(self) {
        self.stop.cancel();
        self.runtime.block_on(self.run).unwrap();
    }

    async fn execute(&self, sql: &'static str) {
        self.db.write(move |conn| conn.execute_batch(sql)).await.unwrap();
    }

    async fn import(&self, enrollments: usize) {
        let mut scene = document();
        let enrollments = (0..enrollments).map(|n| {
            json!({"program": "masters-in-cs", "student_key": format!("key{n}"),
                   "status": "enrolled"})
        });
        scene["program_enrollments"] = enrollments.collect();
        self.service.import(&scene.to_string()).await.unwrap();
    }

    async fn given_job(&self) -> String {
        let path = "/api/v1/programs/masters-in-cs/enrollments?fmt=csv";
        let started = self.caller().get(path).await;
        started.json["job_id"].as_str().unwrap().to_owned()
    }

    async fn begun_job(&self) -> String {
        let (id, reader) = (self.given_job().await, self.caller());
        until(|| async {
            let job = reader.get(&format!("/api/v1/jobs/{id}")).await.json;
            assert_ne!(job["state"], "Succeeded", "the job was too fast to be cut off");
            (job["state"] == "In Progress").then_some(())
        })
        .await;
        id
    }

    async fn ended_job(&self, id: &str) -> Value {
        let reader = self.caller();
        until(|| async {
            let job = reader.get(&format!("/api/v3/jobs/{id}")).await.json;
            let ended = job["state"] == "Succeeded" || job["state"] == "Failed";
            ended.then_some(job)
        })
        .await
    }

    async fn result_of(&self, id: &str) -> String {
        let job = self.ended_job(id).await;
        let link = job["result"].as_str().expect("the job has a result");
        let path = link.strip_prefix("http://registrar").unwrap();
        Client::anonymous(&self.url).get(path).await.text()
    }
}

fn assert_whole(text: &str) {
    let rows: BTreeSet<&str> = text.lines().skip(1).collect();
    assert_eq!((text.lines().count(), rows.len()), (LEARNERS + 1, LEARNERS));
}

#[test]
fn a_job_outlives_the_process_that_did_it() {
    let database = TestDatabase::create();
    let tests = Runtime::new().unwrap();
    let slow = Process::start(&database, "page_rows = 1\nlease_s = 1\n");
    tests.block_on(slow.import(LEARNERS));
    let id = tests.block_on(slow.begun_job());
    slow.die();

    let next = Process::start(&database, "lease_s = 1\n");
    assert_whole(&tests.block_on(next.result_of(&id)));
    next.die();
}

#[test]
fn a_process_that_is_stopped_leaves_its_job_to_the_next_at_once() {
    let database = TestDatabase::create();
    let tests = Runtime::new().unwrap();
    let slow = Process::start(&database, "page_rows = 1\nlease_s = 3600\n");
    tests.block_on(slow.import(LEARNERS));
    let id = tests.block_on(slow.begun_job());
    slow.end();

    let next = Process::start(&database, "");
    assert_whole(&tests.block_on(next.result_of(&id)));
    next.die();
}

#[test]
fn a_job_that_loses_every_worker_fails_in_the_end() {
    let database = TestDatabase::create();
    let tests = Runtime::new().unwrap();
    let process = Process::start(&database, "workers = 0\n");
    tests.block_on(process.import(1));
    let id = tests.block_on(process.given_job());
    tests.block_on(process.execute(
        "UPDATE jobs SET state = 'In Progress', attempts = 5, due_at = '2020-01-01T00:00:00.000000Z',
         worker = '00000000-0000-4000-8000-000000000000'",
    ));
    process.die();

    let next = Process::start(&database, "most_attempts = 5\n");
    let job = tests.block_on(next.ended_job(&id));
    assert_eq!((&job["state"], &job["result"]), (&json!("Failed"), &Value::Null));
    assert_eq!(job["error"], json!({"code": "worker-lost", "message": "worker lost"}));
    next.die();
}

#[test]
fn a_job_of_a_program_that_is_gone_fails_and_says_so() {
    let database = TestDatabase::create();
    let tests = Runtime::new().unwrap();
    let process = Process::start(&database, "workers = 0\n");
    tests.block_on(process.import(1));
    let id = tests.block_on(process.given_job());
    tests.block_on(
        process.execute("UPDATE programs SET key = 'renamed' WHERE key = 'masters-in-cs'"),
    );
    process.die();

    let next = Process::start(&database, "");
    let error = &tests.block_on(next.ended_job(&id))["error"];
    let message = "Bad program key: masters-in-cs";
    assert_eq!(error, &json!({"code": "bad-program-key", "message": message}));
    next.die();
}

#[test]
fn old_jobs_go_together_with_their_results() {
    let database = TestDatabase::create();
    let tests = Runtime::new().unwrap();
    let process = Process::start(&database, "");
    tests.block_on(process.import(1));
    let (old, new) = tests.block_on(async {
        let old = process.given_job().await;
        process.ended_job(&old).await;
        process.execute("UPDATE jobs SET created_at = '2020-01-01T00:00:00.000000Z'").await;
        let new = process.given_job().await;
        process.ended_job(&new).await;
        (old, new)
    });
    let file = |id: &str| database.folder().join(format!("files/job-results/{id}.csv"));
    assert!(file(&old).exists());
    process.end();

    let next = Process::start(&database, "retention_days = 30\n");
    let reader = next.caller();
    tests.block_on(until(|| async {
        let status = reader.get(&format!("/api/v1/jobs/{old}")).await.status;
        (status == 404).then_some(())
    }));
    assert!(!file(&old).exists());
    assert!(file(&new).exists());
    assert_eq!(tests.block_on(reader.get(&format!("/api/v1/jobs/{new}"))).status, 200);
    next.die();
}
