//! Logs, traces and metrics.
//!
//! | file | what |
//! |---|---|
//! | `logs.rs` | set-up of logging and tracing, and the audit lines |
//! | `metrics.rs` | the metrics, every name in one place |
//! | `export.rs` | where spans and metrics go |
//! | `context.rs` | W3C trace context between job, spans and records |
//! | `totals.rs` | the tutorial's final metrics of a run |
//!
//! What is never logged: text of a conversation, bodies of responses and of jobs, secrets. The types see to it: raw text
//! has neither `Debug` nor `Display`.

mod context;
mod export;
mod logs;
mod metrics;
mod totals;

pub use context::TraceContext;
pub use export::exposition;
pub use logs::{Guard, audit_line, init};
pub use metrics::{Step, metrics};
pub use totals::Totals;
