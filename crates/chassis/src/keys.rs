//! A service's own keys while it runs, and the command that changes them.

use std::time::Duration;

use auth::KeyRing;
use clap::Subcommand;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::command::outln;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Takes over what a command, or whoever keeps the folder, changes in the files, until `stop`.
pub(crate) async fn follow(rings: Vec<KeyRing>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await;
        for ring in &rings {
            match ring.reload() {
                Ok(true) => info!(keys = ring.name(), "the keys were changed"),
                Ok(false) => {}
                Err(error) => warn!(keys = ring.name(), %error, "the keys stay as they are"),
            }
        }
    }
}

/// What can be done with a service's own keys.
#[derive(Subcommand)]
pub enum Keys {
    /// Say which keys there are.
    List,
    /// Make the next key, and publish it.
    Prepare,
    /// Let the next key sign; the one that signed stays published.
    Rotate,
    /// Forget the previous key. Wait until the tokens that it signed have expired.
    Retire,
}

impl Keys {
    /// Does it, and says which keys there are then.
    pub(crate) fn carry_out(&self, rings: &[KeyRing]) -> anyhow::Result<()> {
        for ring in rings {
            match self {
                Self::List => {}
                Self::Prepare => ring.prepare()?,
                Self::Rotate => ring.rotate()?,
                Self::Retire => ring.retire()?,
            }
            for (role, id) in ring.ids() {
                outln(&format!("{}\t{}\t{id}", ring.name(), role.as_str()));
            }
        }
        Ok(())
    }
}
