//! Traces: spans by OTLP over HTTP, when an endpoint is configured. The exporter has a thread, a bounded queue and a
//! client of its own, so a collector that is slow or away costs spans and never a request.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::WithHttpConfig;
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    resource::{EnvResourceDetector, TelemetryResourceDetector},
    trace::{SdkTracer, SdkTracerProvider, SpanData, SpanExporter},
};

use crate::{config::Traces, metrics::ExportedSpans};

/// Limit for sending the last spans. The process has answered its last request by then, and its grace period runs.
const FLUSH_LIMIT: Duration = Duration::from_secs(2);

pub struct Telemetry {
    provider: SdkTracerProvider,
    /// Counter of spans that the collector took or did not take, by kind of error.
    pub exported: ExportedSpans,
}

impl Telemetry {
    /// Starts the exporter. Must be called outside the runtime: its client blocks, on the thread of the exporter.
    pub fn start(traces: &Traces, version: &str) -> Result<Self, String> {
        let failed = |e: &dyn std::fmt::Display| format!("OTEL_EXPORTER_OTLP_ENDPOINT: cannot be used, got {e}");
        let client = client(traces.ca.as_deref()).map_err(|e| failed(&e))?;
        // The rest, such as headers and timeout, the SDK reads from the OTEL_* variables itself.
        let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().with_http_client(client);
        let exported = ExportedSpans::default();
        let exporter = Watched {
            inner: exporter.build().map_err(|e| failed(&e))?,
            exported: exported.clone(),
            failing: Arc::default(),
        };
        let resource = resource(traces.service_name.clone(), version);
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Self { provider, exported })
    }

    pub fn tracer(&self) -> SdkTracer {
        self.provider.tracer("acci")
    }

    /// Sends what is queued, for as long as the limit allows.
    pub fn flush(&self) {
        if let Err(error) = self.provider.shutdown_with_timeout(FLUSH_LIMIT) {
            tracing::warn!(%error, "shutdown: the last spans were not sent");
        }
    }
}

/// OTEL_SERVICE_NAME wins over OTEL_RESOURCE_ATTRIBUTES, and both over what the binary says of itself.
fn resource(service_name: Option<String>, version: &str) -> Resource {
    let own = [KeyValue::new("service.name", "acci"), KeyValue::new("service.version", version.to_owned())];
    let resource = Resource::builder_empty()
        .with_attributes(own)
        .with_detectors(&[Box::new(TelemetryResourceDetector), Box::new(EnvResourceDetector::new())]);
    match service_name {
        Some(name) => resource.with_service_name(name).build(),
        None => resource.build(),
    }
}

fn client(ca: Option<&[u8]>) -> Result<reqwest::blocking::Client, Box<dyn std::error::Error>> {
    // The client brings no cryptography: it takes the process's, which is that of the database and the cache.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::blocking::Client::builder();
    let builder = match ca {
        Some(pem) => builder.tls_certs_only(reqwest::Certificate::from_pem_bundle(pem)?),
        None => builder,
    };
    Ok(builder.build()?)
}

/// The exporter, counted, with a log line when the collector goes away and when it is back instead of one a batch.
#[derive(Debug)]
struct Watched {
    inner: opentelemetry_otlp::SpanExporter,
    exported: ExportedSpans,
    failing: Arc<AtomicBool>,
}

impl SpanExporter for Watched {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len() as u64;
        let result = self.inner.export(batch).await;
        self.exported.count(spans, result.as_ref().err());
        let failed_before = self.failing.swap(result.is_err(), Ordering::Relaxed);
        match &result {
            Err(error) if !failed_before => {
                tracing::warn!(%error, "the collector does not take spans; they are dropped until it does");
            }
            Ok(()) if failed_before => tracing::info!("the collector takes spans again"),
            _ => {}
        }
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}
