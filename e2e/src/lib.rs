//! Black-box checks of running services: the story, its speed, and its survival.
//!
//! Everything here goes over HTTP with tokens, as clients do; faults are done to processes, servers and
//! the ways between them. No service's code is linked.

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
/// # Errors
///
/// What `work` fails with, or that it was interrupted.
pub async fn run(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    auth::install_cryptography();
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = work => outcome,
        _ = tokio::signal::ctrl_c() => bail!("interrupted"),
        _ = terminated.recv() => bail!("terminated"),
    }
}
