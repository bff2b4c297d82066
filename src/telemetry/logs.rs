//! Set-up of logging and tracing, the audit lines, and the lines of a terminal.
//!
//! Logs are JSON lines on stdout, or readable text where stdout is a terminal; events have stable dotted names in the field
//! `event`, all of which are in `docs/logging.md`. Spans are exported over OTLP where OTEL_EXPORTER_OTLP_ENDPOINT is set.
//! The audit lines are no log events: they are written whatever RUST_LOG says.

use std::io::{IsTerminal, Write};
use std::sync::LazyLock;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt, FilterFn, LevelFilter};
use tracing_subscriber::fmt::format::{Format, Json, JsonFields, format};
use tracing_subscriber::layer::{Filter, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use super::export::{Otlp, meters};
use super::lines::{Form, Traced};
use crate::config::{ConfigError, Source};
use crate::record::Audit;

/// How long the end of a run waits for the last spans and metrics to be taken.
const LAST_EXPORT: Duration = Duration::from_secs(2);

/// The level of our spans. Below it, what the libraries would say is known at once to be of interest to nobody.
const LOWEST_EXPORTED: LevelFilter = LevelFilter::INFO;

static TERMINAL: LazyLock<bool> = LazyLock::new(|| std::io::stdout().is_terminal());

/// Flushes spans and metrics when dropped.
#[must_use]
pub struct Guard {
    meters: Option<SdkMeterProvider>,
    tracers: Option<SdkTracerProvider>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let (meters, tracers) = (self.meters.take(), self.tracers.take());
        if meters.is_none() && tracers.is_none() {
            return;
        }
        let (done, flushed) = sync_channel(1);
        // On a thread that may be left behind: the SDK waits longer for an exporter that hangs.
        let flushing = std::thread::Builder::new().spawn(move || {
            if let Some(provider) = tracers {
                let _ = provider.shutdown_with_timeout(LAST_EXPORT);
            }
            if let Some(provider) = meters {
                let _ = provider.shutdown_with_timeout(LAST_EXPORT);
            }
            let _ = done.send(());
        });
        if flushing.is_ok() {
            let _ = flushed.recv_timeout(LAST_EXPORT);
        }
    }
}

/// What `run` logs where RUST_LOG says nothing: lapin's own lines repeat what ours say of the same fault.
const OF_RUN: &str = "info,lapin=off";

/// Whether logs and telemetry of `run` can be set up as RUST_LOG and the OTEL_* variables say.
///
/// # Errors
/// The first of them that cannot be used.
pub fn check(source: &Source) -> Result<(), ConfigError> {
    filter(source, OF_RUN)?;
    Otlp::read(source).map(drop)
}

/// What RUST_LOG lets through. A word by itself is a level: the filter would take any other for the name of a module, and
/// log nothing else.
fn filter(source: &Source, default: &str) -> Result<EnvFilter, ConfigError> {
    let text = source.text("RUST_LOG").unwrap_or(default);
    let problem = |problem: String| Err(ConfigError::new("RUST_LOG", problem));
    for word in text.split(',').map(str::trim) {
        if !word.is_empty() && !word.contains(['=', '[']) && word.parse::<LevelFilter>().is_err() {
            return problem(format!(
                "{word:?} is none of error, warn, info, debug, trace, off; of one module it is MODULE=LEVEL"
            ));
        }
    }
    EnvFilter::builder()
        .with_default_directive(LevelFilter::WARN.into())
        .parse(text)
        .or_else(|error| problem(error.to_string()))
}

/// Starts logging: `run` logs to stdout, everything else to stderr.
///
/// # Errors
/// RUST_LOG or an OTEL_* variable where they cannot be used.
pub fn init(source: &Source, to_stdout: bool) -> Result<Guard, ConfigError> {
    let default = if to_stdout { OF_RUN } else { "warn,lapin=off" };
    let filter = filter(source, default)?;

    let logs = if !to_stdout {
        let colours = std::io::stderr().is_terminal();
        fmt::layer()
            .with_writer(std::io::stderr)
            .without_time()
            .with_ansi(colours)
            .boxed()
    } else if *TERMINAL {
        fmt::layer()
            .event_format(Traced::new(format().with_ansi(true), Form::Text))
            .boxed()
    } else {
        json_lines().boxed()
    };
    let otlp = match to_stdout {
        true => Otlp::read(source)?,
        false => None,
    };
    let guard = Guard {
        meters: to_stdout.then(|| meters(otlp.as_ref())).transpose()?,
        tracers: match &otlp {
            Some(otlp) => otlp.tracers()?,
            None => None,
        },
    };
    let traces = guard.tracers.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer(env!("CARGO_PKG_NAME")))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(FilterFn::new(is_exported).with_max_level_hint(LOWEST_EXPORTED))
    });
    let subscriber = tracing_subscriber::registry().with(logs.with_filter(logged(filter)));
    let begun = match traces {
        Some(traces) => subscriber.with(traces).try_init(),
        // No layer at all: of one that is `None` it is never sure that it wants nothing, and every span and event is asked for.
        None => subscriber.try_init(),
    };
    begun.map_err(|error| ConfigError::new("RUST_LOG", error))?;
    Ok(guard)
}

fn json_lines<S>() -> fmt::Layer<S, JsonFields, Traced<Format<Json>>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let lines = format().json().flatten_event(true);
    let lines = lines.with_current_span(false).with_span_list(false);
    fmt::layer()
        .event_format(Traced::new(lines, Form::Json))
        .fmt_fields(JsonFields::new())
}

/// Only our own spans: the client libraries' never end.
fn is_exported(metadata: &Metadata<'_>) -> bool {
    is_ours(metadata) && *metadata.level() <= LOWEST_EXPORTED
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
}

/// What the libraries say below INFO may quote what they carry, and lapin quotes the payload of a returned message at
/// WARN: no filter of the operator's lets that through. Spans are made for the
/// exporter alone.
fn is_logged(metadata: &Metadata<'_>) -> bool {
    let harmless =
        *metadata.level() <= Level::INFO && metadata.target() != "lapin::returned_messages";
    metadata.is_event() && (is_ours(metadata) || harmless)
}

/// What `operator` lets through of [`is_logged`]. One filter: of two, one in the other, where one wants a span and one does not,
/// the registry takes it that somebody may want it.
fn logged<S>(operator: EnvFilter) -> impl Filter<S> {
    // The lowest level is the operator's to say.
    let harmless = FilterFn::new(is_logged).with_max_level_hint(LevelFilter::TRACE);
    operator.and(harmless)
}

/// Writes an audit record to stdout: one flat JSON line. On a terminal, the tutorial's line follows.
pub fn audit_line(audit: &Audit, conversation_id: Option<&str>, latency: Duration) {
    let mut lines = audit.log_line();
    if *TERMINAL && let Some(id) = conversation_id {
        let status = audit.status.as_str();
        let latency = latency.as_millis();
        let line = format!("[INTERCEPT] {id} | {status} | Latency: {latency}ms\n");
        lines.extend_from_slice(line.as_bytes());
    }
    // A closed stdout must not stop the work: the record itself is on the broker.
    let _ = std::io::stdout().lock().write_all(&lines);
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures::FutureExt;
    use serde_json::{Value, json};

    use super::*;
    use crate::telemetry::spans::{self, JobSpan};

    #[test]
    fn spans_are_off_without_an_exporter() {
        let logs = fmt::layer().with_writer(std::io::sink);
        let logs = logs.with_filter(logged(EnvFilter::new(OF_RUN)));
        let quiet = tracing_subscriber::registry().with(logs);
        tracing::subscriber::with_default(quiet, || {
            assert!(spans::acknowledge("jobs").is_disabled());
            assert!(tracing::info_span!("fetch").is_disabled());
            let job = JobSpan::new("jobs", None, 1, None, None);
            assert!(!job.is_exported());
        });
    }

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_within_a_job_says_of_which_conversation_and_attempt() {
        let page = Page::default();
        let writer = page.clone();
        let logs = json_lines().with_writer(move || writer.clone());
        // As for the other test: what one of them wants is asked for in both.
        let logs = logs.with_filter(logged(EnvFilter::new(OF_RUN)));
        let logger = tracing_subscriber::registry().with(logs);
        tracing::subscriber::with_default(logger, || {
            let job = JobSpan::new("jobs", None, 2, None, None);
            let work = async {
                tracing::warn!(event = "job.panicked");
                job.conversation("c-1");
                tracing::warn!(event = "job.panicked");
            };
            job.within(work).now_or_never().unwrap();
            tracing::warn!(event = "job.panicked");
        });
        let page = page.0.lock().unwrap();
        let lines = page.split(|byte| *byte == b'\n');
        let spans: Vec<Value> = lines
            .filter_map(|line| serde_json::from_slice(line).ok())
            .map(|line: Value| line["span"].clone())
            .collect();
        let known = json!({"name": "job", "conversation_id": "c-1", "attempt": 2});
        assert_eq!(
            spans,
            [json!({"name": "job", "attempt": 2}), known, Value::Null]
        );
    }
}
