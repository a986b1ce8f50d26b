//! When a message that failed comes back. Both buses keep to this.

use std::time::Duration;

/// How long after each failure a message comes back, in seconds; after the last it is dead.
pub const RETRY_DELAYS_S: [u64; 5] = [5, 30, 120, 600, 1800];

/// How long a message waits that failed in its `attempt`th delivery, counting from 1; nothing if
/// that was its last.
pub fn delay_after(attempt: u32) -> Option<Duration> {
    let failures_before = usize::try_from(attempt).ok()?.checked_sub(1)?;
    RETRY_DELAYS_S.get(failures_before).copied().map(Duration::from_secs)
}

/// Whether a message that fails in its `attempt`th delivery is not tried again.
pub fn is_last_attempt(attempt: u32) -> bool {
    delay_after(attempt).is_none()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{delay_after, is_last_attempt};

    #[test]
    fn delays_grow_from_seconds_to_half_an_hour_and_end() {
        assert_eq!(delay_after(1), Some(Duration::from_secs(5)));
        assert_eq!(delay_after(5), Some(Duration::from_secs(1800)));
        assert_eq!(delay_after(6), None);
        assert!(is_last_attempt(6) && !is_last_attempt(5));
    }
}
