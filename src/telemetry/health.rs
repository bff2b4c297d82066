//! Whether OTLP takes what is sent: one warning when it does not, and one line when it does again, however many batches
//! fail in between. Exporters work on threads of their own: what fails there costs no job anything but its spans.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// What fails to be exported; shared by the exporters.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<Vec<&'static str>>);

impl Health {
    fn note(&self, signal: &'static str, exported: &OTelSdkResult) {
        let mut failing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failed_before = !failing.is_empty();
        failing.retain(|other| *other != signal);
        match exported {
            Ok(()) if failed_before && failing.is_empty() => {
                tracing::info!(
                    event = "otlp.recovered",
                    "OTLP takes spans and metrics again"
                );
            }
            Ok(()) => {}
            Err(error) => {
                failing.push(signal);
                if !failed_before {
                    tracing::warn!(
                        event = "otlp.unavailable",
                        signal,
                        %error,
                        "OTLP does not take what is exported to OTEL_EXPORTER_OTLP_ENDPOINT: jobs go on, spans are lost until it does"
                    );
                }
            }
        }
    }
}

/// An exporter whose failures are noted.
#[derive(Debug)]
pub(super) struct Watched<E> {
    exporter: E,
    health: Arc<Health>,
}

impl<E> Watched<E> {
    pub(super) fn new(exporter: E, health: &Arc<Health>) -> Self {
        Self {
            exporter,
            health: Arc::clone(health),
        }
    }
}

impl<E: SpanExporter> SpanExporter for Watched<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let exported = self.exporter.export(batch).await;
        self.health.note("traces", &exported);
        exported
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl<E: PushMetricExporter> PushMetricExporter for Watched<E> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let exported = self.exporter.export(metrics).await;
        self.health.note("metrics", &exported);
        exported
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.exporter.temporality()
    }
}
