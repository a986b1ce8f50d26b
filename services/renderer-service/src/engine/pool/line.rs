//! Jobs waiting for a worker: two lines and a bound on both together.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Priority;

/// A bounded line of two classes, from which several workers take.
pub struct Line<T> {
    state: Mutex<State<T>>,
    changed: Notify,
    bound: usize,
}

struct State<T> {
    interactive: VecDeque<T>,
    bulk: VecDeque<T>,
    closed: bool,
}

impl<T> Line<T> {
    pub fn new(bound: usize) -> Self {
        let state = State { interactive: VecDeque::new(), bulk: VecDeque::new(), closed: false };
        Self { state: Mutex::new(state), changed: Notify::new(), bound }
    }

    /// Whether there was room.
    pub fn push(&self, item: T, priority: Priority) -> bool {
        let mut state = self.lock();
        if state.closed || state.interactive.len() + state.bulk.len() >= self.bound {
            return false;
        }
        match priority {
            Priority::Interactive => state.interactive.push_back(item),
            Priority::Bulk => state.bulk.push_back(item),
        }
        drop(state);
        self.changed.notify_one();
        true
    }

    /// The next item, of the preferred class if there is one; nothing once the line is closed.
    pub async fn next(&self, prefers: Priority) -> Option<T> {
        loop {
            {
                let mut state = self.lock();
                if state.closed {
                    drop(state);
                    self.changed.notify_one();
                    return None;
                }
                let item = match prefers {
                    Priority::Interactive => {
                        state.interactive.pop_front().or_else(|| state.bulk.pop_front())
                    }
                    Priority::Bulk => {
                        state.bulk.pop_front().or_else(|| state.interactive.pop_front())
                    }
                };
                let more = !state.interactive.is_empty() || !state.bulk.is_empty();
                drop(state);
                if item.is_some() {
                    // One permit may stand for several items: pass it on.
                    if more {
                        self.changed.notify_one();
                    }
                    return item;
                }
            }
            self.changed.notified().await;
        }
    }

    /// Ends the line; who waits in it is forgotten.
    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.interactive.clear();
        state.bulk.clear();
        drop(state);
        self.changed.notify_waiters();
        self.changed.notify_one();
    }

    pub fn drain(&self) -> Vec<T> {
        let mut state = self.lock();
        let mut items: Vec<T> = state.interactive.drain(..).collect();
        items.extend(state.bulk.drain(..));
        items
    }

    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    pub fn len(&self) -> usize {
        let state = self.lock();
        state.interactive.len() + state.bulk.len()
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // No code panics while it holds the lock, and the state is whole between statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn people_go_before_bulk_except_at_the_worker_for_bulk() {
        let line = Line::new(9);
        line.push("bulk 1", Priority::Bulk);
        line.push("bulk 2", Priority::Bulk);
        line.push("person", Priority::Interactive);
        assert_eq!(line.next(Priority::Bulk).await, Some("bulk 1"));
        assert_eq!(line.next(Priority::Interactive).await, Some("person"));
        assert_eq!(line.next(Priority::Interactive).await, Some("bulk 2"));
    }

    #[tokio::test]
    async fn a_full_line_takes_no_more() {
        let line = Line::new(1);
        assert!(line.push(1, Priority::Bulk));
        assert!(!line.push(2, Priority::Interactive));
        assert_eq!(line.len(), 1);
    }

    #[tokio::test]
    async fn a_closed_line_gives_nothing() {
        let line = Line::new(1);
        line.push(1, Priority::Bulk);
        line.close();
        assert_eq!(line.next(Priority::Bulk).await, None);
        assert!(!line.push(2, Priority::Bulk));
    }
}
