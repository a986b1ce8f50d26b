//! The school sees what each of its learners was told.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{bail, ensure};
use serde_json::Value;

use crate::{
    faults::{learners, school::School},
    ledger::Ledger,
};

/// The rows that the school is given. It asks again when it is refused: a registrar whose clock is ahead
/// gives tokens that others do not believe yet.
pub(super) async fn rows(school: &School<'_>, patience: Duration) -> anyhow::Result<Vec<Value>> {
    let started = Instant::now();
    loop {
        match school.completions().await {
            Ok(rows) => return Ok(rows),
            Err(error) if started.elapsed() > patience => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_millis(500)).await,
        }
    }
}

/// One row for each of the school's learners who was told something, with the status that was told
/// last, and none more; returns how many.
pub(super) fn agree(rows: &[Value], ledger: &Ledger) -> anyhow::Result<usize> {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let mut seen = BTreeSet::new();
    for row in rows {
        let username = text(row, "username");
        if !username.starts_with(learners::PREFIX) {
            continue;
        }
        let Some((award, status)) = ledger.of(&username) else {
            bail!("the school sees {username}, whom nobody was told of");
        };
        ensure!(row["credential_uuid"] == award.uuid.as_str(), "the school sees another {row}");
        ensure!(
            row["status"] == status.as_str(),
            "{username} was told {}, and the school sees {}",
            status.as_str(),
            row["status"]
        );
        ensure!(seen.insert(username), "the school sees twice: {row}");
    }
    let told = ledger.entries().filter(|(award, _)| learners::is_of_school(&award.username));
    for (award, status) in told {
        ensure!(
            seen.contains(&award.username),
            "{} was told {}, and the school sees nothing",
            award.username,
            status.as_str()
        );
    }
    Ok(seen.len())
}
