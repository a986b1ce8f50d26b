//! A process dies in the middle of a job, and another finishes it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::TestDatabase;

use crate::{process::Process, scene::until};

/// Learners whose export is cut off.
const LEARNERS: usize = 2000;

fn assert_whole(text: &str) {
    let rows: BTreeSet<&str> = text.lines().skip(1).collect();
    assert_eq!((text.lines().count(), rows.len()), (LEARNERS + 1, LEARNERS));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_outlives_the_process_that_did_it() {
    let database = TestDatabase::create();
    Process::import(&database, LEARNERS).await;
    let slow = Process::start(&database, "page_rows = 1\nlease_s = 1\n").await;
    let id = slow.begun_job().await;
    slow.die();

    let next = Process::start(&database, "lease_s = 1\n").await;
    assert_whole(&next.result_of(&id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_stopped_leaves_its_job_to_the_next_at_once() {
    let database = TestDatabase::create();
    Process::import(&database, LEARNERS).await;
    let slow = Process::start(&database, "page_rows = 1\nlease_s = 3600\n").await;
    let id = slow.begun_job().await;
    slow.end();

    let next = Process::start(&database, "").await;
    assert_whole(&next.result_of(&id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_loses_every_worker_fails_in_the_end() {
    let database = TestDatabase::create();
    Process::import(&database, 1).await;
    let process = Process::start(&database, "workers = 0\n").await;
    let id = process.given_job().await;
    process
        .execute(
            "UPDATE jobs SET state = 'In Progress', attempts = 5,
             due_at = '2020-01-01T00:00:00.000000Z',
             worker = '00000000-0000-4000-8000-000000000000'",
        )
        .await;
    process.die();

    let next = Process::start(&database, "most_attempts = 5\n").await;
    let job = next.ended_job(&id).await;
    assert_eq!((&job["state"], &job["result"]), (&json!("Failed"), &Value::Null));
    assert_eq!(job["error"], json!({"code": "worker-lost", "message": "worker lost"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_a_program_that_is_gone_fails_and_says_so() {
    let database = TestDatabase::create();
    Process::import(&database, 1).await;
    let process = Process::start(&database, "workers = 0\n").await;
    let id = process.given_job().await;
    process.execute("UPDATE programs SET key = 'renamed' WHERE key = 'masters-in-cs'").await;
    process.die();

    let next = Process::start(&database, "").await;
    let error = next.ended_job(&id).await["error"].clone();
    let message = "Bad program key: masters-in-cs";
    assert_eq!(error, json!({"code": "bad-program-key", "message": message}));
}

#[tokio::test(flavor = "multi_thread")]
async fn old_jobs_go_together_with_their_results() {
    let database = TestDatabase::create();
    Process::import(&database, 1).await;
    let process = Process::start(&database, "").await;
    let old = process.given_job().await;
    process.ended_job(&old).await;
    process.execute("UPDATE jobs SET created_at = '2020-01-01T00:00:00.000000Z'").await;
    let new = process.given_job().await;
    process.ended_job(&new).await;
    let file = |id: &str| database.folder().join(format!("files/job-results/{id}.csv"));
    assert!(file(&old).exists());
    process.end();

    let next = Process::start(&database, "retention_days = 30\n").await;
    let reader = next.caller("reader");
    until(|| async {
        let status = reader.get(&format!("/api/v1/jobs/{old}")).await.status;
        (status == 404).then_some(())
    })
    .await;
    assert!(!file(&old).exists());
    assert!(file(&new).exists());
    assert_eq!(reader.get(&format!("/api/v1/jobs/{new}")).await.status, 200);
}
