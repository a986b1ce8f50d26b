//! A registrar that can be killed, on a database that outlives it.

use std::{
    fs,
    net::TcpListener,
    ops::Range,
    process::{Child, Command, Stdio},
};

use database::Db;
use diesel::RunQueryDsl;
use serde_json::{Value, json};
use testkit::{Client, Lms, TestDatabase};
use uuid::Uuid;

use crate::{
    holding_store::HoldingStore,
    scene::{document, until},
};

/// What clients believe to call.
const PUBLIC_URL: &str = "http://registrar";

const BINARY: &str = env!("CARGO_BIN_EXE_registrar-service");

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

/// A process of the service's binary.
pub struct Process {
    child: Child,
    url: String,
    /// The test's own way to the database.
    db: Db,
}

impl Process {
    /// Starts one with more TOML behind the configuration of all tests; it begins in section `jobs`.
    pub async fn start(database: &TestDatabase, jobs: &str) -> Self {
        Self::start_with(database, jobs, Vec::new()).await
    }

    /// One that holds whoever writes a result there, until the process ends.
    pub async fn start_held(database: &TestDatabase, jobs: &str, store: &HoldingStore) -> Self {
        Self::start_with(database, jobs, store.environment()).await
    }

    async fn start_with(
        database: &TestDatabase,
        jobs: &str,
        environment: Vec<(&'static str, &str)>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let configuration = database.folder().join(format!("{}.toml", Uuid::new_v4()));
        fs::write(&configuration, toml(database, &address.to_string(), jobs)).unwrap();
        let child = Command::new(BINARY)
            .arg("serve")
            .arg("--config")
            .arg(&configuration)
            .envs(environment)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let db = Db::open(database.url(), Vec::new(), database::Options { threads: 1 }).unwrap();
        let process = Self { child, url: format!("http://{address}"), db };
        let http = reqwest::Client::new();
        let health = format!("{}/health", process.url);
        until(|| async { http.get(&health).send().await.ok().map(drop) }).await;
        process
    }

    /// Fills a database with the scene and more enrollments.
    pub async fn import(database: &TestDatabase, enrollments: usize) {
        let mut scene = document();
        let enrollments = (0..enrollments).map(|n| {
            json!({"program": "masters-in-cs", "student_key": format!("key{n}"),
                   "status": "enrolled"})
        });
        scene["program_enrollments"] = enrollments.collect();
        let file = database.folder().join("scene.json");
        fs::write(&file, scene.to_string()).unwrap();
        let configuration = database.folder().join("import.toml");
        fs::write(&configuration, toml(database, "127.0.0.1:0", "")).unwrap();
        let mut import = Command::new(BINARY);
        import.arg("import").arg(&file).arg("--config").arg(&configuration);
        let done = import.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    pub fn caller(&self, username: &str) -> Client {
        Client::anonymous(&self.url).with_token(Lms::token(&Lms::claims(username)))
    }

    /// `kill -9`.
    pub fn die(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As an operator stops it.
    pub fn end(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(&pid).status().unwrap().success());
        self.child.wait().unwrap();
    }

    pub async fn execute(&self, sql: impl Into<String>) {
        let sql = sql.into();
        self.db.write(move |conn| conn.execute_batch(&sql)).await.unwrap();
    }

    /// Enrolls learners whom no service is asked to enroll: it would take too long.
    pub async fn enroll(&self, learners: Range<usize>, key: impl Fn(usize) -> String) {
        let row = |n| {
            let (key, at) = (key(n), "'2026-01-01T00:00:00.000000Z'");
            format!(
                "('00000000-0000-7000-8000-{n:012}', (SELECT id FROM programs WHERE \
                 key = 'masters-in-cs'), '{key}', 'enrolled', 1, {at}, {at})"
            )
        };
        for first in learners.clone().step_by(1000) {
            let rows: Vec<String> = (first..learners.end.min(first + 1000)).map(row).collect();
            let columns = "id, program_id, student_key, status, sequence, created_at, modified_at";
            let rows = rows.join(",");
            self.execute(format!("INSERT INTO program_enrollments ({columns}) VALUES {rows}"))
                .await;
        }
    }

    /// What a query for one number says.
    pub async fn number(&self, sql: &str) -> i64 {
        let query = diesel::sql_query(format!("SELECT CAST(({sql}) AS bigint) AS number"));
        let read = self
            .db
            .read(move |conn| Ok::<_, database::Error>(query.get_result::<Number>(conn)?.number));
        read.await.unwrap()
    }

    /// A job that was just asked for.
    pub async fn given_job(&self) -> String {
        let path = "/api/v1/programs/masters-in-cs/enrollments?fmt=csv";
        let started = self.caller("reader").get(path).await;
        started.json["job_id"].as_str().unwrap().to_owned()
    }

    /// A job that somebody is busy with.
    pub async fn begun_job(&self) -> String {
        let (id, reader) = (self.given_job().await, self.caller("reader"));
        until(|| async {
            let job = reader.get(&format!("/api/v1/jobs/{id}")).await.json;
            assert_ne!(job["state"], "Succeeded", "the job was too fast to be cut off");
            (job["state"] == "In Progress").then_some(())
        })
        .await;
        id
    }

    /// A job once it has ended.
    pub async fn ended_job(&self, id: &str) -> Value {
        let reader = self.caller("reader");
        until(|| async {
            let job = reader.get(&format!("/api/v3/jobs/{id}")).await.json;
            let ended = job["state"] == "Succeeded" || job["state"] == "Failed";
            ended.then_some(job)
        })
        .await
    }

    pub async fn result_of(&self, id: &str) -> String {
        let job = self.ended_job(id).await;
        let link = job["result"].as_str().expect("the job has a result");
        let path = link.strip_prefix(PUBLIC_URL).unwrap();
        Client::anonymous(&self.url).get(path).await.text()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn toml(database: &TestDatabase, address: &str, jobs: &str) -> String {
    let folder = database.folder().display();
    let keys = serde_json::to_string(&Lms::public_keys()).unwrap();
    format!(
        "[http]\nlisten = \"{address}\"\npublic_base_url = \"{PUBLIC_URL}\"\nthreads = 1\n\
         [database]\nurl = \"{}\"\nthreads = 3\n\
         [auth]\nkeys_dir = \"{folder}/keys\"\n\
         trusted_issuers = [{{ issuer = \"{}\", jwks = '''{keys}''' }}]\n\
         [storage]\nfolder = \"{folder}/files\"\n[jobs]\n{jobs}",
        database.url(),
        Lms::ISSUER,
    )
}
