//! Whether what is in memory is still true: what this process changed, and what another one did.

use std::{
    sync::atomic::{AtomicU64, Ordering::SeqCst},
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use crate::domain::{
    changes::{Changes, Stripe},
    entity_id::EntityId,
};

/// What is known of changes, in this process and in the database.
pub struct Freshness {
    /// How often each stripe was found changed.
    found: [AtomicU64; Stripe::COUNT],
    /// The counts of the database, as they were read last. Locked by who reads them anew.
    counts: Mutex<[Option<i64>; Stripe::COUNT]>,
    /// When the database was asked for them, in nanoseconds after `began`.
    asked: AtomicU64,
    began: Instant,
    fresh_for: Duration,
}

/// What was known before something was read: if no more is known later, it is still true.
pub struct Before(Box<[u64; Stripe::COUNT]>);

/// The part of it that concerns the objects in one document.
pub struct AsOf(Vec<(Stripe, u64)>);

/// The database was never asked.
const NEVER: u64 = u64::MAX;

impl Freshness {
    /// Nothing is known yet. `fresh_for`: how long the counts of the database are believed.
    pub fn new(fresh_for: Duration) -> Self {
        Self {
            found: std::array::from_fn(|_| AtomicU64::new(0)),
            counts: Mutex::new([None; Stripe::COUNT]),
            asked: AtomicU64::new(NEVER),
            began: Instant::now(),
            fresh_for,
        }
    }

    /// Learns what other processes changed, if that is due.
    ///
    /// Afterwards every change is known that was committed `fresh_for` ago. One request asks when
    /// half of that time is over, while the others go on; when all of it is, they wait.
    ///
    /// # Errors
    ///
    /// What `ask` fails with, unless there is time left to ask again.
    pub async fn catch_up<E>(
        &self,
        ask: impl Future<Output = Result<Vec<(Stripe, i64)>, E>>,
    ) -> Result<(), E> {
        if self.is_younger_than(self.fresh_for / 2) {
            return Ok(());
        }
        let can_wait = self.is_younger_than(self.fresh_for);
        let mut known = match self.counts.try_lock() {
            Ok(known) => known,
            Err(_) if can_wait => return Ok(()),
            Err(_) => self.counts.lock().await,
        };
        if self.is_younger_than(self.fresh_for / 2) {
            return Ok(());
        }
        let now = self.nanoseconds();
        let counts = match ask.await {
            Ok(counts) => counts,
            Err(_) if can_wait => return Ok(()),
            Err(error) => return Err(error),
        };
        for (stripe, count) in counts {
            // What was read before the first answer may be older than it.
            if known[stripe.index()].replace(count) != Some(count) {
                self.found(stripe);
            }
        }
        self.asked.store(now, SeqCst);
        Ok(())
    }

    /// Notes what this process changed. To be called after the commit.
    pub fn changed(&self, changes: &Changes) {
        changes.stripes().for_each(|stripe| self.found(stripe));
    }

    /// To be asked before something is read.
    pub fn before(&self) -> Before {
        Before(Box::new(std::array::from_fn(|n| self.found[n].load(SeqCst))))
    }

    /// Whether nothing is known to have changed since.
    pub fn is_current(&self, as_of: &AsOf) -> bool {
        as_of.0.iter().all(|(stripe, found)| self.found[stripe.index()].load(SeqCst) == *found)
    }

    fn found(&self, stripe: Stripe) {
        self.found[stripe.index()].fetch_add(1, SeqCst);
    }

    fn is_younger_than(&self, limit: Duration) -> bool {
        let asked = self.asked.load(SeqCst);
        let age = self.nanoseconds().saturating_sub(asked);
        asked != NEVER && Duration::from_nanos(age) < limit
    }

    /// Nanoseconds since the beginning: enough for 500 years.
    fn nanoseconds(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(NEVER)
    }
}

impl Before {
    /// What was known of these objects.
    pub fn of(&self, objects: &[EntityId]) -> AsOf {
        let stripes = objects.iter().map(|id| Stripe::of(*id));
        AsOf(stripes.map(|stripe| (stripe, self.0[stripe.index()])).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::open_badges::samples::id;

    const HOUR: Duration = Duration::from_secs(3_600);

    /// The database answers that nothing, or that object 1, changed `count` times.
    async fn hear(freshness: &Freshness, count: i64) {
        let counts = vec![(Stripe::of(id(1)), count), (Stripe::of(id(2)), 0)];
        freshness.catch_up(async { Ok::<_, ()>(counts) }).await.unwrap();
    }

    #[tokio::test]
    async fn what_another_process_changed_is_found_and_nothing_else() {
        let freshness = Freshness::new(Duration::ZERO);
        hear(&freshness, 4).await;
        let before = freshness.before();
        let (one, two) = (before.of(&[id(1)]), before.of(&[id(2)]));

        hear(&freshness, 4).await;
        assert!(freshness.is_current(&one));
        hear(&freshness, 5).await;

        assert!(!freshness.is_current(&one));
        assert!(freshness.is_current(&two));
    }

    #[tokio::test]
    async fn what_was_read_before_the_database_was_ever_asked_is_not_believed() {
        let freshness = Freshness::new(Duration::ZERO);
        let read = freshness.before().of(&[id(2)]);

        hear(&freshness, 0).await;

        assert!(!freshness.is_current(&read));
    }

    #[tokio::test]
    async fn the_database_is_not_asked_before_it_is_due() {
        let freshness = Freshness::new(HOUR);
        hear(&freshness, 0).await;

        let asked = freshness.catch_up(async { Err("it was asked") }).await;

        assert_eq!(asked, Ok(()));
    }

    #[tokio::test]
    async fn without_an_answer_nothing_is_believed_once_the_time_is_over() {
        let never_asked = Freshness::new(HOUR);
        assert_eq!(never_asked.catch_up(async { Err("no answer") }).await, Err("no answer"));

        let over = Freshness::new(Duration::ZERO);
        hear(&over, 0).await;
        assert_eq!(over.catch_up(async { Err("no answer") }).await, Err("no answer"));
    }

    #[test]
    fn an_own_change_is_known_at_once() {
        let freshness = Freshness::new(HOUR);
        let before = freshness.before().of(&[id(2), id(1)]);
        let mut changes = Changes::default();
        changes.note(id(1));

        freshness.changed(&changes);

        assert!(!freshness.is_current(&before));
    }
}
