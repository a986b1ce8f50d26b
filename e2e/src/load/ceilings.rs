//! What the same machine does at best, measured in the same run.

use std::{path::Path, process::Stdio, time::Duration};

use actix_web::{
    App, HttpResponse, HttpServer,
    http::header::{CONNECTION, CONTENT_LENGTH, DATE, HeaderName, HeaderValue, TRANSFER_ENCODING},
    web,
};
use anyhow::Context;
use tokio::process::Command;

use crate::caller::Answer;

/// What every server adds by itself.
const OF_THE_SERVER: [HeaderName; 4] = [CONNECTION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING];

/// Runs a server that gives every request this answer from memory, headers and body, until the task
/// is aborted; returns its address.
pub fn same_answer(answer: &Answer) -> anyhow::Result<(String, tokio::task::JoinHandle<()>)> {
    let body = answer.body.clone();
    let mut ours = Vec::new();
    for (name, value) in &answer.headers {
        let name: HeaderName = name.as_str().parse()?;
        if !OF_THE_SERVER.contains(&name) {
            ours.push((name, HeaderValue::from_bytes(value.as_bytes())?));
        }
    }
    let server = HttpServer::new(move || {
        let (headers, body) = (ours.clone(), body.clone());
        App::new().default_service(web::to(move || {
            let mut answer = HttpResponse::Ok();
            for (name, value) in &headers {
                answer.append_header((name.clone(), value.clone()));
            }
            let answer = answer.body(body.clone());
            async move { answer }
        }))
    })
    .workers(2)
    .disable_signals()
    .bind(("127.0.0.1", 0))?;
    let address = server.addrs().first().context("a server has an address")?.to_string();
    let running = server.run();
    let task = tokio::spawn(async move { drop(running.await) });
    Ok((format!("http://{address}/"), task))
}

/// Transactions a second that insert `rows` rows of about the size of an award and its messages into
/// a table of two indices, by `pgbench` from `clients` connections. Nothing where it is not installed.
pub async fn plain_sql(url: &str, clients: usize, rows: usize, how_long: Duration) -> Option<f64> {
    let folder = tempfile::tempdir().ok()?;
    let make = "CREATE TABLE IF NOT EXISTS ceiling (id bigserial PRIMARY KEY, key uuid NOT NULL UNIQUE, body text NOT NULL)";
    let made = Command::new("psql")
        .args([url, "-q", "-c", make])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await;
    made.ok().filter(std::process::ExitStatus::success)?;
    let script = folder.path().join("insert.sql");
    let insert = format!(
        "INSERT INTO ceiling (key, body) SELECT gen_random_uuid(), repeat('x', 600) FROM generate_series(1, {rows});\n"
    );
    std::fs::write(&script, insert).ok()?;
    let output = Command::new(pgbench()?)
        .args(["-n", "-M", "prepared", "-c"])
        .arg(clients.to_string())
        .arg("-T")
        .arg(how_long.as_secs().max(1).to_string())
        .arg("-f")
        .arg(&script)
        .arg(url)
        .stderr(Stdio::null())
        .output()
        .await
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| line.starts_with("tps = "))?;
    line.split_whitespace().nth(2)?.parse().ok()
}

fn pgbench() -> Option<std::path::PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let programs = versions.map(|version| version.path().join("bin/pgbench"));
    programs.filter(|program| Path::exists(program)).max()
}
