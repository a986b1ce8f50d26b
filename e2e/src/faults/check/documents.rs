//! Documents name their learners, and what was withdrawn stays withdrawn.

use std::{collections::BTreeSet, process::Stdio};

use anyhow::{Context, ensure};
use bytes::Bytes;
use reqwest::StatusCode;
use tokio::{io::AsyncWriteExt, process::Command};

use super::Shown;
use crate::{
    faults::learners,
    ledger::{Ledger, Status},
    story::Teller,
};

/// How many documents are read.
const SAMPLE: usize = 40;

/// The PDFs of some learners, as pdftotext reads them, say their names; returns how many.
pub(super) async fn name_their_learners(teller: &Teller, shown: &Shown) -> anyhow::Result<usize> {
    let sample: Vec<_> = shown.iter().step_by((shown.len() / SAMPLE).max(1)).collect();
    for (username, findings) in &sample {
        says(teller, &findings.pdf, &learners::name(username)).await?;
    }
    Ok(sample.len())
}

/// Whether a PDF says this.
pub(super) async fn says(teller: &Teller, pdf: &str, words: &str) -> anyhow::Result<()> {
    let answer = teller.stranger.get(pdf).await?.successful()?;
    let text = text_of(answer.body).await?;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    ensure!(text.contains(words), "{pdf} does not say {words:?}, but {text:?}");
    Ok(())
}

async fn text_of(pdf: Bytes) -> anyhow::Result<String> {
    let mut reader = Command::new("pdftotext")
        .args(["-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("pdftotext is not installed: run deploy/setup.sh")?;
    let mut stdin = reader.stdin.take().context("a piped stdin is there")?;
    let write = tokio::spawn(async move { stdin.write_all(&pdf).await });
    let output = reader.wait_with_output().await?;
    write.await??;
    ensure!(output.status.success(), "pdftotext: {}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

/// Of what was seen before a revocation: the documents of those that stayed revoked, and every
/// assertion that no page shows now, answer 410. Returns how many.
pub(super) async fn withdrawn(
    teller: &Teller,
    ledger: &Ledger,
    shown: &Shown,
) -> anyhow::Result<usize> {
    let live: BTreeSet<&str> = shown.values().map(|each| each.assertion.as_str()).collect();
    let mut gone = 0;
    for (username, before) in ledger.seen() {
        let is_revoked = ledger.of(username).is_some_and(|(_, status)| status == Status::Revoked);
        let pdf = is_revoked.then_some(&before.pdf);
        let assertion = (!live.contains(before.assertion.as_str())).then_some(&before.assertion);
        for url in pdf.into_iter().chain(assertion) {
            let (status, _) = teller.stranger.text(url).await?;
            ensure!(status == StatusCode::GONE, "{username}'s {url} answers {status}");
            gone += 1;
        }
    }
    ensure!(gone > 0, "nothing was seen before it was revoked");
    Ok(gone)
}
