//! What `DELETE` took away stays away, for whoever asks and in whatever order.

use events::renderer::{INTERACTIVE, RenderingFailed, RenderingFinished};
use model::Timestamp;
use renderer_service::store::renders::{self, Keeping, Kept};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Client};

use crate::given::{
    App, app, app_with, caller, eventually, operator, path_of, request, request_verified_by,
};
use crate::jobs::{job, message};
use crate::withdrawal::{certificate, revoked};

const NUMBER: &str = "the-same-number";
const PAGE: &str = "/verify/the-same-number";

/// A request for a certificate with the one number and this name.
fn named(name: &str) -> Value {
    let mut request = request_verified_by(NUMBER);
    request["data"]["recipient"]["name"] = json!(name);
    request
}

async fn made(app: &App, request: Value) -> Value {
    let made = operator(app).post("/v1/renders", request).await;
    assert_eq!(made.status, 201, "{}", made.json);
    made.json
}

async fn post_async(client: &Client, request: &Value) -> Answer {
    let asked = client.request(Method::POST, "/v1/renders").header("Prefer", "respond-async");
    client.send(asked.json(request)).await
}

fn location(record: &Value) -> String {
    format!("/v1/renders/{}", record["render_id"].as_str().unwrap())
}

async fn delete(app: &App, record: &Value) {
    assert_eq!(operator(app).delete(&location(record)).await.status, 204);
}

async fn as_json(app: &App, path: &str) -> Answer {
    let client = app.anonymous();
    let request = client.request(Method::GET, path).header("Accept", "application/json");
    client.send(request).await
}

/// The page of the one number, for this render if any, is that of a number that nobody knows.
async fn assert_not_known(app: &App, renders: &[&Value]) {
    let unknown = app.anonymous().get("/verify/never-heard-of").await;
    let of_renders = renders
        .iter()
        .map(|record| format!("{PAGE}?render={}", record["render_id"].as_str().unwrap()));
    for path in of_renders.chain([PAGE.to_owned()]) {
        let page = app.anonymous().get(&path).await;
        assert_eq!((page.status, page.text()), (404, unknown.text()), "{path}");
        let answer = as_json(app, &path).await;
        assert_eq!((answer.status, answer.json["code"].as_str()), (404, Some("not_found")));
    }
}

/// The page of the one number shows this render as valid.
async fn assert_shown(app: &App, record: &Value) {
    let answer = as_json(app, PAGE).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    assert_eq!(
        (&answer.json["status"], &answer.json["artifacts"]),
        (&json!("valid"), &record["artifacts"])
    );
}

fn assert_withdrawn(answer: &Answer) {
    assert_eq!(answer.status, 410, "{}", answer.json);
    assert_eq!(answer.json["code"], "withdrawn");
    assert_eq!(answer.json["type"], "urn:renderer:problem:withdrawn");
}

/// How many files there are in a folder of the store.
fn files(app: &App, folder: &str) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|each| if each.path().is_dir() { count(&each.path()) } else { 1 }).sum()
    }
    count(&app.database.folder().join("store").join(folder))
}

/// How many files say something of a certificate's number.
fn about_numbers(app: &App) -> usize {
    files(app, "verify") + files(app, "certificates")
}

/// What a deletion does first, and nothing of the rest: its process is killed then.
async fn delete_cut_off(app: &App, record: &Value) {
    let (id, now) = (record["render_id"].as_str().unwrap().to_owned(), Timestamp::now());
    let deleted = app.db().write(move |conn| renders::delete(conn, &id, now)).await;
    assert!(deleted.is_ok_and(|deleted: Option<renders::Deleted>| deleted.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_whose_newest_certificate_was_deleted_is_not_known() {
    let app = app().await;
    let (old, new) = (made(&app, named("Ada")).await, made(&app, named("Ada II")).await);
    assert_shown(&app, &new).await;

    delete(&app, &new).await;

    assert_not_known(&app, &[&old, &new]).await;
    assert!(!app.database.folder().join("store/verify/the-same-number.json").exists());
    // The older one itself was not deleted.
    assert_eq!(app.anonymous().get(&path_of(&app, &old, "pdf")).await.status, 200);
    // Nor does it become the newest by being asked for.
    assert_eq!(operator(&app).post("/v1/renders", named("Ada")).await.status, 200);
    let mut more = named("Ada");
    more["outputs"] = json!(["pdf", "png"]);
    assert_eq!(operator(&app).post("/v1/renders", more).await.status, 201);
    assert_not_known(&app, &[&old, &new]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_alone_knows_as_little_of_a_deleted_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_in(&folder);
    let first = app_with(&store).await;
    let (old, new) = (made(&first, named("Ada")).await, made(&first, named("Ada II")).await);
    delete(&first, &new).await;
    drop(first);

    // Its database is empty.
    let second = app_with(&store).await;

    assert_not_known(&second, &[&old, &new]).await;
    assert_withdrawn(&operator(&second).post("/v1/renders", named("Ada II")).await);
    assert_withdrawn(&post_async(&operator(&second), &named("Ada II")).await);
    assert_not_known(&second, &[&old, &new]).await;
    assert_eq!(operator(&second).get(&location(&new)).await.json["status"], "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_store_knows_can_be_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_in(&folder);
    let first = app_with(&store).await;
    let (old, new) = (made(&first, named("Ada")).await, made(&first, named("Ada II")).await);
    drop(first);
    let second = app_with(&store).await;

    delete(&second, &old).await;
    assert_eq!(as_json(&second, PAGE).await.json["status"], "valid");
    delete(&second, &new).await;

    assert_not_known(&second, &[&old, &new]).await;
    assert_withdrawn(&operator(&second).post("/v1/renders", named("Ada II")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_certificate_that_was_superseded_leaves_the_page_of_the_newest() {
    let app = app().await;
    let (old, new) = (made(&app, named("Ada")).await, made(&app, named("Ada II")).await);

    delete(&app, &old).await;

    assert_shown(&app, &new).await;
    let earlier = format!("{PAGE}?render={}", old["render_id"].as_str().unwrap());
    assert_eq!(as_json(&app, &earlier).await.status, 404);
    assert_eq!(about_numbers(&app), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_promise_changes_nothing_of_what_was_made() {
    let app = app().await;
    let old = made(&app, named("Ada")).await;
    // It can never be made.
    let promised = post_async(&operator(&app), &named("Ada \u{13000}")).await;
    assert_eq!(promised.status, 202);
    let path = location(&promised.json);
    eventually(&operator(&app), &path, |shown| shown.json["status"] == "failed").await;

    delete(&app, &promised.json).await;

    assert_shown(&app, &old).await;
    assert!(app.database.folder().join("store/verify/the-same-number.json").exists());
    assert_withdrawn(&operator(&app).post("/v1/renders", named("Ada \u{13000}")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_certificate_makes_its_number_known_again() {
    let app = app().await;
    let (old, new) = (made(&app, named("Ada")).await, made(&app, named("Ada II")).await);
    delete(&app, &new).await;

    let third = made(&app, named("Ada III")).await;

    assert_shown(&app, &third).await;
    let of = |record: &Value| format!("{PAGE}?render={}", record["render_id"].as_str().unwrap());
    assert_eq!(as_json(&app, &of(&old)).await.json["status"], "superseded");
    assert_eq!(as_json(&app, &of(&new)).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_as_new_as_it_was_made_and_not_as_it_was_promised() {
    let app = app_with("[http]\npublic_base_url = \"http://renderer.test\"\n").await;
    // Its id, from a service that made it.
    let elsewhere = app_with("[http]\npublic_base_url = \"http://renderer.test\"\n").await;
    let promised = made(&elsewhere, named("Ada")).await["render_id"].as_str().unwrap().to_owned();
    let (id, now) = (promised.clone(), Timestamp::now());
    // The row needs its number's, which the other certificate brings.
    let other = made(&app, named("Ada II")).await;
    let kept = app
        .db()
        .write(move |conn| {
            let (render_id, verify_id) = (&*id, NUMBER);
            let kept = Kept { render_id, verify_id, sequence: 0, told: None, objects: &[] };
            renders::keep(conn, &kept, now)
        })
        .await;
    let kept: Result<Keeping, database::Error> = kept;
    assert_eq!(kept.unwrap(), Keeping::Kept { names_more: false });
    let third = made(&app, named("Ada III")).await;
    assert_shown(&app, &third).await;
    delete(&app, &third).await;
    delete(&app, &other).await;

    let at_last = made(&app, named("Ada")).await;

    assert_eq!(at_last["render_id"], promised);
    assert_shown(&app, &at_last).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_is_not_made_again_by_asking_for_it_again() {
    let app = app().await;
    let record = made(&app, request("Ada")).await;
    delete(&app, &record).await;
    let client = caller(&app, "renderer.render");

    let again = client.post("/v1/renders", request("Ada")).await;

    assert_withdrawn(&again);
    assert!(again.json["detail"].as_str().unwrap().contains("epoch"), "{}", again.json);
    assert_withdrawn(&post_async(&client, &request("Ada")).await);
    let mut other_file = request("Ada");
    other_file["outputs"] = json!(["card"]);
    assert_withdrawn(&client.post("/v1/renders", other_file).await);
    let tombstone = operator(&app).get(&location(&record)).await;
    assert_eq!(tombstone.json["status"], "withdrawn");
    assert_eq!((files(&app, "objects"), about_numbers(&app)), (0, 0));
    // Only what another request asks for is another document.
    assert_eq!(client.post("/v1/renders", request("Ada II")).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_document_is_made_again_for_news_that_is_newer_and_for_no_other() {
    let app = app().await;
    app.receives(&job(3, certificate())).await.unwrap();
    let record = app.said::<RenderingFinished>().await.remove(0).record;
    let path = path_of(&app, &record, "pdf");
    let bytes = app.anonymous().get(&path).await.bytes;
    delete(&app, &record).await;

    app.receives(&job(3, certificate())).await.unwrap();
    app.receives(&job(2, certificate())).await.unwrap();
    let without_sequence = json!({"job_id": "unnumbered", "request": certificate()});
    app.receives(&message(INTERACTIVE, without_sequence)).await.unwrap();

    let failed = app.said::<RenderingFailed>().await;
    assert_eq!(failed.len(), 3);
    assert!(failed.iter().all(|each| (each.code.as_str(), each.retryable) == ("withdrawn", false)));
    assert_eq!(app.anonymous().get(&path).await.status, 410);
    assert_eq!(files(&app, "objects"), 0);

    app.receives(&job(4, certificate())).await.unwrap();

    let finished = app.said::<RenderingFinished>().await;
    assert_eq!((finished.len(), &finished[1].record["artifacts"]), (2, &record["artifacts"]));
    let back = app.anonymous().get(&path).await;
    assert_eq!((back.status, back.bytes), (200, bytes));
    assert_eq!(operator(&app).post("/v1/renders", certificate()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_heard_before_the_deletion_is_not_newer_than_it() {
    let app = app().await;
    app.receives(&job(1, certificate())).await.unwrap();
    let record = app.said::<RenderingFinished>().await.remove(0).record;
    let mut corrected = certificate();
    corrected["data"]["recipient"]["name"] = json!("Nguyễn Quang Khải II");
    app.receives(&job(3, corrected)).await.unwrap();
    delete(&app, &record).await;

    // A job that was on its way all the time.
    app.receives(&job(2, certificate())).await.unwrap();

    assert_eq!(app.said::<RenderingFailed>().await[0].code, "withdrawn");
    assert_withdrawn(&operator(&app).post("/v1/renders", certificate()).await);
    app.receives(&job(4, certificate())).await.unwrap();
    assert_eq!(app.said::<RenderingFinished>().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn news_that_a_revocation_overtook_bring_nothing_back() {
    let app = app().await;
    app.receives(&job(1, certificate())).await.unwrap();
    let record = app.said::<RenderingFinished>().await.remove(0).record;
    delete(&app, &record).await;
    app.hears(revoked(4)).await.unwrap();

    app.receives(&job(3, certificate())).await.unwrap();

    assert_eq!(app.said::<RenderingFailed>().await[0].code, "withdrawn");
    assert_eq!(files(&app, "objects"), 0);
    // It is still deleted when the certificate counts again.
    let mut corrected = certificate();
    corrected["data"]["recipient"]["name"] = json!("Nguyễn Quang Khải II");
    app.receives(&job(5, corrected)).await.unwrap();
    assert_withdrawn(&operator(&app).post("/v1/renders", certificate()).await);
    app.receives(&job(6, certificate())).await.unwrap();
    assert_eq!(app.anonymous().get(&path_of(&app, &record, "pdf")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_was_cut_off_shows_nothing_and_is_finished_by_repeating_it() {
    let app = app().await;
    let (old, new) = (made(&app, named("Ada")).await, made(&app, named("Ada II")).await);

    delete_cut_off(&app, &new).await;

    // Whoever had it in memory forgets it within a second.
    let another = app.another().await;
    assert_not_known(&another, &[&old, &new]).await;
    let path = format!("{}/artifacts/Certificate.pdf", location(&new));
    assert_eq!(another.anonymous().get(&path).await.status, 410);
    assert_eq!(files(&app, "objects"), 2);
    assert_eq!(operator(&another).delete(&location(&new)).await.status, 204);
    assert_eq!((files(&app, "objects"), about_numbers(&app)), (1, 1));
    assert_not_known(&app, &[&old, &new]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_a_document_whose_deletion_was_cut_off_finishes_it() {
    let app = app().await;
    let record = made(&app, named("Ada")).await;
    delete_cut_off(&app, &record).await;

    assert_withdrawn(&operator(&app).post("/v1/renders", named("Ada")).await);

    assert_eq!((files(&app, "objects"), about_numbers(&app)), (0, 0));
    assert_eq!(operator(&app).get(&location(&record)).await.json["status"], "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_the_store_refused_is_finished_by_repeating_it() {
    let app = app().await;
    let record = made(&app, named("Ada")).await;
    let certificates = app.database.folder().join("store/certificates");
    let render_id = record["render_id"].as_str().unwrap();
    let file = certificates.join(format!("the-same-number.{render_id}.json"));
    std::fs::remove_file(&file).unwrap();
    // A folder where a file has to go.
    std::fs::create_dir_all(file.join("in the way")).unwrap();

    let refused = operator(&app).delete(&location(&record)).await;

    assert_eq!((refused.status, refused.json["code"].as_str()), (503, Some("store_unavailable")));
    assert_not_known(&app, &[&record]).await;
    std::fs::remove_dir_all(&file).unwrap();
    delete(&app, &record).await;
    assert_eq!((files(&app, "objects"), about_numbers(&app)), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_agree_on_what_was_deleted_however_they_meet() {
    let one = app().await;
    let two = one.another().await;
    for round in 0..8 {
        let wanted = named(&format!("Ada {round}"));
        let record = made(&one, wanted.clone()).await;
        let (to_one, to_two) = (operator(&one), operator(&two));
        let mut more = wanted.clone();
        more["outputs"] = json!(["pdf", "card"]);
        let path = location(&record);
        let asked = async {
            for _ in 0..4 {
                tokio::join!(
                    to_one.post("/v1/renders", more.clone()),
                    to_two.post("/v1/renders", more.clone()),
                    post_async(&to_two, &wanted),
                );
            }
        };
        let (_, first, second) = tokio::join!(asked, to_one.delete(&path), to_two.delete(&path));
        assert_eq!((first.status, second.status), (204, 204));

        for app in [&one, &two] {
            assert_withdrawn(&operator(app).post("/v1/renders", more.clone()).await);
            assert_not_known(app, &[&record]).await;
        }
        eventually(&to_two, &path, |shown| shown.json["status"] == "withdrawn").await;
    }
    for app in [&one, &two] {
        let running = &app.service.app.running;
        running.close();
        running.wait().await;
    }
    assert_eq!((files(&one, "objects"), about_numbers(&one)), (0, 0));
}

/// Settings of services that share a store, and nothing else.
fn store_in(folder: &tempfile::TempDir) -> String {
    format!(
        "[store]\nurl = \"file:{}\"\n[http]\npublic_base_url = \"http://renderer.test\"\n",
        folder.path().display()
    )
}
