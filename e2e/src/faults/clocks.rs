//! Clocks ten minutes apart, by libfaketime.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngExt, rngs::StdRng};
use reqwest::header::DATE;

use super::tally::Tally;
use crate::suite::{SERVICES, Suite};

/// How far ahead.
const AHEAD: &str = "+600s";

/// The library for programs with threads, where distributions put it.
const LIBRARIES: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
];

/// Where Linux keeps shared memory, and how libfaketime names what it makes there, before the id of the
/// process.
const SHARED_MEMORY: &str = "/dev/shm";
const LEFT_BEHIND: [&str; 2] = ["faketime_shm_", "sem.faketime_sem_"];

/// How long a process may take until it answers with its own idea of the time.
const PATIENCE: Duration = Duration::from_secs(60);

/// The processes whose clocks are ahead.
pub struct Clocks(Vec<(&'static str, usize)>);

impl Clocks {
    /// Lets the last process of each service have a clock that is ahead, or one service where there is
    /// only one process of each; from their next start on.
    ///
    /// # Errors
    ///
    /// If libfaketime is not installed.
    pub fn apart(suite: &mut Suite, random: &mut StdRng, tally: &Tally) -> anyhow::Result<Self> {
        clear_away();
        let library = LIBRARIES.iter().map(PathBuf::from).find(|path| path.exists());
        let library = library.context("libfaketime is not installed: run deploy/setup.sh")?;
        let library = library.to_str().context("a path is text")?.to_owned();
        let ahead: Vec<(&'static str, usize)> = match suite.way().instances {
            0 | 1 => vec![(SERVICES[random.random_range(0..SERVICES.len())], 1)],
            last => SERVICES.map(|name| (name, last)).to_vec(),
        };
        for (name, number) in &ahead {
            for (variable, value) in [
                ("LD_PRELOAD", library.as_str()),
                ("FAKETIME", AHEAD),
                // What waits goes on waiting as long as it should.
                ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
                // Files have the machine's times.
                ("NO_FAKE_STAT", "1"),
                // A killed process would leave some behind; older libraries make it all the same.
                ("FAKETIME_DISABLE_SHM", "1"),
            ] {
                suite.tell_process(name, *number, variable, value);
            }
            tally.count(format!("clock ten minutes ahead: {name}"));
        }
        Ok(Self(ahead))
    }

    /// Waits until each service was heard with a clock that is ahead.
    pub async fn heard(&self, suite: &Suite) -> anyhow::Result<()> {
        let addresses = suite.addresses();
        for (name, _) in &self.0 {
            let url = format!("{}/health/live", addresses.of(name));
            let heard = tokio::time::timeout(PATIENCE, async {
                while !is_ahead(&url).await {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            });
            if heard.await.is_err() {
                bail!("no process of {name} has a clock that is ahead");
            }
        }
        Ok(())
    }
}

impl Drop for Clocks {
    fn drop(&mut self) {
        clear_away();
    }
}

/// Takes away what the libraries of killed processes left in shared memory. A process that is given the
/// id of one of them may not start.
fn clear_away() {
    for file in std::fs::read_dir(SHARED_MEMORY).into_iter().flatten().flatten() {
        let name = file.file_name();
        let name = name.to_str().unwrap_or_default();
        let owner = LEFT_BEHIND.iter().find_map(|prefix| name.strip_prefix(prefix));
        if owner.is_some_and(|id| !Path::new("/proc").join(id).exists()) {
            drop(std::fs::remove_file(file.path()));
        }
    }
}

/// Whether whoever answers is minutes ahead. A new connection each time may find another process.
async fn is_ahead(url: &str) -> bool {
    let Ok(answer) = reqwest::Client::new().get(url).send().await else { return false };
    let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    date.is_some_and(|date| date.to_utc() - Utc::now() > TimeDelta::minutes(9))
}
