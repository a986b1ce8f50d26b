//! How often what was done to the suite.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Counts by name. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Mutex<BTreeMap<String, usize>>>);

impl Tally {
    /// Counts one more.
    pub fn count(&self, what: impl Into<String>) {
        self.add(what, 1);
    }

    /// Counts some more.
    pub fn add(&self, what: impl Into<String>, number: usize) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(what.into()).or_default() += number;
    }

    /// All counts, by name.
    pub fn rows(&self) -> Vec<(String, usize)> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|(what, number)| (what.clone(), *number)).collect()
    }
}
