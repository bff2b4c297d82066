//! The rate limit: a governor spaces the calls, and a hold stops them all while Genesys asks for patience.

use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::time::Instant;

/// The share of the limit that is used: the rest is slack for the edges of the API's own windows.
const USED_SHARE: f64 = 0.95;
/// Calls that may follow each other without a pause: the API counts fixed windows, so bursts are kept small.
const BURST: NonZeroU32 = NonZeroU32::MIN;

/// The right to make one call.
#[must_use]
pub struct Permit(());

/// Spaces the calls of this process.
pub struct Pace {
    limiter: Option<DefaultDirectRateLimiter>,
    clock: DefaultClock,
    hold_until: Mutex<Option<Instant>>,
    requests_per_minute: Option<u32>,
}

impl Pace {
    /// A pace for `requests_per_minute`; `None` is no limit.
    pub fn new(requests_per_minute: Option<u32>) -> Self {
        let limiter = requests_per_minute.and_then(|limit| {
            let per_second = f64::from(limit) * USED_SHARE / 60.0;
            let period = Duration::from_secs_f64(1.0 / per_second);
            Quota::with_period(period).map(|quota| RateLimiter::direct(quota.allow_burst(BURST)))
        });
        Self {
            limiter,
            clock: DefaultClock::default(),
            hold_until: Mutex::new(None),
            requests_per_minute,
        }
    }

    /// Waits until a call may be made.
    pub async fn take(&self) -> Permit {
        loop {
            if let Some(until) = self.held_until() {
                tokio::time::sleep_until(until).await;
                continue;
            }
            let Some(limiter) = &self.limiter else {
                return Permit(());
            };
            match limiter.check() {
                Ok(()) => return Permit(()),
                // governor's own wait sleeps on a clock that tests cannot pause.
                Err(not_until) => {
                    tokio::time::sleep(not_until.wait_time_from(self.clock.now())).await;
                }
            }
        }
    }

    /// Stops all calls for `duration`, or longer where a longer hold is in force.
    pub(super) fn hold(&self, duration: Duration) {
        let until = Instant::now() + duration;
        let mut hold = lock(&self.hold_until);
        if hold.is_none_or(|current| current < until) {
            *hold = Some(until);
        }
    }

    fn held_until(&self) -> Option<Instant> {
        let mut hold = lock(&self.hold_until);
        if hold.is_some_and(|until| until <= Instant::now()) {
            *hold = None;
        }
        *hold
    }

    /// How many jobs may be in hand at once: what the budget serves in half a minute, and at most `concurrency`.
    pub fn in_hand(&self, concurrency: u16) -> u16 {
        match self.requests_per_minute {
            Some(limit) => {
                u16::try_from(limit / 2).map_or(concurrency, |half| half.clamp(1, concurrency))
            }
            None => concurrency,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_hand_is_bounded_by_concurrency_and_half_a_minutes_budget() {
        assert_eq!(Pace::new(None).in_hand(32), 32);
        assert_eq!(Pace::new(Some(300)).in_hand(32), 32);
        assert_eq!(Pace::new(Some(20)).in_hand(32), 10);
        assert_eq!(Pace::new(Some(1)).in_hand(32), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_stops_calls_until_it_ends_and_a_shorter_one_does_not_end_it() {
        let pace = Pace::new(None);
        let start = Instant::now();
        pace.hold(Duration::from_secs(5));
        pace.hold(Duration::from_secs(2));
        let _permit = pace.take().await;
        assert_eq!(start.elapsed(), Duration::from_secs(5));
    }
}
