//! The rate limit, shared by all replicas: a governor spaces this process's calls at its share, the API's own counters
//! are a gate, and a hold stops all calls while Genesys asks for patience.

mod alone;

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::watch;
use tokio::time::Instant;

use self::alone::Alone;
use crate::telemetry::metrics;

/// The share of the limit that is used: the rest is slack for the edges of the API's own windows.
const USED_SHARE: f64 = 0.95;
/// Calls that may follow each other without a pause: the API counts fixed windows, so bursts are kept small.
const BURST: NonZeroU32 = NonZeroU32::MIN;
/// How often the replicas are counted: all see a change within this time and a fifth.
const COUNT_INTERVAL: Duration = Duration::from_secs(2);
const LONGEST_COUNT_INTERVAL: Duration = Duration::from_millis(2400);
/// Calls that the API's counters must leave for each replica.
const RESERVE: u32 = 2;

/// The right to make one call.
#[must_use]
pub struct Permit(());

/// What the API says of its own count of our calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Calls counted in the current window.
    pub(super) count: u32,
    /// Calls allowed in a window.
    pub(super) allowed: u32,
    /// Until the next window.
    pub(super) reset: Duration,
}

/// tokio's clock, which tests can pause.
#[derive(Clone)]
struct TokioClock(Instant);

impl Clock for TokioClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Duration>>;

/// Spaces the calls of this process.
pub struct Pace {
    clock: TokioClock,
    state: Mutex<State>,
    retry_after: watch::Sender<Duration>,
}

struct State {
    /// Of all replicas; `None` is no limit.
    requests_per_minute: Option<u32>,
    /// Number of replicas; `None` before they were counted.
    members: Option<u32>,
    limiter: Option<Arc<Limiter>>,
    hold_until: Option<Instant>,
    alone: Alone,
}

impl Pace {
    /// A pace for `requests_per_minute` of all replicas together; `None` is no limit.
    pub fn new(requests_per_minute: Option<u32>) -> Self {
        let clock = TokioClock(Instant::now());
        let mut state = State {
            requests_per_minute,
            members: None,
            limiter: None,
            hold_until: None,
            alone: Alone::default(),
        };
        state.share(&clock);
        Self {
            clock,
            state: Mutex::new(state),
            retry_after: watch::Sender::default(),
        }
    }

    /// Waits until a call may be made.
    pub async fn take(&self) -> Permit {
        let began = Instant::now();
        let permit = self.taken().await;
        metrics().taken();
        let waited = began.elapsed();
        if !waited.is_zero() {
            metrics().waited(waited);
        }
        permit
    }

    async fn taken(&self) -> Permit {
        loop {
            self.until_released().await;
            let Some(limiter) = self.state().limiter.clone() else {
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

    /// Waits until no hold is in force: for a call whose permit was taken before.
    pub(super) async fn until_released(&self) {
        loop {
            let held_until = {
                let mut state = self.state();
                let now = Instant::now();
                state.hold_until = state.hold_until.filter(|until| *until > now);
                state.hold_until
            };
            match held_until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => return,
            }
        }
    }

    /// Stops all calls for `duration`, or longer where a longer hold is in force.
    pub fn hold(&self, duration: Duration) {
        let until = Instant::now() + duration;
        let mut state = self.state();
        if state.hold_until.is_none_or(|current| current < until) {
            state.hold_until = Some(until);
        }
    }

    /// Genesys asked this replica to wait: told to the others by whoever listens.
    pub(super) fn told_to_wait(&self, retry_after: Duration) {
        self.retry_after.send_replace(retry_after);
    }

    /// Every Retry-After that this replica is told.
    pub fn retry_afters(&self) -> watch::Receiver<Duration> {
        self.retry_after.subscribe()
    }

    /// Takes note of the API's own counters, which see every user of the client: near the end of a window all calls wait
    /// for the next. A limit below the configured one is kept to from then on.
    pub(super) fn observe(&self, window: Window) {
        let mut state = self.state();
        let members = state.members.unwrap_or(1);
        if let Some(limit) = state.requests_per_minute
            && window.allowed > 0
            && window.allowed < limit
        {
            tracing::warn!(
                event = "budget.lowered",
                configured = limit,
                allowed = window.allowed,
                "Genesys allows fewer requests a minute than GENESYS_REQUESTS_PER_MINUTE: keeping to its limit"
            );
            state.requests_per_minute = Some(window.allowed);
            state.share(&self.clock);
        }
        let alone = state.alone.observe(window, members);
        drop(state);
        if alone {
            tracing::warn!(
                event = "budget.not_common",
                members,
                "Genesys counts only this replica's calls: GENESYS_RATE_SHARING=none may raise throughput, where each replica has a limit of its own"
            );
        }
        if window.count.saturating_add(RESERVE.max(members)) > window.allowed {
            // Not all at once when the next window begins.
            let jitter = Duration::from_millis(fastrand::u64(0..500));
            self.hold(window.reset + jitter);
        }
    }

    /// Takes this replica's place among `members`, itself included. The first time it spends nothing before the others
    /// have counted it too.
    pub fn join(&self, members: u32) {
        let first = self.state().members.is_none();
        if first {
            self.set_members(members);
            if members > 1 && self.state().requests_per_minute.is_some() {
                self.hold(LONGEST_COUNT_INTERVAL);
            }
        }
        // After a reconnect the others may not be back yet: the last count holds until the next.
    }

    /// Leaves the others: to join again is to be counted again.
    pub fn leave(&self) {
        self.state().members = None;
    }

    /// Follows the number of replicas, which `count` tells where it can; where it cannot, the last count holds.
    pub async fn follow<F>(&self, mut count: impl FnMut() -> F)
    where
        F: Future<Output = Option<u32>>,
    {
        loop {
            tokio::time::sleep(COUNT_INTERVAL.mul_f64(0.8 + 0.4 * fastrand::f64())).await;
            if let Some(members) = count().await {
                self.set_members(members);
            }
        }
    }

    fn set_members(&self, members: u32) {
        let members = members.max(1);
        let mut state = self.state();
        if state.members != Some(members) {
            state.members = Some(members);
            state.share(&self.clock);
            tracing::info!(
                event = "budget.shared",
                members,
                "sharing the rate limit with all replicas"
            );
        }
    }

    /// How many jobs may be in hand at once: what this replica's share serves in half a minute, and at most `concurrency`.
    pub fn in_hand(&self, concurrency: u16) -> u16 {
        let state = self.state();
        match state.requests_per_minute {
            Some(limit) => {
                let half = limit / state.members.unwrap_or(1) / 2;
                u16::try_from(half).map_or(concurrency, |half| half.clamp(1, concurrency))
            }
            None => concurrency,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Makes the limiter that the limit and the number of replicas ask for.
    fn share(&mut self, clock: &TokioClock) {
        let members = self.members.unwrap_or(1);
        let limit = self.requests_per_minute;
        let share = limit.map_or(0.0, f64::from) * USED_SHARE / f64::from(members);
        metrics().budget(limit, share, members);
        self.limiter = limit
            .and_then(|_| Quota::with_period(Duration::from_secs_f64(60.0 / share)))
            .map(|quota| quota.allow_burst(BURST))
            .map(|quota| Arc::new(RateLimiter::direct_with_clock(quota, clock.clone())));
    }
}

#[cfg(test)]
mod tests;
