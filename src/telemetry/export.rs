//! Where spans and metrics go: OTLP where OTEL_EXPORTER_OTLP_ENDPOINT is set, and metrics to whoever asks `/metrics`.

use std::sync::LazyLock;

use opentelemetry::global;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use prometheus::{Registry, TextEncoder};

use crate::config::ConfigError;

/// What the exporters themselves read their endpoint, headers and time limits from, among other OTEL_*.
pub(super) const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::new);

/// All metrics in Prometheus' text format.
pub fn exposition() -> String {
    TextEncoder::new()
        .encode_to_string(&REGISTRY.gather())
        .unwrap_or_default()
}

/// Collects metrics for `/metrics`, and sends them by OTLP where `otlp` says so.
pub(super) fn meters(otlp: bool) -> Result<SdkMeterProvider, ConfigError> {
    let pull = opentelemetry_prometheus::exporter()
        .with_registry(REGISTRY.clone())
        .scope_info_enabled(false)
        .without_target_info()
        .build()
        .map_err(|error| ConfigError::new("INTERCEPTOR_ADMIN_ADDR", error))?;
    let mut provider = SdkMeterProvider::builder()
        .with_resource(resource())
        .with_reader(pull);
    if otlp {
        let push = opentelemetry_otlp::MetricExporter::builder()
            .with_http()
            .build()
            .map_err(|error| ConfigError::new(ENDPOINT, error))?;
        provider = provider.with_periodic_exporter(push);
    }
    let provider = provider.build();
    global::set_meter_provider(provider.clone());
    Ok(provider)
}

/// Sends spans by OTLP.
pub(super) fn tracers() -> Result<SdkTracerProvider, ConfigError> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .build()
        .map_err(|error| ConfigError::new(ENDPOINT, error))?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource())
        .build())
}

fn resource() -> Resource {
    Resource::builder()
        .with_service_name(env!("CARGO_PKG_NAME"))
        .build()
}
