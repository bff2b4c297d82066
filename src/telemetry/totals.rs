//! The counts of a run: the tutorial's final metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::outcome::Outcome;

/// Counts since the start of the process.
#[derive(Default)]
pub struct Totals {
    latency_ms: AtomicU64,
    published: AtomicU64,
    retrying: AtomicU64,
    dead_lettered: AtomicU64,
    ignored: AtomicU64,
    redacted: AtomicU64,
    residual: AtomicU64,
}

impl Totals {
    /// Counts a settled job.
    pub fn settled(&self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::Published => &self.published,
            Outcome::RetryLater { .. } => &self.retrying,
            Outcome::Reject(_) => &self.dead_lettered,
            Outcome::Ignored => &self.ignored,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a sanitized transcript: its latency, the values redacted, and those for which a message was withheld.
    pub fn sanitized(&self, latency_ms: u64, redacted: u64, residual: u64) {
        self.latency_ms.fetch_add(latency_ms, Ordering::Relaxed);
        self.redacted.fetch_add(redacted, Ordering::Relaxed);
        self.residual.fetch_add(residual, Ordering::Relaxed);
    }

    /// Logs the tutorial's final metrics in one line.
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    pub fn log(&self) {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (redacted, residual) = (get(&self.redacted), get(&self.residual));
        let rate = match redacted {
            0 => 0.0,
            redacted => redacted as f64 / (redacted + residual) as f64,
        };
        tracing::info!(
            event = "run.final_metrics",
            totalLatencyMs = get(&self.latency_ms),
            requestsProcessed = get(&self.published),
            redactionAccuracyRate = rate,
            published = get(&self.published),
            retrying = get(&self.retrying),
            deadLettered = get(&self.dead_lettered),
            ignored = get(&self.ignored),
            "FINAL METRICS"
        );
    }
}
