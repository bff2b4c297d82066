//! Fixed-window rate limit, as Genesys Cloud applies it per OAuth client or token.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName};

use super::lock;

/// Length of one window; it begins with the first request after the previous one ended.
const WINDOW: Duration = Duration::from_secs(60);

const COUNT: HeaderName = HeaderName::from_static("inin-ratelimit-count");
const ALLOWED: HeaderName = HeaderName::from_static("inin-ratelimit-allowed");
const RESET: HeaderName = HeaderName::from_static("inin-ratelimit-reset");

/// Counts requests per key in fixed windows.
pub(super) struct Limiter {
    allowed: u64,
    windows: Mutex<HashMap<String, Window>>,
}

struct Window {
    start: Instant,
    count: u64,
}

/// State of the window a request was counted in, that request included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) count: u64,
    pub(super) allowed: u64,
    /// Whole seconds until the window ends, rounded up, hence at least 1.
    pub(super) reset_seconds: u64,
}

impl Limiter {
    pub(super) fn new(allowed: u64) -> Self {
        Self {
            allowed,
            windows: Mutex::default(),
        }
    }

    /// Counts one request of `key` at `now`.
    pub(super) fn count(&self, key: &str, now: Instant) -> Usage {
        let mut windows = lock(&self.windows);
        let running = windows
            .get_mut(key)
            .filter(|window| now.saturating_duration_since(window.start) < WINDOW);
        let (start, count) = if let Some(window) = running {
            window.count += 1;
            (window.start, window.count)
        } else {
            // Tokens come and go: without this their windows would pile up.
            windows.retain(|_, window| now.saturating_duration_since(window.start) < WINDOW);
            let window = Window {
                start: now,
                count: 1,
            };
            windows.insert(key.to_owned(), window);
            (now, 1)
        };
        drop(windows);
        let left = WINDOW.saturating_sub(now.saturating_duration_since(start));
        Usage {
            count,
            allowed: self.allowed,
            reset_seconds: left.as_millis().div_ceil(1000) as u64,
        }
    }
}

impl Usage {
    /// Whether the request is above the limit.
    pub(super) fn exceeded(self) -> bool {
        self.count > self.allowed
    }

    /// Adds the `inin-ratelimit-*` headers.
    pub(super) fn write_headers(self, headers: &mut HeaderMap) {
        headers.insert(COUNT, self.count.into());
        headers.insert(ALLOWED, self.allowed.into());
        headers.insert(RESET, self.reset_seconds.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_within_a_window_and_starts_anew_after_it() {
        let limiter = Limiter::new(2);
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(
            limiter.count("a", at(0)),
            Usage {
                count: 1,
                allowed: 2,
                reset_seconds: 60
            }
        );
        assert!(!limiter.count("a", at(500)).exceeded());
        let third = limiter.count("a", at(59_999));
        assert!(third.exceeded());
        assert_eq!(third.reset_seconds, 1);
        assert_eq!(limiter.count("b", at(59_999)).count, 1);
        assert_eq!(limiter.count("a", at(60_000)).count, 1);
    }

    #[test]
    fn forgets_windows_that_ended() {
        let limiter = Limiter::new(1);
        let start = Instant::now();
        for n in 0..100 {
            limiter.count(&format!("token {n}"), start);
        }
        limiter.count("late", start + WINDOW);
        assert_eq!(lock(&limiter.windows).len(), 1);
    }
}
