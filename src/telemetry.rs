//! Logs, traces and metrics.
//!
//! | file | what |
//! |---|---|
//! | `logs.rs` | set-up of logging and tracing, the audit lines, and the lines of a terminal |
//! | `lines.rs` | log lines with their job, and with the ids of trace and span |
//! | `spans.rs` | the spans of a job, every name in one place |
//! | `metrics.rs` | the metrics, every name in one place |
//! | `export.rs` | where spans and metrics go: OTLP, `/metrics` |
//! | `health.rs` | whether OTLP takes them: one line when not, one when again |
//! | `context.rs` | W3C trace context between job, spans and records |
//! | `totals.rs` | the tutorial's final metrics of a run |
//!
//! `docs/logging.md` names every event. What is never logged: text of a conversation, bodies of responses and of jobs,
//! secrets. The types see to it: raw text has neither `Debug` nor `Display`.

mod context;
mod export;
mod health;
mod lines;
mod logs;
mod metrics;
pub mod spans;
mod totals;

pub use context::TraceContext;
pub use export::{exposition, families};
pub use logs::{Guard, audit_line, check, init};
pub use metrics::{Step, metrics, outcome};
pub use totals::Totals;
