//! Every page shows what its client was told last.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};

use anyhow::ensure;
use reqwest::StatusCode;

use super::Shown;
use crate::{
    faults::learners,
    ledger::{Ledger, Status},
    story::{Award, Teller},
};

/// How many pages are looked at side by side.
const LOOKS: usize = 8;

/// Of how many pages that do not settle is said what they lack.
const SAID: usize = 20;

/// Of how many learners who are not known by name one's page is looked at.
const UNKNOWN_OF: usize = 10;

/// Waits until what is awarded shows a PDF and a badge that answer, and what is revoked is gone; of
/// learners who are not known by name, whether there is a page.
pub(super) async fn settled(
    teller: &Teller,
    ledger: &Ledger,
    patience: Duration,
) -> anyhow::Result<Shown> {
    let started = Instant::now();
    let (known, unknown): (Vec<_>, Vec<_>) =
        ledger.entries().partition(|(award, _)| learners::is_known(&award.username));
    let all = known.into_iter().chain(unknown.into_iter().step_by(UNKNOWN_OF));
    let looks = all.map(|(award, status)| async move {
        let left = patience.saturating_sub(started.elapsed());
        match status {
            Status::Awarded if !learners::is_known(&award.username) => {
                there(teller, award, left).await.map(|()| None)
            }
            Status::Awarded => {
                let findings = teller.complete(award, left).await?;
                anyhow::Ok(Some((award.username.clone(), findings)))
            }
            Status::Revoked => teller.gone(award, left).await.map(|()| None),
        }
    });
    let found: Vec<_> = stream::iter(looks).buffer_unordered(LOOKS).collect().await;
    let (settled, unsettled): (Vec<_>, Vec<_>) = found.into_iter().partition(Result::is_ok);
    let said = unsettled.iter().filter_map(|each| each.as_ref().err());
    let said: Vec<String> = said.map(|error| format!("{error:#}")).take(SAID).collect();
    ensure!(said.is_empty(), "{} pages did not settle: {}", unsettled.len(), said.join("; "));
    Ok(settled.into_iter().flatten().flatten().collect())
}

/// Waits until the page says that there is a certificate: 503 until the name on it is known.
async fn there(teller: &Teller, award: &Award, patience: Duration) -> anyhow::Result<()> {
    let started = Instant::now();
    loop {
        let (status, page) = teller.stranger.text(&award.page).await?;
        if status == StatusCode::SERVICE_UNAVAILABLE && page.contains("name is not known") {
            return Ok(());
        }
        ensure!(started.elapsed() < patience, "{} is awarded and has no page", award.page);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
