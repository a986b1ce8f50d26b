//! What an import did, in numbers.

use std::fmt;

/// What became of everything in a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    pub issuers: Count,
    pub badge_classes: Count,
}

/// How many of a kind were made, changed, or found as they should be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub made: usize,
    pub changed: usize,
    pub unchanged: usize,
}

/// What became of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Made,
    Changed,
    Unchanged,
}

impl Count {
    /// One more.
    pub(super) fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Made => self.made += 1,
            Outcome::Changed => self.changed += 1,
            Outcome::Unchanged => self.unchanged += 1,
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuers: {}. Badge classes: {}.", self.issuers, self.badge_classes)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} made, {} changed, {} unchanged", self.made, self.changed, self.unchanged)
    }
}
