//! The delays between tries of a call: the tutorial's 2^i seconds and up to half a second of jitter.

use std::time::Duration;

use backoff::ExponentialBackoff;
use backoff::backoff::Backoff;

const FIRST: Duration = Duration::from_secs(1);
const FACTOR: f64 = 2.0;
const LONGEST: Duration = Duration::from_secs(60);
const JITTER_MILLISECONDS: u64 = 500;

/// The delays of one call.
pub(super) struct Delays(ExponentialBackoff);

impl Delays {
    pub(super) fn new() -> Self {
        Self(ExponentialBackoff {
            current_interval: FIRST,
            initial_interval: FIRST,
            multiplier: FACTOR,
            max_interval: LONGEST,
            // The tutorial's jitter is added, not a factor; the number of tries is the caller's to bound.
            randomization_factor: 0.0,
            max_elapsed_time: None,
            ..ExponentialBackoff::default()
        })
    }

    /// How long to wait before the next try.
    pub(super) fn next(&mut self) -> Duration {
        let jitter = Duration::from_millis(fastrand::u64(0..=JITTER_MILLISECONDS));
        self.0.next_backoff().unwrap_or(LONGEST) + jitter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_and_carry_jitter() {
        let mut delays = Delays::new();
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            let delay = delays.next();
            let base = Duration::from_secs(seconds);
            assert!(
                delay >= base && delay <= base + Duration::from_millis(500),
                "{delay:?}"
            );
        }
    }
}
