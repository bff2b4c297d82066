//! W3C trace context: taken from a job's headers, handed on to the records.

use std::collections::HashMap;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry_sdk::propagation::TraceContextPropagator;
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

    /// Makes `span` continue this trace, where spans are exported.
    pub fn adopt(&self, span: &Span) {
        let mut carrier = HashMap::new();
        carrier.insert("traceparent".to_owned(), self.parent.clone());
        if let Some(state) = &self.state {
            carrier.insert("tracestate".to_owned(), state.clone());
        }
        let context = TraceContextPropagator::new().extract(&carrier);
        // Fails where spans are not exported: then the context is handed on as it came.
        let _ = span.set_parent(context);
    }

    /// The context of `span` where spans are exported.
    pub fn of_span(span: &Span) -> Option<Self> {
        let mut carrier = HashMap::new();
        TraceContextPropagator::new().inject_context(&span.context(), &mut carrier);
        let parent = carrier.remove("traceparent")?;
        Self::parse(&parent, carrier.remove("tracestate"))
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
}
