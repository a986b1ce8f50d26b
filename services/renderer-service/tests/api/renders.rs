//! `POST`, `GET` and `DELETE` of renders.

use reqwest::Method;
use serde_json::json;

use crate::given::{app, app_with, caller, eventually, operator, path_of, request, settings};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_is_made_once_and_known_the_second_time() {
    let app = app().await;
    let client = operator(&app);

    let first = client.post("/v1/renders", request("Nguyễn Quang Khải")).await;
    let second = client.post("/v1/renders", request("Nguyễn Quang Khải")).await;

    assert_eq!((first.status, second.status), (201, 200), "{}", first.json);
    assert_eq!(first.json, second.json);
    let render_id = first.json["render_id"].as_str().unwrap();
    assert_eq!(first.header("Location"), format!("/v1/renders/{render_id}"));
    assert_eq!(second.header("Location"), first.header("Location"));
    assert_eq!(first.json["status"], "done");
    assert_eq!(first.json["template"], "classic@1");
    assert_eq!(first.json["artifacts"][0]["filename"], "Certificate.pdf");
    assert_eq!(first.json["error"], json!(null));
    let verify_id = first.json["verify"]["id"].as_str().unwrap();
    assert_eq!(first.json["verify"]["url"], format!("{}/verify/{verify_id}", app.url));
    let shown = client.get(&format!("/v1/renders/{render_id}")).await;
    assert_eq!((shown.status, &shown.json), (200, &first.json));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_ask_for_the_same_at_once_one_made_it() {
    let app = app().await;
    let client = operator(&app);
    let mut asked = request("Ada");
    asked["outputs"] = json!(["pdf", "png"]);

    let answers = (0..20).map(|_| client.post("/v1/renders", asked.clone()));
    let answers = futures_util::future::join_all(answers).await;

    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let known = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((made, known), (1, 19));
    assert!(answers.iter().all(|answer| answer.json == answers[0].json));
    assert_eq!(client.post("/v1/renders", asked).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn spelling_the_same_request_otherwise_changes_nothing() {
    let app = app().await;
    let client = operator(&app);
    let plain = client.post("/v1/renders", request("Zoë")).await;
    let mut other = request("  Zoe\u{308} ");
    other["data"]["disclaimer"] = json!(null);
    other["outputs"] = json!(["pdf"]);

    let again = client.post("/v1/renders", other).await;

    assert_eq!((plain.status, again.status), (201, 200));
    assert_eq!(plain.json["render_id"], again.json["render_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_outputs_are_added_to_a_known_render() {
    let app = app().await;
    let client = operator(&app);
    let first = client.post("/v1/renders", request("Ada")).await;
    let mut more = request("Ada");
    more["outputs"] = json!(["png"]);

    let second = client.post("/v1/renders", more).await;

    assert_eq!(second.status, 201);
    assert_eq!(first.json["render_id"], second.json["render_id"]);
    assert_eq!(first.json["created_at"], second.json["created_at"]);
    let outputs: Vec<_> =
        second.json["artifacts"].as_array().unwrap().iter().map(|each| &each["output"]).collect();
    assert_eq!(outputs, [&json!("pdf"), &json!("png")]);
    assert_eq!(first.json["artifacts"][0], second.json["artifacts"][0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_service_with_the_same_store_serves_the_same_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("[store]\nurl = \"file:{}\"\n", folder.path().display());
    let first = app_with(&store).await;
    let made = operator(&first).post("/v1/renders", request("フランク")).await;
    assert_eq!(made.status, 201, "{}", made.json);
    let render_id = made.json["render_id"].as_str().unwrap().to_owned();
    let path = path_of(&first, &made.json, "pdf");
    let bytes = first.anonymous().get(&path).await.bytes;
    drop(first);

    // Its database is empty: the store alone is enough.
    let second = app_with(&store).await;
    let kept = second.anonymous().get(&path).await;
    assert_eq!((kept.status, &kept.bytes), (200, &bytes));
    let shown = operator(&second).get(&format!("/v1/renders/{render_id}")).await;
    assert_eq!(shown.json["status"], "done");

    // Asked again, it finds that all is there.
    let mut told = request("フランク");
    told["data"]["verify"] = made.json["verify"].clone();
    let again = operator(&second).post("/v1/renders", told).await;
    assert_eq!((again.status, &again.json["render_id"]), (200, &made.json["render_id"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_services_make_the_same_bytes() {
    let mut told = request("शिरा कोहेन");
    told["data"]["verify"] =
        json!({"id": "0199c0de000070008000000000000001", "url": "https://example.org/v/1"});
    told["outputs"] = json!(["pdf", "png", "svg", "card"]);
    let (one, two) = (app().await, app().await);

    let first = operator(&one).post("/v1/renders", told.clone()).await;
    let second = operator(&two).post("/v1/renders", told).await;

    assert_eq!((first.status, second.status), (201, 201));
    for index in 0..4 {
        let digest = &first.json["artifacts"][index]["sha256"];
        assert!(digest.is_string());
        assert_eq!(digest, &second.json["artifacts"][index]["sha256"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_want_to_wait_is_promised_the_document() {
    let app = app().await;
    let client = operator(&app);
    let asked = client
        .request(Method::POST, "/v1/renders")
        .header("Prefer", "wait=1, respond-async")
        .json(&request("Ada"));

    let answer = client.send(asked).await;

    assert_eq!(answer.status, 202, "{}", answer.json);
    assert_eq!(answer.json["status"], "queued");
    assert_eq!(answer.header("Preference-Applied"), "respond-async");
    let location = answer.header("Location").to_owned();
    let done = eventually(&client, &location, |shown| shown.json["status"] == "done").await;
    assert_eq!(done.json["artifacts"].as_array().unwrap().len(), 1);
    everything_ended(&app).await;
    assert_eq!(promises(&app).await, 0);
    let known = client.post("/v1/renders", request("Ada")).await;
    assert_eq!(known.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promised_document_that_cannot_be_made_says_why() {
    let app = app().await;
    let client = operator(&app);
    let asked = client
        .request(Method::POST, "/v1/renders")
        .header("Prefer", "respond-async")
        .json(&request("Ada \u{13000}"));

    let answer = client.send(asked).await;

    assert_eq!(answer.status, 202);
    let location = answer.header("Location").to_owned();
    let failed = eventually(&client, &location, |shown| shown.json["status"] == "failed").await;
    assert_eq!(failed.json["error"]["code"], "missing_glyph");
    assert_eq!(failed.json["error"]["errors"][0]["pointer"], "/data/recipient/name");
    assert!(!failed.text().contains("Ada"));
    everything_ended(&app).await;
    assert_eq!(promises(&app).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waited_long_enough_is_told_to_come_back() {
    let app = app_with("[render]\nsync_timeout_ms = 1\n").await;
    let client = operator(&app);

    let answer = client.post("/v1/renders", request("Ada")).await;

    assert_eq!(answer.status, 202, "{}", answer.json);
    let location = answer.header("Location").to_owned();
    eventually(&client, &location, |shown| shown.json["status"] == "done").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_outlives_the_process() {
    const BASE: &str = "[http]\npublic_base_url = \"http://renderer.test\"\n";
    let app = app_with(BASE).await;
    let client = operator(&app);
    // The id is the same in every service with the secret.
    let made = operator(&app_with(BASE).await).post("/v1/renders", request("Ada")).await;
    let render_id = made.json["render_id"].as_str().unwrap().to_owned();
    let (id, now) = (render_id.clone(), app.parts.clock.now());
    let promised: Result<(), database::Error> = app
        .db()
        .write(move |conn| renderer_service::store::accepted::keep(conn, &id, request("Ada"), now))
        .await;
    promised.unwrap();

    // What the service does when it starts.
    renderer_service::actions::keep_promises(app.service.app.clone()).await;

    let shown = client.get(&format!("/v1/renders/{render_id}")).await;
    assert_eq!(shown.json["status"], "done");
    assert_eq!(promises(&app).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_render_leaves_a_tombstone_and_no_file() {
    let app = app().await;
    let client = operator(&app);
    let made = client.post("/v1/renders", request("Ada")).await;
    let location = made.header("Location").to_owned();
    let path = path_of(&app, &made.json, "pdf");
    assert_eq!(app.anonymous().get(&path).await.status, 200);

    let deleted = client.delete(&location).await;

    assert_eq!(deleted.status, 204);
    let gone = app.anonymous().get(&path).await;
    assert_eq!((gone.status, gone.json["code"].as_str()), (410, Some("withdrawn")));
    assert_eq!(gone.header("Cache-Control"), "no-store");
    let tombstone = client.get(&location).await;
    assert_eq!((tombstone.status, tombstone.json["status"].as_str()), (200, Some("withdrawn")));
    assert_eq!(tombstone.json["artifacts"], json!([]));
    assert_eq!(objects(&app), 0);
    assert_eq!(files(&app, "verify"), 0);
    assert_eq!(client.delete(&location).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_render_that_is_deleted_while_it_is_made_stays_deleted() {
    let app = app().await;
    let client = operator(&app);
    // The worker still reads its fonts, so this waits in line.
    let asked = client
        .request(Method::POST, "/v1/renders")
        .header("Prefer", "respond-async")
        .json(&request("Ada"));
    let location = client.send(asked).await.header("Location").to_owned();

    assert_eq!(client.delete(&location).await.status, 204);

    everything_ended(&app).await;
    assert_eq!(client.get(&location).await.json["status"], "withdrawn");
    let path = format!("{location}/artifacts/Certificate.pdf");
    assert_eq!(app.anonymous().get(&path).await.status, 410);
    assert_eq!((objects(&app), promises(&app).await), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_another_render_names_outlives_the_deletion() {
    let app = app().await;
    let client = operator(&app);
    // What is not printed makes another render of the same picture.
    let mut one = request("Ada");
    one["outputs"] = json!(["card"]);
    let mut two = one.clone();
    two["data"]["custom"] = json!({"cohort": "2026-A"});
    two["data"]["verify"] = json!({"id": "another-id", "url": "https://example.org/another"});
    let first = client.post("/v1/renders", one).await;
    let second = client.post("/v1/renders", two).await;
    assert_ne!(first.json["render_id"], second.json["render_id"]);
    assert_eq!(first.json["artifacts"][0]["sha256"], second.json["artifacts"][0]["sha256"]);

    client.delete(first.header("Location")).await;

    let path = path_of(&app, &second.json, "card");
    assert_eq!(app.anonymous().get(&path).await.status, 200);
    client.delete(second.header("Location")).await;
    assert_eq!(objects(&app), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_scope_opens_its_own_door() {
    let app = app().await;
    let made = operator(&app).post("/v1/renders", request("Ada")).await;
    let location = made.header("Location");
    let (render, read, manage) = (
        caller(&app, "renderer.render"),
        caller(&app, "renderer.read"),
        caller(&app, "renderer.manage"),
    );

    for (client, expected) in [(&render, [200, 403, 403]), (&read, [403, 200, 403])] {
        assert_eq!(client.post("/v1/renders", request("Ada")).await.status, expected[0]);
        assert_eq!(client.get(location).await.status, expected[1]);
        assert_eq!(client.delete(location).await.status, expected[2]);
    }
    assert_eq!(manage.get(location).await.status, 403);
    assert_eq!(manage.delete(location).await.status, 204);
    let refused = render.get(location).await;
    assert_eq!(refused.json["code"], "forbidden");
    assert_eq!(refused.json["type"], "urn:renderer:problem:forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_kept_waiting_by_a_worker_that_cannot_start() {
    let app = app_with_executable("/nonexistent/worker").await;
    let answer = operator(&app).post("/v1/renders", request("Ada")).await;

    assert_eq!((answer.status, answer.json["code"].as_str()), (500, Some("internal")));
    assert!(!answer.text().contains("nonexistent"));
}

async fn app_with_executable(path: &str) -> crate::given::App {
    let own = env!("CARGO_BIN_EXE_renderer-service");
    let settings = settings().replace(own, path);
    testkit::TestApp::start_with(&format!("{settings}[store]\nurl = \"memory:\"\n")).await
}

/// Waits for what goes on when nobody waits for it.
async fn everything_ended(app: &crate::given::App) {
    let running = &app.service.app.running;
    running.close();
    running.wait().await;
}

async fn promises(app: &crate::given::App) -> i64 {
    let count: Result<i64, database::Error> =
        app.db().read(renderer_service::store::accepted::count).await;
    count.unwrap()
}

fn objects(app: &crate::given::App) -> usize {
    files(app, "objects")
}

/// How many files there are in a folder of the store.
fn files(app: &crate::given::App, folder: &str) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|each| if each.path().is_dir() { count(&each.path()) } else { 1 }).sum()
    }
    count(&app.database.folder().join("store").join(folder))
}
