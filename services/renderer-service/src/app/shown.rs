//! Records in memory, so that a document that many fetch costs no query each time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::sync::Cache;

use crate::domain::RenderRecord;

/// How many records are remembered.
const REMEMBERED: u64 = 20_000;

/// How long another process's withdrawal may stay unseen here.
const LIFE: Duration = Duration::from_secs(1);

/// Records as they may be shown. What this process withdraws is gone from here at once.
#[derive(Clone)]
pub struct Shown {
    records: Cache<String, Arc<RenderRecord>>,
    /// Counts changes, so that nobody keeps what was read before one.
    changes: Arc<AtomicU64>,
}

impl Default for Shown {
    fn default() -> Self {
        let records = Cache::builder().max_capacity(REMEMBERED).time_to_live(LIFE).build();
        Self { records, changes: Arc::default() }
    }
}

impl Shown {
    pub fn get(&self, render_id: &str) -> Option<Arc<RenderRecord>> {
        self.records.get(render_id)
    }

    /// How many changes there were: to be read before the record is.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// Remembers what was read after `changes`, unless something changed since.
    pub fn keep(&self, record: Arc<RenderRecord>, changes: u64) {
        let render_id = record.render_id.clone();
        self.records.insert(render_id.clone(), record);
        // Whoever changes counts first and forgets then: one of the two sees the other.
        if self.changes() != changes {
            self.records.invalidate(&render_id);
        }
    }

    /// Forgets a render that changed.
    pub fn forget(&self, render_id: &str) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.records.invalidate(render_id);
    }
}
