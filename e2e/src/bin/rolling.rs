//! Restarts every process of a suite that is apart, and changes every service's key, while an LMS and
//! a school go on calling: each call may be repeated once.

use std::{
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, ensure};
use clap::Parser;
use e2e::{
    caller::{Caller, Lms},
    story::{COURSE, Teller},
    suite::{SERVICES, Suite, Way},
};
use reqwest::Method;
use serde_json::{Value, json};

#[derive(Parser)]
#[command(about = "Restarts processes and changes keys under load; no call may fail twice")]
struct Arguments {
    #[command(flatten)]
    way: Way,
    /// Calls a second, each of the LMS's and of the school's.
    #[arg(long, default_value_t = 20)]
    rate: u32,
    /// Added to each port.
    #[arg(long, default_value_t = 5000)]
    port_offset: u16,
}

/// How long running processes may take to follow a change of keys: they look every five seconds.
const FOLLOWED_WITHIN: Duration = Duration::from_secs(7);

/// How long after its restart a process is watched before the next one goes.
const BREATH: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> ExitCode {
    e2e::run(carry_out(Arguments::parse())).await
}

async fn carry_out(arguments: Arguments) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let instances = arguments.way.instances.max(2);
    let way = Way { apart: true, instances, ..arguments.way };
    let mut suite = Suite::new(way, folder.path(), arguments.port_offset);
    suite.start_with_demo().await?;
    let teller = Arc::new(Teller::new(Lms(suite.lms_key()?), suite.addresses())?);
    let secret = suite.school_secret()?;
    let calls = Arc::new(Calls::default());
    let calling = [
        tokio::spawn(lms(Arc::clone(&teller), Arc::clone(&calls), arguments.rate)),
        tokio::spawn(school(Arc::clone(&teller), secret, Arc::clone(&calls), arguments.rate)),
    ];

    for number in 1..=instances {
        for service in SERVICES {
            suite.restart(service, number).await?;
            tokio::time::sleep(BREATH).await;
        }
    }
    println!("restarted {} processes", instances * SERVICES.len());
    for step in ["prepare", "rotate", "retire"] {
        for service in SERVICES {
            suite.command(service, &["keys", step]).await?;
        }
        tokio::time::sleep(FOLLOWED_WITHIN).await;
    }
    println!("changed the keys of {} services", SERVICES.len());

    calls.over.store(true, Ordering::Relaxed);
    for each in calling {
        each.await??;
    }
    let (made, repeated) =
        (calls.made.load(Ordering::Relaxed), calls.repeated.load(Ordering::Relaxed));
    ensure!(made > 0, "nobody called");
    println!("{made} calls, {repeated} of them repeated once, none refused or failed twice");
    suite.end().await
}

#[derive(Default)]
struct Calls {
    made: AtomicUsize,
    repeated: AtomicUsize,
    over: AtomicBool,
}

impl Calls {
    /// One call, repeated once if it is not answered with success.
    async fn make(
        &self,
        caller: &Caller,
        method: Method,
        url: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<()> {
        self.made.fetch_add(1, Ordering::Relaxed);
        let first = caller.send(method.clone(), url, body).await;
        if first.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        self.repeated.fetch_add(1, Ordering::Relaxed);
        let again =
            caller.send(method, url, body).await.with_context(|| format!("twice: {url}"))?;
        let status = again.status();
        ensure!(status.is_success(), "twice: {url} answers {status}: {}", again.text().await?);
        Ok(())
    }
}

/// Posts completions.
async fn lms(teller: Arc<Teller>, calls: Arc<Calls>, rate: u32) -> anyhow::Result<()> {
    let mut due = tokio::time::interval(Duration::from_secs(1) / rate.max(1));
    let url = format!("{}/api/v2/credentials/", teller.addresses.credentials);
    let mut number = 0_u64;
    while !calls.over.load(Ordering::Relaxed) {
        due.tick().await;
        number += 1;
        let body = json!({
            "username": format!("rolling-{number}"),
            "credential": { "course_run_key": COURSE, "mode": "verified" },
        });
        calls.make(&teller.administrator, Method::POST, &url, Some(&body)).await?;
    }
    Ok(())
}

/// Asks the registrar for a token again and again, and calls with it.
async fn school(
    teller: Arc<Teller>,
    secret: String,
    calls: Arc<Calls>,
    rate: u32,
) -> anyhow::Result<()> {
    let mut due = tokio::time::interval(Duration::from_secs(1) / rate.max(1));
    let url = format!("{}/api/v1/programs", teller.addresses.registrar);
    while !calls.over.load(Ordering::Relaxed) {
        let school = match teller.school(&secret).await {
            Ok(school) => school,
            Err(_once) => teller.school(&secret).await.context("twice: a token")?,
        };
        // Argon2 takes its time; a token is good for several calls.
        for _ in 0..rate {
            due.tick().await;
            calls.make(&school, Method::GET, &url, None).await?;
        }
    }
    Ok(())
}
