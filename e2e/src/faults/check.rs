//! Holds all that the services keep against what clients were told.

mod assertions;
mod completions;
mod credentials;
mod documents;
mod lies;
mod messages;
mod pages;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Context;
use serde_json::Value;

use super::{broker::Broker, doubles::Doubles, learners, school::School};
use crate::{
    ledger::Ledger,
    story::{Findings, Teller},
    suite::Suite,
};

/// What is needed to look at everything.
pub struct Check<'a> {
    pub suite: &'a Suite,
    pub teller: &'a Teller,
    pub ledger: &'a Ledger,
    pub broker: &'a Broker,
    /// Whoever else holds messages back.
    pub doubles: Option<&'a Doubles>,
    /// When the trouble ended.
    pub calm_since: Instant,
    /// How long everything may take to settle.
    pub patience: Duration,
}

/// What was found when everything agreed.
pub struct Report {
    /// How long it took from the end of the trouble until every page showed what its client was told.
    pub pages_settled: Duration,
    /// The same until no message waited anywhere.
    pub messages_settled: Duration,
    /// Every check that was made, and of how many things.
    pub held: Vec<(&'static str, usize)>,
    /// How many lies were told to the checks; each was noticed.
    pub lies: usize,
}

/// What a stranger finds from the pages of all who hold something, by username.
type Shown = BTreeMap<String, Findings>;

/// What the services keep.
struct Kept {
    shown: Shown,
    credentials: Vec<Value>,
    assertions: assertions::Listed,
    /// As the school sees them.
    completions: Vec<Value>,
}

impl Check<'_> {
    /// Waits until all has settled, and compares.
    ///
    /// # Errors
    ///
    /// The first thing that is not as a client was told.
    pub async fn all(&self) -> anyhow::Result<Report> {
        let pages = pages::settled(self.teller, self.ledger, self.patience).await;
        let shown = match pages {
            Ok(shown) => shown,
            Err(error) => return Err(error.context(messages::state(self).await)),
        };
        let pages_settled = self.calm_since.elapsed();
        messages::settled(self, self.patience).await?;
        let messages_settled = self.calm_since.elapsed();
        let kept = self.kept(shown).await?;
        let withdrawn = documents::withdrawn(self.teller, self.ledger, &kept.shown).await?;
        let held = vec![
            ("pages", self.ledger.len()),
            ("credentials", credentials::agree(&kept.credentials, self.ledger)?),
            ("assertions", kept.assertions.agree(&kept.shown)?),
            ("completions", completions::agree(&kept.completions, self.ledger)?),
            ("PDFs read", documents::name_their_learners(self.teller, &kept.shown).await?),
            ("withdrawn PDFs and assertions", withdrawn),
        ];
        let lies = lies::notice(self, &kept).await.context("a check was fooled")?;
        Ok(Report { pages_settled, messages_settled, held, lies })
    }

    async fn kept(&self, shown: Shown) -> anyhow::Result<Kept> {
        let school = School::new(self.suite, self.teller)?;
        Ok(Kept {
            credentials: self.teller.all_awards(learners::PREFIX).await?,
            assertions: assertions::listed(self.teller, &shown).await?,
            completions: completions::rows(&school, self.patience).await?,
            shown,
        })
    }
}
