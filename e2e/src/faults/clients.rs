//! Clients that post completions and revoke some, and note what they were told.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rand::{RngExt, rngs::StdRng};
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::learners;
use crate::{
    ledger::{Ledger, Status},
    story::{Award, Teller},
};

/// How many clients post at a time; who comes when all are busy waits.
const CLIENTS: usize = 64;

/// How long a client repeats one request.
const PATIENCE: Duration = Duration::from_secs(180);

/// How long a patient client waits for a document before it revokes.
const LOOKS_FOR: Duration = Duration::from_secs(20);

/// Who posts, and where it is noted. Clones note in the same place.
#[derive(Clone)]
pub struct Clients {
    teller: Arc<Teller>,
    /// Of how many learners one is known by name.
    known_of: u64,
    ledger: Arc<Mutex<Ledger>>,
}

/// What becomes of one award.
struct Fate {
    revoked: bool,
    awarded_again: bool,
    /// Whether the documents are waited for before they are revoked.
    patient: bool,
    after: Duration,
}

impl Clients {
    pub fn new(teller: Arc<Teller>, known_of: u64) -> Self {
        Self { teller, known_of, ledger: Arc::default() }
    }

    /// What was noted so far.
    pub fn ledger(&self) -> Ledger {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Revokes some more whose documents were seen, however long those take: so that there are some.
    pub async fn revoke_seen(&self, count: usize, patience: Duration) -> anyhow::Result<()> {
        let ledger = self.ledger();
        let awarded = ledger.entries().filter(|(award, status)| {
            *status == Status::Awarded && learners::is_known(&award.username)
        });
        for (award, _) in awarded.take(count) {
            let findings = self.teller.complete(award, patience).await?;
            self.note(|ledger| ledger.note_seen(award, findings));
            self.teller.set_status(award, "revoked", patience).await?;
            self.note(|ledger| ledger.note(award, Status::Revoked));
        }
        Ok(())
    }

    /// Posts completions at a rate, and revokes some, until `over`.
    pub async fn post(
        self,
        mut random: StdRng,
        rate: u32,
        over: CancellationToken,
    ) -> anyhow::Result<()> {
        let seats = Arc::new(Semaphore::new(CLIENTS));
        let mut due = tokio::time::interval(Duration::from_secs(1) / rate.max(1));
        let mut posting: JoinSet<anyhow::Result<()>> = JoinSet::new();
        let mut number = 0_u64;
        while !over.is_cancelled() {
            due.tick().await;
            number += 1;
            let fate = Fate {
                revoked: random.random_ratio(1, 7),
                awarded_again: random.random_ratio(1, 3),
                patient: random.random_ratio(1, 2),
                after: Duration::from_millis(random.random_range(0..1500)),
            };
            let seat = Arc::clone(&seats).acquire_owned().await?;
            let clients = self.clone();
            let username = learners::username_among(number, self.known_of);
            posting.spawn(async move {
                let told = clients.one(&username, fate).await;
                drop(seat);
                told
            });
            while let Some(ended) = posting.try_join_next() {
                ended??;
            }
        }
        while let Some(ended) = posting.join_next().await {
            ended??;
        }
        Ok(())
    }

    async fn one(&self, username: &str, fate: Fate) -> anyhow::Result<()> {
        let is_known = learners::is_known(username);
        if is_known {
            self.teller.introduce(username, &learners::name(username), PATIENCE).await?;
        }
        let award = self.teller.award(username, PATIENCE).await?;
        self.note(|ledger| ledger.note(&award, Status::Awarded));
        if fate.revoked {
            tokio::time::sleep(fate.after).await;
            if is_known {
                self.look(&award, if fate.patient { LOOKS_FOR } else { Duration::ZERO }).await;
            }
            self.teller.set_status(&award, "revoked", PATIENCE).await?;
            self.note(|ledger| ledger.note(&award, Status::Revoked));
            if fate.awarded_again {
                self.teller.set_status(&award, "awarded", PATIENCE).await?;
                self.note(|ledger| ledger.note(&award, Status::Awarded));
            }
        }
        Ok(())
    }

    /// Notes what the page links to, if that comes in time.
    async fn look(&self, award: &Award, patience: Duration) {
        let started = Instant::now();
        loop {
            // A page that cannot be had at the moment is looked at again.
            if let Ok(Some(findings)) = self.teller.findings(award).await {
                return self.note(|ledger| ledger.note_seen(award, findings));
            }
            if started.elapsed() > patience {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    fn note(&self, what: impl FnOnce(&mut Ledger)) {
        what(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
