//! Several processes on one database: each job is done by one of them.

use std::{
    collections::BTreeSet,
    ops::Range,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::json;
use testkit::TestDatabase;

use crate::process::Process;

/// Learners whose export, a row at a time, takes long enough to come in between.
const LEARNERS: usize = 20_000;

const LEASE: Duration = Duration::from_secs(1);

/// How many jobs may be too fast to need their lease moved on, or lose it because the machine stood
/// still for so long: then the other process takes them, rightly.
const TRIES: usize = 6;

const SLOW: &str = "workers = 1\npage_rows = 1\nlease_s = 1\n";

const ATTEMPTS: &str = "SELECT max(attempts) FROM jobs";

/// A database with many learners.
async fn given_learners() -> TestDatabase {
    let database = TestDatabase::create();
    Process::import(&database, 0).await;
    let process = Process::start(&database, "workers = 0\n").await;
    enroll(&process, 0..LEARNERS).await;
    process.end();
    database
}

async fn enroll(process: &Process, learners: Range<usize>) {
    process.enroll(learners, |n| format!("key{n:05}")).await;
}

fn assert_whole(text: &str, learners: usize) {
    let rows: BTreeSet<&str> = text.lines().skip(1).collect();
    assert_eq!((text.lines().count(), rows.len()), (learners + 1, learners));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_exactly_one_does_each_job() {
    let database = TestDatabase::create();
    Process::import(&database, 50).await;
    let (one, other) = (Process::start(&database, "").await, Process::start(&database, "").await);

    let mut jobs = Vec::new();
    for _ in 0..15 {
        jobs.extend([one.given_job().await, other.given_job().await]);
    }
    for id in &jobs {
        assert_eq!(one.result_of(id).await.lines().count(), 51);
    }
    assert_eq!(one.number("SELECT count(*) FROM jobs WHERE attempts = 1").await, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_moved_on_while_its_job_runs_and_nobody_else_takes_the_job() {
    let database = given_learners().await;
    let (one, other) =
        (Process::start(&database, SLOW).await, Process::start(&database, SLOW).await);

    let mut learners = LEARNERS;
    for _ in 0..TRIES {
        // Counted from before the beginning, which may be noticed late.
        let (begun, id) = (Instant::now(), one.begun_job().await);
        assert_whole(&other.result_of(&id).await, learners);
        let needed_it = begun.elapsed() > 2 * LEASE;
        let attempts = format!("SELECT attempts FROM jobs WHERE id = '{id}'");
        if needed_it && other.number(&attempts).await == 1 {
            return;
        }
        if !needed_it {
            enroll(&one, learners..2 * learners).await;
            learners *= 2;
        }
    }
    panic!("no job stayed in one worker's hands for longer than its first lease");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_process_is_killed_is_finished_by_the_other_process() {
    let database = given_learners().await;
    let one = Process::start(&database, SLOW).await;
    let id = one.begun_job().await;
    one.die();
    let other = Process::start(&database, SLOW).await;

    assert_whole(&other.result_of(&id).await, LEARNERS);
    assert_eq!(other.number(ATTEMPTS).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lost_a_lease_finishes_nothing() {
    let database = given_learners().await;
    let process = Process::start(&database, SLOW).await;
    let id = process.begun_job().await;

    process
        .execute(
            "UPDATE jobs SET worker = '00000000-0000-4000-8000-000000000000',
             due_at = '2999-01-01T00:00:00.000000Z'",
        )
        .await;
    // The only worker is free again.
    process.ended_job(&process.given_job().await).await;
    let job = process.caller("reader").get(&format!("/api/v1/jobs/{id}")).await.json;
    assert_eq!((&job["state"], &job["result"]), (&json!("In Progress"), &json!(null)));
    assert!(!database.folder().join(format!("files/job-results/{id}.csv")).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_shows_one_state_of_the_database() {
    let database = given_learners().await;
    let process = Process::start(&database, SLOW).await;
    let writer = process.caller("writer");
    let watched: Vec<String> = (0..20).map(|n| format!("key{:05}", n * 500)).collect();
    let id = process.begun_job().await;

    let mut changes = 0;
    while process.number("SELECT count(*) FROM jobs WHERE finished_at IS NULL").await > 0 {
        let status = if changes % 2 == 0 { "ended" } else { "pending" };
        let items = watched.iter().map(|key| json!({"student_key": key, "status": status}));
        let path = "/api/v1/programs/masters-in-cs/enrollments";
        let request = writer.request(Method::PATCH, path).json(&items.collect::<Vec<_>>());
        assert_eq!(writer.send(request).await.status, 200);
        changes += 1;
    }
    assert!(changes > 2, "the export was too fast to be come in between");
    let text = process.result_of(&id).await;
    let shown: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.split_once(','))
        .filter(|(key, _)| watched.iter().any(|each| each == key))
        .map(|(_, rest)| rest)
        .collect();
    assert_eq!(shown.len(), 1, "{shown:?}");
}
