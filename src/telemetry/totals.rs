//! The counts of a run: the tutorial's final metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::record::{Status, Transcript};

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
    /// Counts a settled job, its latency and what was redacted in its transcript.
    pub fn settled(&self, status: Status, latency: Duration, transcript: Option<&Transcript>) {
        let counter = match status {
            Status::Success => &self.published,
            Status::Retrying => &self.retrying,
            Status::Failed => &self.dead_lettered,
            Status::Ignored => &self.ignored,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if let Some(transcript) = transcript {
            let latency = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
            self.latency_ms.fetch_add(latency, Ordering::Relaxed);
            let redacted = transcript.metrics.redaction_count;
            self.redacted.fetch_add(redacted, Ordering::Relaxed);
            self.residual
                .fetch_add(transcript.residual, Ordering::Relaxed);
        }
    }

    /// Number of jobs settled.
    pub fn jobs(&self) -> u64 {
        [
            &self.published,
            &self.retrying,
            &self.dead_lettered,
            &self.ignored,
        ]
        .map(|counter| counter.load(Ordering::Relaxed))
        .iter()
        .sum()
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
