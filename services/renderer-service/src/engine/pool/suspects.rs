//! Remembers which documents made workers crash.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Documents remembered; older ones get another chance.
const REMEMBERED: usize = 256;

/// Crashes after which a document is refused: it is the template's fault, not the machine's.
const CRASHES: usize = 2;

/// Digests of requests with the number of crashes each caused.
#[derive(Default)]
pub struct Suspects(Mutex<VecDeque<(String, usize)>>);

impl Suspects {
    pub fn accuse(&self, digest: String) {
        let mut list = self.lock();
        if let Some((_, crashes)) = list.iter_mut().find(|(known, _)| *known == digest) {
            *crashes += 1;
            return;
        }
        if list.len() == REMEMBERED {
            list.pop_front();
        }
        list.push_back((digest, 1));
    }

    /// Asks for the digest only where there is anybody to compare with: it takes time.
    pub fn is_convicted(&self, digest: impl FnOnce() -> String) -> bool {
        let convicted = self.convicted();
        !convicted.is_empty() && convicted.contains(&digest())
    }

    fn convicted(&self) -> Vec<String> {
        let list = self.lock();
        let convicted = list.iter().filter(|(_, crashes)| *crashes >= CRASHES);
        convicted.map(|(digest, _)| digest.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(String, usize)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
