//! Log lines with the ids of trace and span.

use std::fmt;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// How the ids stand in a line.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// As the last fields of the line's JSON object.
    Json,
    /// As the last words of the line.
    Text,
}

/// Adds to the lines of another format the ids of the trace that they belong to, and of our own span, where there are any.
pub(super) struct Traced<F> {
    format: F,
    form: Form,
}

impl<F> Traced<F> {
    pub(super) const fn new(format: F, form: Form) -> Self {
        Self { format, form }
    }
}

impl<S, N, F> FormatEvent<S, N> for Traced<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(ids) = ids(self.form) else {
            return self.format.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.format
            .format_event(context, Writer::new(&mut line), event)?;
        let line = line.trim_end();
        match self.form {
            Form::Json => {
                let open = line.strip_suffix('}').unwrap_or(line);
                writeln!(writer, "{open}{ids}}}")
            }
            Form::Text => writeln!(writer, "{line}{ids}"),
        }
    }
}

/// Of the current trace. A span of another's, which ours only continue, is not named.
fn ids(form: Form) -> Option<String> {
    Context::map_current(|context| {
        let span = context.span();
        let of = span.span_context();
        if !of.is_valid() {
            return None;
        }
        let (trace_id, span_id) = (of.trace_id(), of.span_id());
        Some(match (form, of.is_remote()) {
            (Form::Json, true) => format!(",\"trace_id\":\"{trace_id}\""),
            (Form::Json, false) => {
                format!(",\"trace_id\":\"{trace_id}\",\"span_id\":\"{span_id}\"")
            }
            (Form::Text, true) => format!(" trace_id={trace_id}"),
            (Form::Text, false) => format!(" trace_id={trace_id} span_id={span_id}"),
        })
    })
}
