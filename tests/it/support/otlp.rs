//! A receiver of OTLP over HTTP: what a collector would be sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode as SpanStatus;
use prost::Message;
use tokio::sync::watch;

use super::{PATIENCE, Process, Stand};

/// A span as it arrived; ids are hex digits.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) name: String,
    pub(crate) kind: SpanKind,
    pub(crate) trace_id: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) links: Vec<(String, String)>,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) is_error: bool,
}

impl Span {
    /// An attribute as text; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

#[derive(Clone, Default)]
pub(crate) struct Received {
    pub(crate) spans: Vec<Span>,
    /// Names of metrics.
    pub(crate) metrics: Vec<String>,
    pub(crate) resource: BTreeMap<String, String>,
    /// Everything as it came.
    pub(crate) bytes: Vec<u8>,
}

impl Received {
    /// The names of a span's children, sorted.
    pub(crate) fn children(&self, parent: &Span) -> Vec<&str> {
        let children = self.spans.iter().filter(|span| span.parent == parent.id);
        let mut names: Vec<_> = children.map(|span| span.name.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// The spans of a name, in the order in which they arrived.
    pub(crate) fn named(&self, name: &str) -> Vec<&Span> {
        let named = self.spans.iter().filter(|span| span.name == name);
        named.collect()
    }

    pub(crate) fn holds(&self, text: &str) -> bool {
        let text = text.as_bytes();
        self.bytes.windows(text.len()).any(|window| window == text)
    }
}

/// Listens on the loopback interface for as long as the test runs.
pub(crate) struct Receiver {
    pub(crate) url: String,
    received: watch::Receiver<Arc<Received>>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        Self::on(0).await
    }

    pub(crate) async fn on(port: u16) -> Self {
        let (sender, received) = watch::channel(Arc::<Received>::default());
        let (spans, metrics) = (sender.clone(), sender);
        let router = axum::Router::new()
            .route(
                "/v1/traces",
                post(async move |body: Bytes| {
                    let request = ExportTraceServiceRequest::decode(body.clone()).unwrap();
                    spans.send_modify(|all| take_spans(Arc::make_mut(all), &body, request));
                    StatusCode::OK
                }),
            )
            .route(
                "/v1/metrics",
                post(async move |body: Bytes| {
                    let request = ExportMetricsServiceRequest::decode(body.clone()).unwrap();
                    metrics.send_modify(|all| take_metrics(Arc::make_mut(all), &body, request));
                    StatusCode::OK
                }),
            );
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await;
        let listener = listener.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, received }
    }

    /// Awaits that `condition` holds of everything so far.
    pub(crate) async fn until(
        &self,
        what: &str,
        mut condition: impl FnMut(&Received) -> bool,
    ) -> Arc<Received> {
        let mut received = self.received.clone();
        let awaited = received.wait_for(|all| condition(all));
        match tokio::time::timeout(PATIENCE, awaited).await {
            Ok(all) => Arc::clone(&all.unwrap()),
            Err(_) => panic!("awaited in vain: {what}"),
        }
    }

    pub(crate) fn now(&self) -> Arc<Received> {
        Arc::clone(&self.received.borrow())
    }
}

impl Stand {
    /// A worker that exports to `url`, often; `changes` win.
    pub(crate) fn traced_worker(&self, url: &str, changes: &[(&str, &str)]) -> Process {
        let mut all = vec![
            ("OTEL_EXPORTER_OTLP_ENDPOINT", url),
            ("OTEL_BSP_SCHEDULE_DELAY", "50"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "100"),
        ];
        all.extend(changes);
        self.worker(&all)
    }
}

fn take_spans(all: &mut Received, body: &[u8], request: ExportTraceServiceRequest) {
    all.bytes.extend_from_slice(body);
    for resource in request.resource_spans {
        all.resource = attributes(&resource.resource.unwrap().attributes);
        for span in resource.scope_spans.into_iter().flat_map(|it| it.spans) {
            let kind = span.kind();
            let links = span.links.iter();
            all.spans.push(Span {
                links: links
                    .map(|link| (hex::encode(&link.trace_id), hex::encode(&link.span_id)))
                    .collect(),
                name: span.name,
                kind,
                trace_id: hex::encode(span.trace_id),
                id: hex::encode(span.span_id),
                parent: hex::encode(span.parent_span_id),
                attributes: attributes(&span.attributes),
                is_error: span
                    .status
                    .is_some_and(|status| status.code() == SpanStatus::Error),
            });
        }
    }
}

fn take_metrics(all: &mut Received, body: &[u8], request: ExportMetricsServiceRequest) {
    all.bytes.extend_from_slice(body);
    let scopes = request.resource_metrics.into_iter();
    let scopes = scopes.flat_map(|resource| resource.scope_metrics);
    for metric in scopes.flat_map(|scope| scope.metrics) {
        if !all.metrics.contains(&metric.name) {
            all.metrics.push(metric.name);
        }
    }
}

fn attributes(pairs: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &Option<AnyValue>| match value.as_ref().and_then(|it| it.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    let pairs = pairs.iter();
    pairs
        .map(|pair| (pair.key.clone(), text(&pair.value)))
        .collect()
}
