//! A process dies in the middle of a job, and another finishes it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::TestDatabase;

use crate::{holding_store::HoldingStore, process::Process, scene::until};

/// Learners of a program.
const LEARNERS: usize = 2000;

/// Learners with the longest keys, whose export has more than 5 MiB.
const LONG: usize = 20_000;

const ATTEMPTS: &str = "SELECT max(attempts) FROM jobs";

fn assert_whole(text: &str) {
    let rows: BTreeSet<&str> = text.lines().skip(1).collect();
    assert_eq!((text.lines().count(), rows.len()), (LEARNERS + 1, LEARNERS));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_outlives_the_process_that_did_it() {
    let (database, store) = (TestDatabase::create(), HoldingStore::start());
    Process::import(&database, LEARNERS).await;
    let held = Process::start_held(&database, "lease_s = 1\n", &store).await;
    let id = held.given_job().await;
    store.holds_somebody().await;
    held.die();

    let next = Process::start(&database, "lease_s = 1\n").await;
    assert_whole(&next.result_of(&id).await);
    assert_eq!(next.number(ATTEMPTS).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_stopped_leaves_its_job_to_the_next_at_once() {
    let (database, store) = (TestDatabase::create(), HoldingStore::start());
    Process::import(&database, LEARNERS).await;
    let held = Process::start_held(&database, "lease_s = 3600\n", &store).await;
    let id = held.given_job().await;
    store.holds_somebody().await;
    held.end();

    let next = Process::start(&database, "").await;
    assert_whole(&next.result_of(&id).await);
    assert_eq!(next.number(ATTEMPTS).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_stopped_takes_back_what_it_wrote_of_a_result() {
    let (database, store) = (TestDatabase::create(), HoldingStore::start());
    Process::import(&database, 0).await;
    let held = Process::start_held(&database, "", &store).await;
    // Keys so long that the result does not fit into one part.
    held.enroll(0..LONG, |n| format!("{n:0>255}")).await;
    held.given_job().await;
    store.holds_somebody().await;

    held.end();
    store.took_back().await;
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
