//! Running services, callers and requests to test with.

use std::time::{Duration, Instant};

use auth::Claims;
use renderer_service::RendererService;
use serde_json::{Value, json};
use testkit::{Answer, Client, Lms, TestApp, store_of_a_test::files_toml};

pub type App = TestApp<RendererService>;

/// A service with one worker and a store of its own.
pub async fn app() -> App {
    app_with("").await
}

/// The same with more settings.
pub async fn app_with(toml: &str) -> App {
    let has_store = toml.contains("[store]");
    let store = if has_store { "" } else { "[store]\nurl = \"file:{folder}/store\"\n" };
    let toml = format!("{}{store}{toml}", settings());
    TestApp::start_with(&toml).await
}

/// The same with its files on the store of `TEST_S3_URL`, if there is one.
pub async fn app_on_store() -> App {
    app_with(&format!("[store]\n{}", files_toml())).await
}

/// What every service of these tests is told.
pub fn settings() -> String {
    format!(
        "[ids]\nsecret = \"0123456789abcdef0123456789abcdef\"\n\
         [workers]\ncount = 1\nexecutable = \"{}\"\n",
        env!("CARGO_BIN_EXE_renderer-service")
    )
}

/// A caller with these scopes.
pub fn caller(app: &App, scope: &str) -> Client {
    app.caller(&Claims { scope: Some(scope.to_owned()), ..Lms::claims("lms_worker") })
}

/// A caller who may do everything.
pub fn operator(app: &App) -> Client {
    caller(app, "renderer.render renderer.read renderer.manage")
}

/// A request for a certificate.
pub fn request(name: &str) -> Value {
    json!({
        "kind": "certificate",
        "template": "classic",
        "data": {
            "recipient": {"name": name},
            "achievement": {"title": "Introduction to Computational Thinking"},
            "issuer": {"name": "Université Example"},
            "issued_on": "2026-03-14",
        },
    })
}

/// The same with a verification id.
pub fn request_verified_by(verify_id: &str) -> Value {
    let mut request = request("Nguyễn Quang Khải");
    request["data"]["verify"] = json!({"id": verify_id});
    request
}

/// The path of a file in a record.
pub fn path_of(app: &App, record: &Value, output: &str) -> String {
    let artifacts = record["artifacts"].as_array().expect("a record lists its files");
    let artifact = artifacts.iter().find(|artifact| artifact["output"] == output);
    let url = artifact.expect("the record has this output")["url"].as_str().expect("text");
    url.strip_prefix(&app.url).expect("the address is this service's").to_owned()
}

/// Asks again until the answer is as wanted.
pub async fn eventually(client: &Client, path: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = client.get(path).await;
        if wanted(&answer) {
            return answer;
        }
        assert!(
            Instant::now() < deadline,
            "{path} still answers {}: {}",
            answer.status,
            answer.json
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A PNG of one colour.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    image::RgbaImage::from_pixel(width, height, image::Rgba([20, 60, 120, 255]))
        .write_to(&mut file, image::ImageFormat::Png)
        .expect("a PNG can be written");
    file.into_inner()
}
