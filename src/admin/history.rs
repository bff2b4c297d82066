//! The last quarter of an hour, in a ring of a fixed size, so that a page that is opened now shows it.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::time::Instant;

use super::numbers::{Histogram, Numbers};

/// Between two points.
pub(super) const INTERVAL: Duration = Duration::from_secs(2);
/// Points that are kept: 15 minutes.
const KEPT: usize = 450;
/// Samples that a rate is taken over: 30 seconds.
const WINDOW: usize = 15;

/// How it went in the half minute before a moment.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Point {
    /// The moment, in milliseconds since 1970.
    pub(super) at: i64,
    /// Conversations a minute whose transcript was published.
    pub(super) published: f64,
    /// Jobs a minute that were put off or dead-lettered.
    pub(super) failed: f64,
    /// Latency in seconds, where there was any.
    pub(super) p50: Option<f64>,
    pub(super) p95: Option<f64>,
    pub(super) p99: Option<f64>,
    /// Calls to Genesys a minute that count against the rate limit.
    pub(super) calls: f64,
    /// Seconds a minute that were waited for the rate limit.
    pub(super) waited: f64,
}

/// Counts since the start of the process.
struct Sample {
    at: Instant,
    published: f64,
    failed: f64,
    latency: Histogram,
    calls: f64,
    waited: f64,
}

/// Points, and the samples that the next one is made of.
#[derive(Default)]
pub(super) struct History {
    samples: VecDeque<Sample>,
    points: VecDeque<Point>,
}

impl History {
    /// Adds a point for this moment.
    pub(super) fn take(&mut self, numbers: &Numbers) {
        let outcomes = numbers.by("interceptor_conversations_total", "outcome");
        let outcome = |name: &str| outcomes.get(name).copied().unwrap_or_default();
        self.add(Sample {
            at: Instant::now(),
            published: outcome("published"),
            failed: outcome("retrying") + outcome("failed"),
            latency: numbers.histogram("interceptor_latency_seconds"),
            calls: numbers.sum("interceptor_budget_used_total"),
            waited: numbers.sum("interceptor_budget_wait_seconds_total"),
        });
    }

    fn add(&mut self, sample: Sample) {
        if let Some(first) = self.samples.front() {
            let minutes = sample.at.duration_since(first.at).as_secs_f64() / 60.0;
            let rate = |now: f64, before: f64| (now - before) / minutes;
            let latency = sample.latency.since(&first.latency);
            self.points.push_back(Point {
                at: Timestamp::now().as_millisecond(),
                published: rate(sample.published, first.published),
                failed: rate(sample.failed, first.failed),
                p50: latency.quantile(0.5),
                p95: latency.quantile(0.95),
                p99: latency.quantile(0.99),
                calls: rate(sample.calls, first.calls),
                waited: rate(sample.waited, first.waited),
            });
        }
        self.samples.push_back(sample);
        if self.samples.len() > WINDOW {
            self.samples.pop_front();
        }
        if self.points.len() > KEPT {
            self.points.pop_front();
        }
    }

    /// The points after a moment, which is in milliseconds since 1970.
    pub(super) fn after(&self, at: i64) -> Vec<Point> {
        let newer = self.points.iter().filter(|point| point.at > at);
        newer.cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn rates_are_of_the_last_half_minute_and_the_ring_is_bounded() {
        let mut history = History::default();
        let mut published = 0.0;
        for round in 0..KEPT + 100 {
            history.add(Sample {
                at: Instant::now(),
                published,
                failed: 0.0,
                latency: Histogram::default(),
                calls: 2.0 * published,
                waited: 0.0,
            });
            // Five a second, then none.
            published += if round < 300 { 10.0 } else { 0.0 };
            tokio::time::advance(INTERVAL).await;
        }
        let points = history.after(0);
        assert_eq!(points.len(), KEPT);
        assert!(history.samples.len() <= WINDOW);
        let near = |value: f64, expected: f64| (value - expected).abs() < 1e-6;
        let [first, .., last] = points.as_slice() else {
            unreachable!()
        };
        assert!(
            near(first.published, 300.0) && near(first.calls, 600.0),
            "{first:?}"
        );
        assert!(near(last.published, 0.0) && last.p50.is_none(), "{last:?}");
        assert!(history.after(i64::MAX).is_empty());
    }
}
