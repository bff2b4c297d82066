//! The spans of a job: names, kinds and attributes in one place, as OpenTelemetry's semantic conventions have them.
//!
//! ```text
//! process {queue}                          consumer; continues the producer's trace, linked to the previous attempt
//!   fetch                                  all calls to Genesys
//!     GET|POST {template}                  client; one per try, calls for a token too
//!     validate                             an answer becomes messages; behind `fetch` where one answer is the transcript
//!   scrub                                  from raw to sanitized
//!     redact                               the passes over the conversation, the scans of what came out included
//!     language
//!   serialize
//!   publish {exchange}:{routing key}       producer; a record, or the job on its way to a retry queue or the dead letters
//!   ack {queue}                            client
//! ```
//!
//! They are for the exporter alone: without one, every place that makes a span is switched off, and costs a load and a
//! branch. What log lines say of a job is in the context that it is worked on in. No attribute holds text of a conversation
//! or of an answer, or a URL: a URL's template stands in for it.

use std::sync::OnceLock;

use opentelemetry::Context;
use opentelemetry::context::FutureExt;
use opentelemetry::trace::{Status, TraceContextExt};
use tracing::{Instrument, Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::TraceContext;

const SYSTEM: &str = "rabbitmq";
const CONVERSATION_ID: &str = "messaging.message.conversation_id";
const ERROR_TYPE: &str = "error.type";

/// What log lines say of the job that they are written in; a value of its context.
pub(super) struct Job {
    /// Once it is known.
    pub(super) conversation_id: OnceLock<String>,
    pub(super) attempt: u32,
}

/// A job while it is worked on: what its spans and its log lines say of it.
pub struct JobSpan {
    exported: Span,
    /// The producer's trace, and the [`Job`].
    context: Context,
}

impl JobSpan {
    /// A job from `queue`: `parent` is the producer's context, `previous` that of the attempt before this one.
    pub fn new(
        queue: &str,
        message_id: Option<&str>,
        attempt: u32,
        parent: Option<&TraceContext>,
        previous: Option<&TraceContext>,
    ) -> Self {
        let exported = info_span!(
            "process",
            otel.name = format!("process {queue}"),
            otel.kind = "consumer",
            messaging.system = SYSTEM,
            messaging.operation.type = "process",
            messaging.operation.name = "process",
            messaging.destination.name = queue,
            messaging.message.id = message_id,
            interceptor.attempt = attempt,
        );
        let context = Context::new().with_value(Job {
            conversation_id: OnceLock::new(),
            attempt,
        });
        let context = match parent.and_then(TraceContext::remote) {
            Some(remote) => context.with_remote_span_context(remote),
            None => context,
        };
        if !exported.is_disabled() {
            // Before the span is entered, which is when it gets its ids. Fails only where spans are not exported.
            let _ = exported.set_parent(context.clone());
            if let Some(previous) = previous.and_then(TraceContext::remote) {
                exported.add_link(previous);
            }
        }
        Self { exported, context }
    }

    /// Whether it is exported.
    #[cfg(test)]
    pub(super) fn is_exported(&self) -> bool {
        !self.exported.is_disabled()
    }

    /// Tells of which conversation the job is.
    pub fn conversation(&self, id: &str) {
        if let Some(job) = self.context.get::<Job>() {
            let _ = job.conversation_id.set(id.to_owned());
        }
        if !self.exported.is_disabled() {
            self.exported.set_attribute(CONVERSATION_ID, id.to_owned());
        }
    }

    /// Tells what became of the job; `error` is a code.
    pub fn ended(&self, outcome: &'static str, error: Option<&'static str>) {
        if self.exported.is_disabled() {
            return;
        }
        self.exported.set_attribute("interceptor.outcome", outcome);
        if let Some(error) = error {
            failed(&self.exported, error);
        }
    }

    /// Does `work` within the job's span and context. Where spans are not exported, the producer's trace is the current one.
    pub async fn within<T>(&self, work: impl Future<Output = T>) -> T {
        work.instrument(self.exported.clone())
            .with_context(self.context.clone())
            .await
    }
}

/// One try of a call over HTTP to `template` at `host`, the `resend`-th after the first.
pub fn call(
    method: &str,
    host: Option<&str>,
    port: Option<u16>,
    (endpoint, template): (&'static str, &'static str),
    resend: u32,
) -> Span {
    info_span!(
        "call",
        otel.name = format!("{method} {template}"),
        otel.kind = "client",
        http.request.method = method,
        server.address = host,
        server.port = port,
        url.template = template,
        http.request.resend_count = (resend > 0).then_some(resend),
        interceptor.endpoint = endpoint,
    )
}

/// What came of a call: the status of its answer, where there was one, and the code of what was wrong.
pub fn answered(span: &Span, status: Option<u16>, error: Option<&'static str>) {
    const FIRST_ERROR: u16 = 400;
    if span.is_disabled() {
        return;
    }
    if let Some(status) = status {
        span.set_attribute("http.response.status_code", i64::from(status));
    }
    match (status, error) {
        (Some(status), Some(_)) if status >= FIRST_ERROR => failed(span, &status.to_string()),
        (_, Some(error)) => failed(span, error),
        (_, None) => {}
    }
}

/// A publish of `bytes` that is awaited until it is confirmed.
pub fn publish(
    exchange: &str,
    key: &str,
    message_id: Option<&str>,
    conversation_id: Option<&str>,
    bytes: usize,
) -> Span {
    info_span!(
        "publish",
        otel.name = format!("publish {exchange}:{key}"),
        otel.kind = "producer",
        messaging.system = SYSTEM,
        messaging.operation.type = "send",
        messaging.operation.name = "publish",
        messaging.destination.name = format!("{exchange}:{key}"),
        messaging.rabbitmq.destination.routing_key = key,
        messaging.message.id = message_id,
        messaging.message.conversation_id = conversation_id,
        messaging.message.body.size = bytes,
    )
}

/// The acknowledgement of a delivery from `queue`.
pub fn acknowledge(queue: &str) -> Span {
    info_span!(
        "ack",
        otel.name = format!("ack {queue}"),
        otel.kind = "client",
        messaging.system = SYSTEM,
        messaging.operation.type = "settle",
        messaging.operation.name = "ack",
        messaging.destination.name = queue,
    )
}

/// Marks a span as failed; `error` is a code from a short list, never text from outside.
pub fn failed(span: &Span, error: &str) {
    if !span.is_disabled() {
        span.set_attribute(ERROR_TYPE, error.to_owned());
        span.set_status(Status::error(""));
    }
}
