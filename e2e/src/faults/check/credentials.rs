//! credentials-service keeps one credential for each that was told.

use anyhow::{bail, ensure};
use serde_json::Value;

use crate::ledger::Ledger;

/// The same learners, ids and states, none more; returns how many.
pub(super) fn agree(kept: &[Value], ledger: &Ledger) -> anyhow::Result<usize> {
    for credential in kept {
        let username = credential["username"].as_str().unwrap_or_default();
        let Some((award, status)) = ledger.of(username) else {
            bail!("{username} holds what nobody was told of");
        };
        ensure!(credential["uuid"] == award.uuid.as_str(), "{username} was told another uuid");
        ensure!(
            credential["status"] == status.as_str(),
            "{username} was told {}, and {} is kept",
            status.as_str(),
            credential["status"]
        );
    }
    ensure!(kept.len() == ledger.len(), "{} credentials for {}", kept.len(), ledger.len());
    Ok(kept.len())
}
