//! badge-service has one live assertion for each certificate that shows one.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};

use super::Shown;
use crate::story::Teller;

/// What badge-service lists of the class that all learners hold.
pub(super) struct Listed {
    live: BTreeSet<String>,
    /// How many of them are the demo's.
    of_demo: usize,
}

/// Asks for all live assertions of the class that the certificates show.
pub(super) async fn listed(teller: &Teller, shown: &Shown) -> anyhow::Result<Listed> {
    let class = shown.values().next().context("nobody holds anything")?;
    let all = teller.assertions_of_class(&class.assertion).await?;
    let live = all.iter().filter(|assertion| assertion["revoked"] != true);
    let id = |assertion: &serde_json::Value| assertion["entityId"].as_str().map(str::to_owned);
    Ok(Listed { live: live.filter_map(id).collect(), of_demo: teller.demo_holders().await? })
}

impl Listed {
    /// The live assertions are those that certificates show, one each, and the demo's; returns how many.
    pub(super) fn agree(&self, shown: &Shown) -> anyhow::Result<usize> {
        let id = |url: &str| url.rsplit('/').next().unwrap_or_default().to_owned();
        let ids: BTreeSet<String> = shown.values().map(|each| id(&each.assertion)).collect();
        ensure!(
            ids.len() == shown.len(),
            "certificates share assertions: {} for {}",
            ids.len(),
            shown.len()
        );
        let missing = ids.difference(&self.live).count();
        ensure!(missing == 0, "{missing} certificates show an assertion that is not live");
        let strangers = self.live.difference(&ids).count();
        ensure!(
            strangers == self.of_demo,
            "{} live assertions are on no certificate",
            strangers.abs_diff(self.of_demo)
        );
        Ok(self.live.len())
    }
}
