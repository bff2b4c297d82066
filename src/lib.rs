//! transcript-interceptor: conversation ids in, sanitized transcripts and audit records out.
//!
//! The way of one conversation, room by room:
//!
//! ```text
//! queue::intake ─> worker ─> genesys (token, pace, fetch, retry) ─> transcript (validate, order)
//!    ─> transcript::scrub (window, language, redact, verify, fingerprint) ─> record (transcript, audit)
//!    ─> queue::outbox (publish both, confirmed) ─> queue::settle (ack | retry later | dead-letter)
//! ```
//!
//! | room | what | may import |
//! |---|---|---|
//! | [`cli`] | one file per subcommand | everything |
//! | [`app`] | wiring and life cycle of `run` | everything but `cli` |
//! | [`admin`] | HTTP for operators: health, metrics, the status page | `status`, `telemetry`, `config` |
//! | [`status`] | whether this replica is ready and makes progress, and why not | `gate`, what `queue` counts, `telemetry` |
//! | [`worker`] | one job, top to bottom | `job`, `outcome`, `gate`, `genesys`, `memory`, `transcript`, `record`, what `queue` says of a job, `telemetry` |
//! | [`gate`] | whether intake is open: faults of the service, not of a job | `genesys`' errors |
//! | [`outcome`] | what becomes of a job: the one match from error to decision | `genesys`' errors, `config` |
//! | [`memory`] | the bound on what conversations in hand may use | `telemetry` |
//! | [`job`] | what producers send | nothing |
//! | [`queue`] | RabbitMQ; the only room that names lapin | `job`, `outcome`, `memory`, `record`, `telemetry`, `tls`, `config` |
//! | [`genesys`] | Genesys Cloud; the only room that names reqwest | `transcript`, `memory`, `telemetry`, `tls`, `config` |
//! | [`transcript`] | raw transcript to sanitized; pure | `redaction` |
//! | [`redaction`] | finds and replaces personal data; pure | nothing |
//! | [`evaluation`] | how well the engine redacts marked conversations | `redaction` |
//! | [`record`] | the outgoing JSON and its schemas | `transcript`'s sanitized model, `redaction`'s kinds |
//! | [`tls`] | why a TLS connection cannot be made, for broker and Genesys alike | nothing |
//! | [`telemetry`] | logs, traces, metrics | `config`, `record`, `transcript`'s counts |
//! | [`config`] | the settings; the only reader of the environment | `redaction`, `transcript` |
//! | `failpoint` | where tests make a worker crash; compiled in only for them | nothing |
//! | [`simulator`] | a stand-in for Genesys Cloud: demo, tests, benchmarks | nothing |
//!
//! Raw text has types that are neither `Debug` nor `Serialize`; only `transcript::scrub` makes the `Sanitized` that records
//! are made of.

#![deny(clippy::print_stderr)]

pub mod admin;
pub mod app;
pub mod cli;
pub mod config;
pub mod evaluation;
mod failpoint;
pub mod gate;
pub mod genesys;
pub mod job;
pub mod memory;
pub mod outcome;
pub mod queue;
pub mod record;
pub mod redaction;
pub mod simulator;
pub mod status;
pub mod telemetry;
pub mod tls;
pub mod transcript;
pub mod worker;
