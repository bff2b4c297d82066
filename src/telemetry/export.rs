//! Where spans and metrics go: by OTLP where OTEL_EXPORTER_OTLP_ENDPOINT is set, and metrics to whoever asks `/metrics`.

use std::sync::{Arc, LazyLock};

use opentelemetry::{Key, KeyValue, global};
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use prometheus::proto::MetricFamily;
use prometheus::{Registry, TextEncoder};

use super::health::{Health, Watched};
use crate::config::{ConfigError, Source};

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const PROTOCOL: &str = "OTEL_EXPORTER_OTLP_PROTOCOL";
const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const RATIO: &str = "OTEL_TRACES_SAMPLER_ARG";

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::new);

/// All metrics, as they are now.
pub fn families() -> Vec<MetricFamily> {
    REGISTRY.gather()
}

/// All metrics in Prometheus' text format.
pub fn exposition() -> String {
    TextEncoder::new()
        .encode_to_string(&families())
        .unwrap_or_default()
}

/// What is sent by OTLP, and where to. Other OTEL_* variables, such as headers and time limits, are read by the SDK
/// itself, from the process environment.
pub(super) struct Otlp {
    traces: Option<String>,
    metrics: Option<String>,
    sampler: Sampler,
    resource: Resource,
    health: Arc<Health>,
}

impl Otlp {
    /// `None` where OTEL_EXPORTER_OTLP_ENDPOINT is not set.
    pub(super) fn read(source: &Source) -> Result<Option<Self>, ConfigError> {
        let Some(base) = source.text(ENDPOINT) else {
            return Ok(None);
        };
        if let Some(protocol) = source.text(PROTOCOL).filter(|it| *it != "http/protobuf") {
            let problem = format!("{protocol:?} is not spoken: only http/protobuf is");
            return Err(ConfigError::new(PROTOCOL, problem));
        }
        let base = base.trim_end_matches('/');
        Ok(Some(Self {
            traces: endpoint(
                source,
                base,
                "v1/traces",
                "OTEL_TRACES_EXPORTER",
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            )?,
            metrics: endpoint(
                source,
                base,
                "v1/metrics",
                "OTEL_METRICS_EXPORTER",
                "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
            )?,
            sampler: sampler(source)?,
            resource: resource(source),
            health: Arc::default(),
        }))
    }

    /// Sends spans.
    pub(super) fn tracers(&self) -> Result<Option<SdkTracerProvider>, ConfigError> {
        let Some(endpoint) = &self.traces else {
            return Ok(None);
        };
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_endpoint(endpoint)
            .build()
            .map_err(|error| ConfigError::new(ENDPOINT, error))?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(Watched::new(exporter, &self.health))
            .with_sampler(self.sampler.clone())
            .with_resource(self.resource.clone());
        Ok(Some(provider.build()))
    }
}

/// Where a signal goes; `None` where it is switched off.
fn endpoint(
    source: &Source,
    base: &str,
    path: &str,
    switch: &str,
    own: &str,
) -> Result<Option<String>, ConfigError> {
    match source.text(switch) {
        Some("none") => return Ok(None),
        Some("otlp") | None => {}
        Some(other) => {
            let problem = format!("{other:?} is none of otlp, none");
            return Err(ConfigError::new(switch, problem));
        }
    }
    let (name, endpoint) = match source.text(own) {
        Some(endpoint) => (own, endpoint.to_owned()),
        None => (ENDPOINT, format!("{base}/{path}")),
    };
    let is_http = ["http://", "https://"]
        .iter()
        .any(|scheme| endpoint.starts_with(scheme));
    if !is_http {
        let problem = "is no http:// or https:// address, such as http://127.0.0.1:4318";
        return Err(ConfigError::new(name, problem));
    }
    Ok(Some(endpoint))
}

/// Which traces are sent: by default all, but for those of which the producer says that they are not sampled.
fn sampler(source: &Source) -> Result<Sampler, ConfigError> {
    let by_ratio = || {
        let ratio = match source.text(RATIO) {
            None => Some(1.0),
            Some(text) => text
                .parse()
                .ok()
                .filter(|ratio| (0.0..=1.0).contains(ratio)),
        };
        ratio
            .map(Sampler::TraceIdRatioBased)
            .ok_or_else(|| ConfigError::new(RATIO, "is not a number from 0 to 1"))
    };
    let by_parent = |root| Sampler::ParentBased(Box::new(root));
    Ok(match source.text(SAMPLER) {
        None | Some("parentbased_always_on") => by_parent(Sampler::AlwaysOn),
        Some("parentbased_always_off") => by_parent(Sampler::AlwaysOff),
        Some("parentbased_traceidratio") => by_parent(by_ratio()?),
        Some("always_on") => Sampler::AlwaysOn,
        Some("always_off") => Sampler::AlwaysOff,
        Some("traceidratio") => by_ratio()?,
        Some(other) => {
            return Err(ConfigError::new(
                SAMPLER,
                format!(
                    "{other:?} is none of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio"
                ),
            ));
        }
    })
}

/// What sends. OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
fn resource(source: &Source) -> Resource {
    let given = Resource::builder().build();
    let ours = [
        ("service.name", env!("CARGO_PKG_NAME").to_owned()),
        ("service.version", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    let mut resource = Resource::builder();
    for (name, value) in ours {
        let known = given.get(&Key::new(name));
        // The SDK puts a name of its own where none is given.
        if known.is_none_or(|value| value.as_str().starts_with("unknown_service")) {
            resource = resource.with_attribute(KeyValue::new(name, value));
        }
    }
    match source.text("OTEL_SERVICE_NAME") {
        Some(name) => resource.with_service_name(name.to_owned()).build(),
        None => resource.build(),
    }
}

/// Collects metrics for `/metrics`, and sends them by OTLP where that is wanted.
pub(super) fn meters(otlp: Option<&Otlp>) -> Result<SdkMeterProvider, ConfigError> {
    let pull = opentelemetry_prometheus::exporter()
        .with_registry(REGISTRY.clone())
        .scope_info_enabled(false)
        .without_target_info()
        .build()
        .map_err(|error| ConfigError::new("INTERCEPTOR_ADMIN_ADDR", error))?;
    let mut provider = SdkMeterProvider::builder().with_reader(pull);
    if let Some(otlp) = otlp {
        provider = provider.with_resource(otlp.resource.clone());
        if let Some(endpoint) = &otlp.metrics {
            let push = opentelemetry_otlp::MetricExporter::builder()
                .with_http()
                .with_endpoint(endpoint)
                .build()
                .map_err(|error| ConfigError::new(ENDPOINT, error))?;
            provider = provider.with_periodic_exporter(Watched::new(push, &otlp.health));
        }
    }
    let provider = provider.build();
    global::set_meter_provider(provider.clone());
    Ok(provider)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_unless_an_endpoint_is_set() {
        let source = Source::from_pairs(&[("OTEL_TRACES_SAMPLER", "always_on")]);
        assert!(Otlp::read(&source).unwrap().is_none());
        let source = Source::from_pairs(&[
            (ENDPOINT, "http://collector:4318/"),
            ("OTEL_METRICS_EXPORTER", "none"),
        ]);
        let otlp = Otlp::read(&source).unwrap().unwrap();
        assert_eq!(
            otlp.traces.as_deref(),
            Some("http://collector:4318/v1/traces")
        );
        assert_eq!(otlp.metrics, None);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (name, value) in [
            (ENDPOINT, "collector:4318"),
            (PROTOCOL, "grpc"),
            (SAMPLER, "sometimes"),
            (RATIO, "2"),
            ("OTEL_TRACES_EXPORTER", "zipkin"),
        ] {
            let mut pairs = vec![
                (ENDPOINT, "http://collector:4318"),
                (SAMPLER, "traceidratio"),
            ];
            pairs.push((name, value));
            let error = Otlp::read(&Source::from_pairs(&pairs)).err().unwrap();
            assert_eq!(error.variable, name, "{error}");
        }
    }
}
