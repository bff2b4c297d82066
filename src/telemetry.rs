//! Logs, traces and counts.
//!
//! `logs.rs`: set-up of logging and tracing, and the audit lines; `context.rs`: W3C trace context between job, spans and
//! records; `totals.rs`: the counts of a run.
//!
//! What is never logged: text of a conversation, bodies of responses and of jobs, secrets. The types see to it: raw text
//! has neither `Debug` nor `Display`.

mod context;
mod logs;
mod totals;

pub use context::TraceContext;
pub use logs::{Guard, audit_line, init};
pub use totals::Totals;
