//! The time, as actions are told it.

use std::sync::{Arc, Mutex, PoisonError};

use model::Timestamp;

/// The computer's clock, or one that a test holds still.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    #[default]
    System,
    Still(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// A clock that stands at `instant` until it is moved.
    pub fn still(instant: Timestamp) -> Self {
        Self::Still(Arc::new(Mutex::new(instant)))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Still(instant) => *instant.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a clock that stands still; the computer's clock does not move for anybody.
    pub fn set(&self, to: Timestamp) {
        if let Self::Still(instant) = self {
            *instant.lock().unwrap_or_else(PoisonError::into_inner) = to;
        }
    }
}
