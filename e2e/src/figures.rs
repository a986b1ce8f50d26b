//! Measured times, summed up.

use std::time::Duration;

/// Times of one kind of thing.
#[derive(Default)]
pub struct Figures(Vec<Duration>);

impl Figures {
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time within which `share` (0 to 1) of the things were done.
    pub fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of a small count is a small count"
        )]
        let index = ((sorted.len() as f64 * share).ceil() as usize).saturating_sub(1);
        sorted.get(index).copied().unwrap_or_default()
    }

    /// How many times there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Half, and 99 of 100.
    pub fn short(&self) -> String {
        let ms = |share| self.quantile(share).as_secs_f64() * 1000.0;
        format!("p50 {:.1} ms, p99 {:.1} ms", ms(0.5), ms(0.99))
    }

    /// One line: count, half, 99 of 100, slowest.
    pub fn line(&self, what: &str) -> String {
        let ms = |share| format!("{:>7.1}", self.quantile(share).as_secs_f64() * 1000.0);
        format!(
            "{what:<44} n={:<5} p50 {} ms   p95 {} ms   p99 {} ms   max {} ms",
            self.0.len(),
            ms(0.5),
            ms(0.95),
            ms(0.99),
            ms(1.0)
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Figures;

    #[test]
    fn quantiles_are_times_that_were_measured() {
        let mut figures = Figures::default();
        (1..=100).for_each(|ms| figures.add(Duration::from_millis(ms)));

        assert_eq!(figures.quantile(0.5), Duration::from_millis(50));
        assert_eq!(figures.quantile(0.99), Duration::from_millis(99));
        assert_eq!(figures.quantile(1.0), Duration::from_millis(100));
    }
}
