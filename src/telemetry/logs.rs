//! Set-up of logging and tracing, and the audit lines.
//!
//! Logs are JSON lines on stdout, or readable text where stdout is a terminal; events have stable dotted names in the field
//! `event`. Spans are exported over OTLP where OTEL_EXPORTER_OTLP_ENDPOINT is set. The audit lines are no log events:
//! they are written whatever RUST_LOG says.

use std::io::{IsTerminal, Write};

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, FilterFn, LevelFilter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use super::export::{ENDPOINT, meters, tracers};
use crate::config::{ConfigError, Source};
use crate::record::Audit;

/// Flushes spans and metrics when dropped.
#[must_use]
pub struct Guard {
    meters: Option<SdkMeterProvider>,
    tracers: Option<SdkTracerProvider>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(provider) = self.tracers.take() {
            let _ = provider.shutdown();
        }
        if let Some(provider) = self.meters.take() {
            let _ = provider.shutdown();
        }
    }
}

/// Starts logging: `run` logs to stdout, everything else to stderr.
///
/// # Errors
/// RUST_LOG or OTEL_EXPORTER_OTLP_ENDPOINT where they cannot be used.
pub fn init(source: &Source, to_stdout: bool) -> Result<Guard, ConfigError> {
    // lapin's own lines repeat what ours say of the same fault.
    let default = if to_stdout {
        "info,lapin=off"
    } else {
        "warn,lapin=off"
    };
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::WARN.into())
        .parse(source.text("RUST_LOG").unwrap_or(default))
        .map_err(|error| ConfigError::new("RUST_LOG", error))?;

    let logs = if !to_stdout {
        let colours = std::io::stderr().is_terminal();
        fmt::layer()
            .with_writer(std::io::stderr)
            .without_time()
            .with_ansi(colours)
            .boxed()
    } else if std::io::stdout().is_terminal() {
        fmt::layer().boxed()
    } else {
        fmt::layer()
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed()
    };
    let otlp = to_stdout && source.text(ENDPOINT).is_some();
    let guard = Guard {
        meters: to_stdout.then(|| meters(otlp)).transpose()?,
        tracers: otlp.then(tracers).transpose()?,
    };
    let traces = guard.tracers.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer(env!("CARGO_PKG_NAME")))
            // Only our own spans: the client libraries' never end.
            .with_filter(FilterFn::new(is_ours))
    });
    tracing_subscriber::registry()
        .with(
            logs.with_filter(filter)
                .with_filter(FilterFn::new(holds_no_payload)),
        )
        .with(traces)
        .try_init()
        .map_err(|error| ConfigError::new("RUST_LOG", error))?;
    Ok(guard)
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
}

/// What the libraries say below INFO may quote what they carry, and lapin quotes the payload of a returned message at
/// WARN: no filter of the operator's lets that through.
fn holds_no_payload(metadata: &Metadata<'_>) -> bool {
    is_ours(metadata)
        || (*metadata.level() <= Level::INFO && metadata.target() != "lapin::returned_messages")
}

/// Writes an audit record to stdout: one flat JSON line.
pub fn audit_line(audit: &Audit) {
    // A closed stdout must not stop the work: the record itself is on the broker.
    let _ = std::io::stdout().lock().write_all(&audit.log_line());
}
