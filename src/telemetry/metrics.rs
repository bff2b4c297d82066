//! The metrics: every name in one place. They are at `/metrics` for Prometheus, and go out by OTLP where that is set up.
//!
//! Prometheus appends the unit and, to counters, `_total`: `interceptor.step.duration` in `s` is
//! `interceptor_step_duration_seconds`. No label holds an identifier or text: labels are from fixed lists.

use std::sync::LazyLock;
use std::time::Duration;

use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter, UpDownCounter};
use opentelemetry::{KeyValue, global};

use crate::record::{Audit, Status, Transcript};
use crate::transcript::SkipCounts;

/// Seconds: from a redaction to a conversation that waited for its budget.
const SECONDS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0,
];
const CALLS: [f64; 8] = [1.0, 2.0, 3.0, 4.0, 6.0, 10.0, 20.0, 50.0];

/// All instruments.
pub struct Metrics {
    conversations: Counter<u64>,
    dead_letters: Counter<u64>,
    retries: Counter<u64>,
    steps: Histogram<f64>,
    latency: Histogram<f64>,
    genesys_calls: Counter<u64>,
    calls_per_conversation: Histogram<u64>,
    budget_limit: Gauge<u64>,
    budget_share: Gauge<f64>,
    budget_members: Gauge<u64>,
    budget_used: Counter<u64>,
    budget_wait: Counter<f64>,
    jobs_in_flight: UpDownCounter<i64>,
    bytes_in_flight: UpDownCounter<i64>,
    redactions: Counter<u64>,
    skipped: Counter<u64>,
    accuracy: Gauge<f64>,
    broker_connected: Gauge<u64>,
    broker_blocked: Gauge<u64>,
    reconnects: Counter<u64>,
    intake_paused: Gauge<u64>,
}

/// A part of a job whose duration is measured.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// All calls to Genesys.
    Fetch,
    /// Validate, order, detect the language, redact, serialize.
    Scrub,
    /// The confirmed publishes and the acknowledgement.
    Settle,
}

impl Step {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Scrub => "scrub",
            Self::Settle => "settle",
        }
    }
}

const SCOPE: &str = "interceptor";
const OUTCOMES: [&str; 4] = ["published", "retrying", "failed", "ignored"];

/// What became of a job, as metrics and spans name it.
pub const fn outcome(status: Status) -> &'static str {
    match status {
        Status::Success => OUTCOMES[0],
        Status::Retrying => OUTCOMES[1],
        Status::Failed => OUTCOMES[2],
        Status::Ignored => OUTCOMES[3],
    }
}

static METRICS: LazyLock<Metrics> = LazyLock::new(|| Metrics::new(&global::meter(SCOPE)));

/// The instruments of this process. What is recorded before `init`, or without it, goes nowhere.
pub fn metrics() -> &'static Metrics {
    &METRICS
}

impl Metrics {
    fn new(meter: &Meter) -> Self {
        let counter = |name: &'static str, description: &'static str| {
            meter
                .u64_counter(name)
                .with_description(description)
                .build()
        };
        let gauge = |name: &'static str, description: &'static str| {
            meter.u64_gauge(name).with_description(description).build()
        };
        let seconds = |name: &'static str, description: &'static str| {
            meter
                .f64_histogram(name)
                .with_description(description)
                .with_unit("s")
                .with_boundaries(SECONDS.to_vec())
                .build()
        };
        Self {
            conversations: counter(
                "interceptor.conversations",
                "Settled jobs by outcome; the published are the tutorial's requestsProcessed.",
            ),
            dead_letters: counter("interceptor.dead_letters", "Dead-lettered jobs by reason."),
            retries: counter(
                "interceptor.retries",
                "Jobs put off by the delay queue they wait in.",
            ),
            steps: seconds("interceptor.step.duration", "Duration of a job's steps."),
            latency: seconds(
                "interceptor.latency",
                "From a job's receipt to its sanitized transcript; the sum is the tutorial's totalLatencyMs.",
            ),
            genesys_calls: counter(
                "interceptor.genesys.calls",
                "Calls to Genesys by endpoint and HTTP status; status 0 is no answer.",
            ),
            calls_per_conversation: meter
                .u64_histogram("interceptor.calls_per_conversation")
                .with_description("Calls to Genesys for one conversation, tries included.")
                .with_boundaries(CALLS.to_vec())
                .build(),
            budget_limit: gauge(
                "interceptor.budget.limit",
                "Calls a minute that all replicas together may make; 0 is no limit.",
            ),
            budget_share: meter
                .f64_gauge("interceptor.budget.share")
                .with_description("Calls a minute that this replica may make; 0 is no limit.")
                .build(),
            budget_members: gauge(
                "interceptor.budget.members",
                "Replicas that share the limit.",
            ),
            budget_used: counter(
                "interceptor.budget.used",
                "Calls that this replica took out of its share.",
            ),
            budget_wait: meter
                .f64_counter("interceptor.budget.wait")
                .with_description("Time that calls waited for the rate limit.")
                .with_unit("s")
                .build(),
            jobs_in_flight: meter
                .i64_up_down_counter("interceptor.jobs_in_flight")
                .with_description("Jobs that workers have in hand.")
                .build(),
            bytes_in_flight: meter
                .i64_up_down_counter("interceptor.in_flight")
                .with_description("Memory that conversations in hand may use.")
                .with_unit("By")
                .build(),
            redactions: counter("interceptor.redactions", "Replaced values by kind."),
            skipped: counter(
                "interceptor.messages_skipped",
                "Messages that were not published, by reason.",
            ),
            accuracy: meter
                .f64_gauge("interceptor.redaction_accuracy")
                .with_description(
                    "The last conversation's redacted values / (redacted + withheld values): the tutorial's redactionAccuracyRate.",
                )
                .with_unit("1")
                .build(),
            broker_connected: gauge("interceptor.broker.connected", "1 with a session."),
            broker_blocked: gauge(
                "interceptor.broker.blocked",
                "1 while the broker takes no messages.",
            ),
            reconnects: counter(
                "interceptor.broker.reconnects",
                "Sessions with the broker after the first.",
            ),
            intake_paused: gauge(
                "interceptor.intake_paused",
                "1 while no jobs are taken because of a fault of the service, by cause.",
            ),
        }
    }

    /// Shows what is counted by outcome or reason as 0 from the start: a rate needs a first value to count from. `ready` is
    /// asked whenever the metrics are.
    pub fn begin(
        &self,
        reasons: &[&'static str],
        ready: impl Fn() -> bool + Send + Sync + 'static,
    ) {
        for outcome in OUTCOMES {
            self.conversations
                .add(0, &[KeyValue::new("outcome", outcome)]);
        }
        for reason in reasons {
            self.dead_letters
                .add(0, &[KeyValue::new("reason", *reason)]);
        }
        for (reason, _) in SkipCounts::default().by_reason() {
            self.skipped.add(0, &[KeyValue::new("reason", reason)]);
        }
        self.reconnects.add(0, &[]);
        self.budget_used.add(0, &[]);
        self.blocked(false);
        // The callback lives as long as the meter provider, which is as long as the process.
        let _ = global::meter(SCOPE)
            .u64_observable_gauge("interceptor.ready")
            .with_description("1 where jobs are taken; /readyz says why not.")
            .with_callback(move |gauge| gauge.observe(ready().into(), &[]))
            .build();
    }

    /// Counts a settled job and what came of it.
    pub fn settled(
        &self,
        audit: &Audit,
        reason: Option<&'static str>,
        latency: Duration,
        transcript: Option<&Transcript>,
    ) {
        self.conversations
            .add(1, &[KeyValue::new("outcome", outcome(audit.status))]);
        if let Some(reason) = reason {
            self.dead_letters.add(1, &[KeyValue::new("reason", reason)]);
        }
        let Some(transcript) = transcript else {
            return;
        };
        self.latency.record(latency.as_secs_f64(), &[]);
        let metrics = &transcript.metrics;
        for (kind, count) in &metrics.redactions_by_type {
            self.redactions
                .add(*count, &[KeyValue::new("type", kind.as_str())]);
        }
        for (reason, count) in metrics.messages_skipped.by_reason() {
            if count > 0 {
                self.skipped.add(count, &[KeyValue::new("reason", reason)]);
            }
        }
        self.accuracy.record(metrics.redaction_accuracy_rate, &[]);
    }

    /// Counts a job that waits in the queue of `tier`.
    pub fn put_off(&self, tier: &str) {
        self.retries
            .add(1, &[KeyValue::new("tier", tier.to_owned())]);
    }

    /// Measures a step.
    pub fn step(&self, step: Step, duration: Duration) {
        self.steps.record(
            duration.as_secs_f64(),
            &[KeyValue::new("step", step.as_str())],
        );
    }

    /// Counts a call; status 0 where there was no answer.
    pub fn called(&self, endpoint: &'static str, status: u16) {
        self.genesys_calls.add(
            1,
            &[
                KeyValue::new("endpoint", endpoint),
                KeyValue::new("status", i64::from(status)),
            ],
        );
    }

    /// Counts the calls that a conversation took.
    pub fn calls_of_conversation(&self, calls: u32) {
        self.calls_per_conversation.record(calls.into(), &[]);
    }

    /// The rate limit as it is shared; `None` is no limit.
    pub fn budget(&self, limit: Option<u32>, share: f64, members: u32) {
        self.budget_limit
            .record(limit.unwrap_or_default().into(), &[]);
        self.budget_share.record(share, &[]);
        self.budget_members.record(members.into(), &[]);
    }

    /// The right to a call was taken.
    pub fn taken(&self) {
        self.budget_used.add(1, &[]);
    }

    /// A call waited for the rate limit.
    pub fn waited(&self, duration: Duration) {
        self.budget_wait.add(duration.as_secs_f64(), &[]);
    }

    /// Jobs were taken in hand, or let go of where negative.
    pub fn jobs_in_flight(&self, change: i64) {
        self.jobs_in_flight.add(change, &[]);
    }

    /// Memory was taken, or given back where negative.
    pub fn bytes_in_flight(&self, change: i64) {
        self.bytes_in_flight.add(change, &[]);
    }

    /// Whether there is a session with the broker.
    pub fn connected(&self, connected: bool) {
        self.broker_connected.record(connected.into(), &[]);
    }

    /// There is a session again.
    pub fn reconnected(&self) {
        self.reconnects.add(1, &[]);
    }

    /// Whether the broker takes no messages.
    pub fn blocked(&self, blocked: bool) {
        self.broker_blocked.record(blocked.into(), &[]);
    }

    /// Whether a fault of the service keeps jobs from being taken.
    pub fn paused(&self, cause: &'static str, paused: bool) {
        self.intake_paused
            .record(paused.into(), &[KeyValue::new("cause", cause)]);
    }
}
