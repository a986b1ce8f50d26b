//! A process that is killed while it writes leaves nothing half.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use renderer_service::domain::ids::sha256_hex;
use testkit::{Client, Lms, TestDatabase};

use crate::given::{request, settings};

/// The service as a process of its own.
struct Process {
    child: Child,
    client: Client,
}

impl Process {
    /// Starts it on a free port and waits until it is ready.
    async fn start(database: &TestDatabase) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let folder = database.folder().display();
        let toml = format!(
            "{}[store]\nurl = \"file:{folder}/store\"\n\
             [http]\nlisten = \"{address}\"\npublic_base_url = \"http://renderer.test\"\n\
             [database]\nurl = \"{}\"\n[auth]\nkeys_dir = \"{folder}/keys\"\n\
             trusted_issuers = [{{ issuer = \"{}\", jwks = '''{}''' }}]\n",
            settings(),
            database.url(),
            Lms::ISSUER,
            serde_json::to_string(&Lms::public_keys()).unwrap(),
        );
        let config = database.folder().join("renderer.toml");
        std::fs::write(&config, toml).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_renderer-service"))
            .arg("--config")
            .arg(config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let claims = auth::Claims {
            scope: Some("renderer.render renderer.read".into()),
            ..Lms::claims("lms_worker")
        };
        let client =
            Client::anonymous(&format!("http://{address}")).with_token(Lms::token(&claims));
        let process = Self { child, client };
        process.is_ready().await;
        process
    }

    async fn is_ready(&self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let asked = self.client.request(reqwest::Method::GET, "/readyz").send().await;
            if asked.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            assert!(Instant::now() < deadline, "the process does not get ready");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends a request whose answer may never come.
    async fn ask(&self, name: &str) -> Option<serde_json::Value> {
        let asked = self.client.request(reqwest::Method::POST, "/v1/renders").json(&request(name));
        asked.send().await.ok()?.json().await.ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_leaves_no_half_object_and_the_next_one_goes_on() {
    let database = TestDatabase::create();
    for round in 0..3_u64 {
        let process = Process::start(&database).await;
        let asks = (0..8).map(|each| {
            let process = &process;
            async move { process.ask(&format!("Ada {round}-{each}")).await }
        });
        // Somewhere amid the writing of the eight.
        let amid = Duration::from_millis(120 + 70 * round);
        let _cut_off = tokio::time::timeout(amid, futures_util::future::join_all(asks)).await;
    }

    for object in files(&database.folder().join("store/objects")) {
        let name = object.file_name().unwrap().to_str().unwrap();
        // What was being written has another name.
        if name.len() == 64 {
            assert_eq!(sha256_hex(&std::fs::read(&object).unwrap()), name);
        }
    }
    for record in files(&database.folder().join("store/renders")) {
        if record.extension().is_some_and(|end| end == "json") {
            let record: serde_json::Value =
                serde_json::from_slice(&std::fs::read(record).unwrap()).unwrap();
            assert_eq!(record["status"], "done");
        }
    }
    let process = Process::start(&database).await;
    for round in 0..3 {
        for each in 0..8 {
            let answer = process.ask(&format!("Ada {round}-{each}")).await.unwrap();
            assert_eq!(answer["status"], "done", "{answer}");
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|each| each.path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
