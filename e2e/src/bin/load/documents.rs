//! Documents by the second, of names in eleven scripts and spellings.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use anyhow::ensure;
use e2e::load::{cpu::Whose, table::Table};
use futures_util::future::try_join_all;
use reqwest::Method;
use serde_json::json;

use crate::{Load, awards::name, rate};

/// Enough that no worker waits for a request.
const CLIENTS: usize = 8;

impl Load<'_> {
    /// PDFs, each of another name, as fast as the renderer makes and keeps them.
    pub async fn documents(&self, table: &mut Table) -> anyhow::Result<()> {
        let (before, started) = (self.spent(), Instant::now());
        let (next, bytes) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let client = || async {
            while started.elapsed() < self.how_long {
                let size = self.document(next.fetch_add(1, Ordering::Relaxed)).await?;
                bytes.fetch_add(size, Ordering::Relaxed);
            }
            Ok::<_, anyhow::Error>(())
        };
        try_join_all((0..CLIENTS).map(|_| client())).await?;
        let (took, count) = (started.elapsed(), next.into_inner());
        let ms = self.spent().ms_each(&before, Whose::Service("renderer-service"), count);
        table.add(
            "PDFs over HTTP, kept on disk",
            format!("{:.0} a second, {:.0} a second of one core", rate(count, took), 1000.0 / ms),
            format!(
                "PDF/UA-1 and PDF/A-2a, {} KiB on average, {ms:.2} ms CPU each with workers",
                bytes.into_inner() / count.max(1) / 1024
            ),
            "≥ 250 a core",
        );
        Ok(())
    }

    /// Makes one; returns its bytes.
    async fn document(&self, number: usize) -> anyhow::Result<usize> {
        let url = format!("{}/v1/renders", self.teller.addresses.renderer);
        let request = json!({
            "kind": "certificate",
            "template": "classic",
            "data": {
                "recipient": { "name": name(number) },
                "achievement": { "title": "Introduction to Computational Thinking" },
                "issuer": { "name": "Northlake University" },
                "signatories": [{ "name": "Prof. Ana Ribeiro", "title": "Dean of Sciences" }],
                "issued_on": "2026-03-14",
            },
            "outputs": ["pdf"],
        });
        let answer = self.teller.administrator.send(Method::POST, &url, Some(&request)).await?;
        ensure!(answer.status().is_success(), "a document: {}", answer.text().await?);
        let record: serde_json::Value = answer.json().await?;
        let bytes = record["artifacts"][0]["bytes"].as_u64().unwrap_or_default();
        Ok(usize::try_from(bytes)?)
    }
}
