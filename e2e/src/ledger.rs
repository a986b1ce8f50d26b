//! What clients were told, to be held against what the services keep.

use std::collections::BTreeMap;

use crate::story::{Award, Findings};

/// The last answer that a client had about a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Awarded,
    Revoked,
}

impl Status {
    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Awarded => "awarded",
            Self::Revoked => "revoked",
        }
    }
}

/// All that was acknowledged, by username.
#[derive(Debug, Default, Clone)]
pub struct Ledger {
    entries: BTreeMap<String, (Award, Status)>,
    seen: Vec<(String, Findings)>,
}

impl Ledger {
    /// Notes an acknowledged answer.
    pub fn note(&mut self, award: &Award, status: Status) {
        self.entries.insert(award.username.clone(), (award.clone(), status));
    }

    /// Notes what a stranger found from an award's page before it was revoked.
    pub fn note_seen(&mut self, award: &Award, findings: Findings) {
        self.seen.push((award.username.clone(), findings));
    }

    /// All that was noted as seen, by username.
    pub fn seen(&self) -> impl Iterator<Item = (&str, &Findings)> {
        self.seen.iter().map(|(username, findings)| (username.as_str(), findings))
    }

    /// Forgets all that was noted of a learner.
    pub fn forget(&mut self, username: &str) {
        self.entries.remove(username);
        self.seen.retain(|(each, _)| each != username);
    }

    /// Every learner's last answer.
    pub fn entries(&self) -> impl Iterator<Item = (&Award, Status)> {
        self.entries.values().map(|(award, status)| (award, *status))
    }

    /// The last answer about one learner.
    pub fn of(&self, username: &str) -> Option<(&Award, Status)> {
        self.entries.get(username).map(|(award, status)| (award, *status))
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many ended as `status`.
    pub fn count(&self, status: Status) -> usize {
        self.entries.values().filter(|(_, each)| *each == status).count()
    }
}
