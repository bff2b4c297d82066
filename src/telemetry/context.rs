//! W3C trace context: taken from a job's headers, handed on to the records and to the job's next attempt.

use std::str::FromStr;

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// `traceparent` and `tracestate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    parent: String,
    state: Option<String>,
}

impl TraceContext {
    /// Reads the two headers; `None` where they are not what the W3C recommendation has.
    pub fn parse(traceparent: &str, tracestate: Option<String>) -> Option<Self> {
        /// As the recommendation asks vendors to propagate at least.
        const MAX_STATE: usize = 512;
        let lower_hex = |part: &str, length: usize| {
            part.len() == length
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        let parts: Vec<_> = traceparent.split('-').collect();
        let [version, trace_id, span_id, flags] = parts[..] else {
            return None;
        };
        let zero = |part: &str| part.bytes().all(|byte| byte == b'0');
        let valid = lower_hex(version, 2)
            && version != "ff"
            && lower_hex(trace_id, 32)
            && !zero(trace_id)
            && lower_hex(span_id, 16)
            && !zero(span_id)
            && lower_hex(flags, 2);
        valid.then(|| Self {
            parent: traceparent.to_owned(),
            state: tracestate.filter(|state| state.len() <= MAX_STATE && state.is_ascii()),
        })
    }

    /// The header `traceparent`.
    pub fn traceparent(&self) -> &str {
        &self.parent
    }

    /// The header `tracestate`.
    pub fn tracestate(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The trace's id: 32 hex digits.
    pub fn trace_id(&self) -> &str {
        self.parent.get(3..35).unwrap_or_default()
    }

    /// The context of the current span where spans are exported.
    pub fn current() -> Option<Self> {
        Context::map_current(|context| Self::of(context.span().span_context()))
    }

    /// The context of `span` where spans are exported.
    pub fn of_span(span: &Span) -> Option<Self> {
        if span.is_disabled() {
            return None;
        }
        Self::of(span.context().span().span_context())
    }

    fn of(context: &SpanContext) -> Option<Self> {
        (context.is_valid() && !context.is_remote()).then(|| Self {
            parent: format!(
                "00-{}-{}-{:02x}",
                context.trace_id(),
                context.span_id(),
                context.trace_flags() & TraceFlags::SAMPLED
            ),
            state: Some(context.trace_state().header()).filter(|state| !state.is_empty()),
        })
    }

    /// The same as the SDK has it.
    pub(super) fn remote(&self) -> Option<SpanContext> {
        let mut parts = self.parent.split('-').skip(1);
        let trace_id = TraceId::from_hex(parts.next()?).ok()?;
        let span_id = SpanId::from_hex(parts.next()?).ok()?;
        let flags = u8::from_str_radix(parts.next()?, 16).ok()?;
        let state = self.state.as_deref().unwrap_or_default();
        Some(SpanContext::new(
            trace_id,
            span_id,
            TraceFlags::new(flags) & TraceFlags::SAMPLED,
            true,
            // What is no such list is not handed on by spans.
            TraceState::from_str(state).unwrap_or_default(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_valid_contexts_are_taken() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let context = TraceContext::parse(good, Some("a=b".to_owned())).unwrap();
        assert_eq!(context.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(context.tracestate(), Some("a=b"));
        for bad in [
            "",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "jo@example.com",
        ] {
            assert_eq!(TraceContext::parse(bad, None), None, "{bad}");
        }
    }

    #[test]
    fn what_was_read_is_what_a_span_continues() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let context = TraceContext::parse(good, Some("a=b,c=d".to_owned())).unwrap();
        let remote = context.remote().unwrap();
        assert!(remote.is_remote() && remote.is_sampled());
        assert_eq!(TraceContext::of(&remote), None, "it is another's");
        let own = SpanContext::new(
            remote.trace_id(),
            remote.span_id(),
            remote.trace_flags(),
            false,
            remote.trace_state().clone(),
        );
        assert_eq!(TraceContext::of(&own), Some(context));
    }
}
