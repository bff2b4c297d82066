//! Log lines with the job that they belong to, and with the ids of trace and span.

use std::fmt;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::spans::Job;

/// How job and ids stand in a line.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// As the last fields of the line's JSON object.
    Json,
    /// As the last words of the line.
    Text,
}

/// Adds to the lines of another format the job that they belong to, the ids of its trace, and of our own span, where there
/// are any.
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
        let more = more(self.form);
        if more.is_empty() {
            return self.format.format_event(context, writer, event);
        }
        let mut line = String::new();
        self.format
            .format_event(context, Writer::new(&mut line), event)?;
        let line = line.trim_end();
        match self.form {
            Form::Json => {
                let open = line.strip_suffix('}').unwrap_or(line);
                writeln!(writer, "{open}{more}}}")
            }
            Form::Text => writeln!(writer, "{line}{more}"),
        }
    }
}

/// Of the current job and trace. A span of another's, which ours only continue, is not named.
fn more(form: Form) -> String {
    Context::map_current(|context| {
        let job = context.get::<Job>().map(|job| of_job(form, job));
        let mut more = job.unwrap_or_default();
        let span = context.span();
        let of = span.span_context();
        if !of.is_valid() {
            return more;
        }
        let (trace_id, span_id) = (of.trace_id(), of.span_id());
        more += &match (form, of.is_remote()) {
            (Form::Json, true) => format!(",\"trace_id\":\"{trace_id}\""),
            (Form::Json, false) => {
                format!(",\"trace_id\":\"{trace_id}\",\"span_id\":\"{span_id}\"")
            }
            (Form::Text, true) => format!(" trace_id={trace_id}"),
            (Form::Text, false) => format!(" trace_id={trace_id} span_id={span_id}"),
        };
        more
    })
}

fn of_job(form: Form, job: &Job) -> String {
    let attempt = job.attempt;
    let conversation_id = job.conversation_id.get();
    match (form, conversation_id) {
        (Form::Json, Some(id)) => {
            let id = serde_json::Value::from(id.as_str());
            format!(",\"span\":{{\"name\":\"job\",\"conversation_id\":{id},\"attempt\":{attempt}}}")
        }
        (Form::Json, None) => format!(",\"span\":{{\"name\":\"job\",\"attempt\":{attempt}}}"),
        (Form::Text, Some(id)) => format!(" job.conversation_id={id:?} job.attempt={attempt}"),
        (Form::Text, None) => format!(" job.attempt={attempt}"),
    }
}
