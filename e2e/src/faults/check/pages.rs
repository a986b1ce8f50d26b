//! Every page shows what its client was told last.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::Shown;
use crate::{
    ledger::{Ledger, Status},
    story::Teller,
};

/// How many pages are looked at side by side.
const LOOKS: usize = 8;

/// Waits until what is awarded shows a PDF and a badge that answer, and what is revoked is gone.
pub(super) async fn settled(
    teller: &Teller,
    ledger: &Ledger,
    patience: Duration,
) -> anyhow::Result<Shown> {
    let started = Instant::now();
    let looks = ledger.entries().map(|(award, status)| async move {
        let left = patience.saturating_sub(started.elapsed());
        match status {
            Status::Awarded => {
                let findings = teller.complete(award, left).await?;
                anyhow::Ok(Some((award.username.clone(), findings)))
            }
            Status::Revoked => teller.gone(award, left).await.map(|()| None),
        }
    });
    let found: Vec<_> = stream::iter(looks).buffer_unordered(LOOKS).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}
