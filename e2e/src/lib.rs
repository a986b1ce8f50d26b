//! Black-box checks of running services: the story, its speed, and its survival.
//!
//! Everything here goes over HTTP with tokens, as clients do; faults are done to processes, servers and
//! the ways between them. No service's code is linked.

use std::process::ExitCode;

use anyhow::bail;
use tokio::signal::unix::{SignalKind, signal};

pub mod caller;
pub mod collector;
pub mod faults;
pub mod figures;
pub mod ledger;
pub mod load;
pub mod story;
pub mod suite;

/// Does what a program is there for, until it is told to end. Whichever ends first drops the other,
/// and with it every process that was started.
///
/// What went wrong is the last thing that is said, without a backtrace: where a run is judged by the end of
/// its output, that would hide it.
pub async fn run(work: impl Future<Output = anyhow::Result<()>>) -> ExitCode {
    auth::install_cryptography();
    match unless_ended(work).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn unless_ended(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = work => outcome,
        _ = tokio::signal::ctrl_c() => bail!("interrupted"),
        _ = terminated.recv() => bail!("terminated"),
    }
}
